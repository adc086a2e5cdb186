/** What a registry shows, for tests that compare samples and nothing else. */

import { toText } from '../src/exposition/index.ts';
import type { Collector, MetricFamily } from '../src/model/family.ts';

/** The lines of the text format without its comments. */
export async function sampleLines(source: Collector): Promise<string[]> {
  const text = await toText(source);
  return text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
}

/** The samples of families, each as a line as soon as it is collected: without any format between. */
export async function collectedLines(source: Collector): Promise<string[]> {
  const lines: string[] = [];
  for await (const { samples } of source.collect() as AsyncIterable<MetricFamily>) {
    for (const { name, labels, value } of samples) {
      const pairs = Object.entries(labels).map(([label, text]) => `${label}=${text}`);
      lines.push(`${name}${pairs.length === 0 ? '' : `{${pairs}}`} ${value}`);
    }
  }
  return lines;
}

/** The samples of a metric that has no asynchronous callback: its label values, and then its number. */
export function sampleRows(metric: {
  collect(): unknown;
}): (readonly [...labels: string[], value: number])[] {
  const [family] = metric.collect() as MetricFamily[];
  return Array.from(family!.samples, ({ labels, value }) => [...Object.values(labels), value]);
}

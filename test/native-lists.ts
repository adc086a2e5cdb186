/** The exemplars of native histograms as plain data. */

import type { MetricFamily } from '../src/index.ts';
import { recordFamily } from './recorded-family.ts';

/** One of them. */
export interface RecordedExemplar {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** The exemplars of the native buckets of each series of the family called `name`, by value. */
export function nativeLists(families: Iterable<MetricFamily>, name: string): RecordedExemplar[][] {
  const family = [...families].find((one) => one.name === name);
  if (family === undefined) return [];
  return recordFamily(family).points.map(({ point }) => {
    const { exemplars } = point[6] as { readonly exemplars: RecordedExemplar[] };
    return exemplars;
  });
}

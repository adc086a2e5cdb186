/** What a histogram shows of its native buckets, for tests to compare whole. */

import type { FamilyWriter, HistogramPoint, MetricFamily } from '../src/model/family.ts';
import { recordNative } from './native-spans.ts';

/** One series: its label values, its counts, its native buckets. */
export interface ShownNative extends ReturnType<typeof recordNative> {
  readonly labels: readonly string[];
  readonly count: number;
  readonly sum: number | undefined;
  readonly created: number | undefined;
}

/** What is shown of native buckets of schema 0 where nothing was observed. */
export const NO_BUCKETS: ReturnType<typeof recordNative> = {
  schema: 0,
  zeroThreshold: 2 ** -128,
  zeroCount: 0,
  positive: [],
  negative: [],
};

/** What is shown of the native buckets of a family, by label values. */
export function shownOfFamily(family: MetricFamily | undefined): (ShownNative | undefined)[] {
  const all: (ShownNative | undefined)[] = [];
  const labels: string[] = [];
  const writer = {
    full: false,
    begin() {},
    label(depth: number, value: string) {
      labels.splice(depth, Infinity, value);
    },
    histogram({ bounds, cells, index, sum, created, native }: HistogramPoint) {
      let count = 0;
      for (let i = 0; i <= bounds.length; i++) count += cells[index + i]!;
      all.push(native && { labels: [...labels], count, sum, created, ...recordNative(native) });
    },
  };
  const walk = family!.walk(writer as Partial<FamilyWriter> as FamilyWriter);
  while (!walk.advance());
  return all;
}

/** The same of a histogram. */
export function shownNative(histogram: { collect(): unknown }): (ShownNative | undefined)[] {
  return shownOfFamily((histogram.collect() as MetricFamily[])[0]);
}

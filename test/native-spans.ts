/** Native buckets as other clients' tests write them down: spans of neighbours, and differences. */

import type { NativeBuckets, NativeHistogram } from '../src/model/native-histogram.ts';

/** A span: how far from the end of the one before, and how many buckets. */
export type Span = readonly [offset: number, length: number];

/** Spans and differences, gaps of up to two buckets filled with empty ones, as Go's client does it. */
export function toSpans({ length, indices, counts }: NativeBuckets): {
  readonly spans: readonly Span[];
  readonly deltas: readonly number[];
} {
  const spans: [number, number][] = [];
  const deltas: number[] = [];
  let next = 0;
  let before = 0;
  const append = (count: number): void => {
    spans.at(-1)![1]++;
    deltas.push(count - before);
    before = count;
  };
  for (let i = 0; i < length; i++) {
    const gap = indices[i]! - next;
    if (i === 0 || gap > 2) spans.push([gap, 0]);
    else for (let empty = 0; empty < gap; empty++) append(0);
    append(counts[i]!);
    next = indices[i]! + 1;
  }
  return { spans, deltas };
}

/** The buckets as pairs, which compare. */
export function toEntries({ length, indices, counts }: NativeBuckets): [number, number][] {
  return Array.from({ length }, (_, i) => [indices[i]!, counts[i]!]);
}

/** All of it as plain data, which outlives the call that lent it. */
export function recordNative(native: NativeHistogram): {
  readonly schema: number;
  readonly zeroThreshold: number;
  readonly zeroCount: number;
  readonly positive: readonly (readonly [number, number])[];
  readonly negative: readonly (readonly [number, number])[];
} {
  const { schema, zeroThreshold, zeroCount } = native;
  const positive = toEntries(native.positive);
  return { schema, zeroThreshold, zeroCount, positive, negative: toEntries(native.negative) };
}

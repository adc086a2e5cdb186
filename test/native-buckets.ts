/** Native buckets and histograms, made of what is easy to write down. */

import type { NativeBuckets, NativeHistogram } from '../src/model/native-histogram.ts';

/** Buckets as pairs of index and count. */
export function nativeBuckets(...pairs: readonly (readonly [number, number])[]): NativeBuckets {
  return {
    length: pairs.length,
    indices: Int32Array.from(pairs, ([index]) => index),
    counts: Float64Array.from(pairs, ([, count]) => count),
  };
}

/** A native histogram of schema 0 without any bucket, but for what is given. */
export function nativeHistogram(given: Partial<NativeHistogram> = {}): NativeHistogram {
  return {
    schema: 0,
    zeroThreshold: 0,
    zeroCount: 0,
    positive: nativeBuckets(),
    negative: nativeBuckets(),
    exemplars: [],
    customBounds: [],
    ...given,
  };
}

/**
 * Native buckets that somebody else counted, brought to where a storage has those of a series. Readers
 * look at any time, so that what grew is added where it grew: counts that fall for a moment would be a
 * restart to Prometheus.
 */

import { nativeIndex, nativeUpperBound } from '../../model/native-bounds.ts';
import { NativeCounts, type NativeNumbers, type NativeTally } from '../../model/native-counts.ts';
import type { NativeBuckets } from '../../model/native-histogram.ts';

const NONE: NativeBuckets = {
  length: 0,
  indices: /* @__PURE__ */ new Int32Array(0),
  counts: /* @__PURE__ */ new Float64Array(0),
};

/** What one bucket has to get: a value that is in it, and how many more. */
type Growth = readonly [value: number, count: number];

/**
 * Makes `tally` hold what `numbers` do. Where it was coarser before it stays so, until counts fall:
 * then it begins anew.
 */
export function bringNative(tally: NativeTally, numbers: NativeNumbers): void {
  const { schema, zeroThreshold } = numbers;
  if (tally.schema > schema || tally.zeroThreshold < zeroThreshold) {
    tally.add({ schema, zeroThreshold, zeroCount: 0, positive: NONE, negative: NONE });
  }
  const growth = growthOf(tally, inResolutionOf(tally, numbers));
  if (growth === undefined) {
    tally.clear();
    tally.add(numbers);
  } else {
    for (const [value, count] of growth) tally.observe(value, count);
  }
}

/** The numbers with the resolution of `tally`: as fine, without room for a coarser one, as that still is. */
function inResolutionOf(
  { schema, zeroThreshold }: NativeNumbers,
  numbers: NativeNumbers,
): NativeCounts {
  const limits = { maxBuckets: Infinity, maxZeroThreshold: 0 };
  const counts = new NativeCounts({ schema, zeroThreshold, ...limits });
  if (schema <= numbers.schema && zeroThreshold >= numbers.zeroThreshold) {
    counts.add(numbers);
    return counts;
  }
  counts.observe(0, numbers.zeroCount);
  for (const sign of ['positive', 'negative'] as const) {
    const { length, indices, counts: held } = numbers[sign];
    for (let i = 0; i < length; i++) {
      const bound = boundWithin(numbers.schema, indices[i]!);
      counts.observe(sign === 'positive' ? bound : -bound, held[i]!);
    }
  }
  return counts;
}

/** What `tally` has less than it should; `undefined` where it has too much of anything. */
function growthOf(tally: NativeTally, wanted: NativeNumbers): Growth[] | undefined {
  const { schema, zeroThreshold, zeroCount } = wanted;
  if (zeroThreshold !== tally.zeroThreshold || zeroCount < tally.zeroCount) return undefined;
  const growth: Growth[] = [[0, zeroCount - tally.zeroCount]];
  for (const sign of ['positive', 'negative'] as const) {
    // Before the others are asked for: both may lend the same arrays.
    const left = toMap(tally[sign]);
    const { length, indices, counts } = wanted[sign];
    for (let i = 0; i < length; i++) {
      const index = indices[i]!;
      const more = counts[i]! - (left.get(index) ?? 0);
      const bound = boundWithin(schema, index);
      // A bucket within the zero bucket, which nobody should have, would be counted there.
      if (more < 0 || bound <= zeroThreshold) return undefined;
      left.delete(index);
      if (more > 0) growth.push([sign === 'positive' ? bound : -bound, more]);
    }
    for (const count of left.values()) if (count > 0) return undefined;
  }
  return growth;
}

/** The upper bound of a bucket, which rounding may have put into the next one: close to 0 numbers are sparse. */
function boundWithin(schema: number, index: number): number {
  const bound = nativeUpperBound(schema, index);
  return nativeIndex(schema).find(bound) > index ? bound - Number.MIN_VALUE : bound;
}

function toMap({ length, indices, counts }: NativeBuckets): Map<number, number> {
  const map = new Map<number, number>();
  for (let i = 0; i < length; i++) map.set(indices[i]!, counts[i]!);
  return map;
}

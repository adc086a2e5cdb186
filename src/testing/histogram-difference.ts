/** What a histogram counted between two looks at it, as Prometheus's `increase` sees it. */

import { show } from '../model/error.ts';
import { NativeCounts, type NativeNumbers } from '../model/native-counts.ts';
import { CUSTOM_BOUNDS_SCHEMA, type NativeBuckets } from '../model/native-histogram.ts';
import {
  type HistogramSnapshot,
  type NativeBucketList,
  type NativeSnapshot,
  requireSnapshot,
} from './histogram-snapshot.ts';

/**
 * What was counted from `earlier` to `later`. Where the histogram began anew in between, all that
 * `later` has. Native buckets are compared at the resolution that both have.
 *
 * @throws {TypeError} When one of them is none.
 * @throws {RangeError} When the two have other classic or custom bounds, or only one has native
 * buckets: they are not of one histogram.
 */
export function histogramDifference(
  later: HistogramSnapshot,
  earlier: HistogramSnapshot,
): HistogramSnapshot {
  for (const histogram of [later, earlier]) requireSnapshot('histogramDifference', histogram);
  requireSame('bounds', boundsOf(later), boundsOf(earlier));
  requireSame('custom bounds', later.native?.customBounds, earlier.native?.customBounds);
  const native = differenceOf(later.native, earlier.native);
  const buckets = later.buckets.map(
    ([bound, count], i) => [bound, count - earlier.buckets[i]![1]] as const,
  );
  const isAnew =
    later.count < earlier.count ||
    (later.created ?? 0) > (earlier.created ?? Infinity) ||
    buckets.some(([, count]) => count < 0) ||
    native === 'anew';
  if (isAnew) return later;
  const sum =
    later.sum === undefined || earlier.sum === undefined ? undefined : later.sum - earlier.sum;
  return { count: later.count - earlier.count, sum, created: later.created, buckets, native };
}

function boundsOf({ buckets }: HistogramSnapshot): readonly number[] {
  return buckets.map(([bound]) => bound);
}

function requireSame(
  what: string,
  later: readonly number[] | undefined,
  earlier: readonly number[] | undefined,
): void {
  if (String(later) === String(earlier)) return;
  throw new RangeError(
    `histogram difference: other ${what}, expected ${show(earlier)}, got ${show(later)}`,
  );
}

function differenceOf(
  later: NativeSnapshot | undefined,
  earlier: NativeSnapshot | undefined,
): NativeSnapshot | 'anew' | undefined {
  if (later === undefined || earlier === undefined) return undefined;
  // Resolution only ever falls, until a histogram begins anew.
  if (later.schema > earlier.schema || later.zeroThreshold < earlier.zeroThreshold) return 'anew';
  const [after, before] = [at(later, earlier), at(earlier, later)];
  const positive = subtracted(after.positive, before.positive);
  const negative = subtracted(after.negative, before.negative);
  const zeroCount = after.zeroCount - before.zeroCount;
  const all = [...positive, ...negative, [0, zeroCount] as const];
  if (all.some(([, count]) => count < 0)) return 'anew';
  return { ...after, zeroCount, positive, negative };
}

/** The histogram at the resolution that it has in common with another. */
function at(native: NativeSnapshot, other: NativeSnapshot): NativeSnapshot {
  if (native.schema === CUSTOM_BOUNDS_SCHEMA) return native;
  const limits = { maxBuckets: Infinity, maxZeroThreshold: 0 };
  const counts = new NativeCounts({ ...native, ...limits });
  counts.add(toNumbers(native));
  counts.add(toNumbers({ ...other, zeroCount: 0, positive: [], negative: [] }));
  const { schema, zeroThreshold, zeroCount } = counts;
  const positive = toList(counts.positive);
  const negative = toList(counts.negative);
  return { schema, zeroThreshold, zeroCount, positive, negative, customBounds: [] };
}

function subtracted(later: NativeBucketList, earlier: NativeBucketList): NativeBucketList {
  const counts = new Map(later);
  for (const [index, count] of earlier) counts.set(index, (counts.get(index) ?? 0) - count);
  return [...counts].filter(([, count]) => count !== 0).sort(([one], [other]) => one - other);
}

function toNumbers(native: NativeSnapshot): NativeNumbers {
  return { ...native, positive: toBuckets(native.positive), negative: toBuckets(native.negative) };
}

function toBuckets(list: NativeBucketList): NativeBuckets {
  return {
    length: list.length,
    indices: Int32Array.from(list, ([index]) => index),
    counts: Float64Array.from(list, ([, count]) => count),
  };
}

function toList({ length, indices, counts }: NativeBuckets): NativeBucketList {
  return Array.from({ length }, (_, i) => [indices[i]!, counts[i]!] as const);
}

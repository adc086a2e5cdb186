/**
 * The native buckets of several processes as those of one histogram: the lowest schema of all, the
 * widest zero bucket, all counts. In whatever order and grouping they are added, it is what one
 * process would have counted.
 *
 * @see {@link https://prometheus.io/docs/specs/native_histograms/ | Native histograms}
 */

import type { StoredFamily } from '../model/cells.ts';
import { GREATEST_SCHEMA } from '../model/native-bounds.ts';
import { isEmpty, NativeCounts, type NativeNumbers } from '../model/native-counts.ts';
import type { NativeSettings } from '../model/native-resolution.ts';
import { seriesPlaces } from './beside-cells.ts';
import type { Contribution } from './contribution.ts';
import type { FamilyLayout } from './family-layout.ts';
import type { Transfer } from './transfer.ts';

/** Merged native buckets by the place of their series. */
export type MergedNatives = readonly NativeCounts[];

/** Series that are added in one step: a fraction of a millisecond. */
const SERIES_PER_STEP = 128;

/**
 * Merges the native buckets of a family that has any, by the newest declaration; `undefined` where it
 * has none.
 *
 * A process that counted a series without them, as before a deploy that declared them, adds what is in
 * its classic buckets, each count as an observation of the bucket's bound: no count is lost, and none
 * is in a bucket below its value.
 */
export function* mergeNatives(
  { family, width, labelValues, transfers }: NativeLayout,
  contributions: readonly Pick<Contribution, 'values' | 'folded'>[],
): Generator<undefined, MergedNatives | undefined> {
  if (family.native === undefined) return undefined;
  // What may be counted is each process's affair: a limit of the sum would depend on what is folded.
  const settings = { ...family.native, maxBuckets: Infinity, maxZeroThreshold: 0 };
  const merged: NativeCounts[] = [];
  // What hold nothing, as one: how fine collectors' are is in their answers alone.
  const empty: NativeCounts[] | undefined = isFinest(settings) ? [] : undefined;
  // Apart, and added as one: of several, as of those that were folded, none widens the zero bucket.
  const classic: NativeCounts[] = [];
  let count = 0;
  for (const transfer of transfers) {
    const { natives = [] } = transfer;
    const places = seriesPlaces(natives, transfer, width);
    for (let i = 0; i < natives.length; i++) {
      const place = places[i]!;
      if (place < 0) continue;
      const numbers = natives[i]!.current;
      // One that holds nothing says nothing of the resolution of what is counted.
      if (!isEmpty(numbers)) addAt(merged, place, numbers, settings);
      else if (empty !== undefined) addAt(empty, place, numbers, settings);
      if (++count % SERIES_PER_STEP === 0) yield;
    }
    const contribution = contributions[transfer.contributor]!;
    if (natives.length >= transfer.sources.length || contribution.folded === 'rest') continue;
    yield* addClassic(classic, transfer, contribution.values, { settings, width });
  }
  for (let place = 0; place < labelValues.length; place++) {
    const sum = merged[place];
    const counts = classic[place];
    if (sum === undefined) merged[place] = counts ?? empty?.[place] ?? new NativeCounts(settings);
    else if (counts !== undefined) sum.add(counts);
  }
  return merged;
}

function addAt(
  sums: NativeCounts[],
  place: number,
  numbers: NativeNumbers,
  settings: NativeSettings,
): void {
  const sum = sums[place];
  if (sum === undefined) sums[place] = NativeCounts.of(numbers, settings);
  else sum.add(numbers);
}

/** True of what the answers of collectors are declared with, which nothing can be finer than. */
function isFinest({ schema, zeroThreshold }: NativeSettings): boolean {
  return schema === GREATEST_SCHEMA && zeroThreshold === 0;
}

/** What has to be known of a family's layout. */
export interface NativeLayout extends Pick<FamilyLayout, 'width' | 'labelValues' | 'transfers'> {
  readonly family: Pick<StoredFamily, 'native'>;
}

/** Observes what processes counted in classic buckets alone, into `counts` at the places of the series. */
function* addClassic(
  counts: NativeCounts[],
  { sources, destinations, natives = [], bounds = [] }: Transfer,
  values: Float64Array,
  { settings, width }: { readonly settings: NativeSettings; readonly width: number },
): Generator<undefined, void> {
  const isNative = new Set(natives.map(({ series }) => series));
  for (let i = 0; i < sources.length; i++) {
    const source = sources[i]!;
    if (isNative.has(source)) continue;
    const place = destinations[i]! / width;
    for (let j = 0; j <= bounds.length; j++) {
      const count = values[source + j]!;
      if (!(count > 0)) continue;
      counts[place] ??= new NativeCounts(settings);
      counts[place].observe(bounds[j] ?? Infinity, count);
    }
    if (i % SERIES_PER_STEP === SERIES_PER_STEP - 1) yield;
  }
}

/**
 * Makes the classic buckets agree with the native ones, whose sum is the count: Prometheus refuses a
 * histogram of which these disagree, and they do where a process observes, or is killed, between its
 * adding to the one and to the other. What the native ones do not have is left out, what the classic
 * ones do not have is in the one for +Inf. Either way no bucket is ever shown to fall.
 */
export function agreeWithNatives(
  cells: Float64Array,
  base: number,
  { width, merged }: { readonly width: number; readonly merged: MergedNatives },
): void {
  // Behind the buckets, that for +Inf included, are the sum and the start time.
  const last = width - 3;
  for (let series = 0; series < merged.length; series++) {
    const index = base + series * width;
    const { count } = merged[series]!;
    let left = count;
    for (let i = 0; i < last; i++) {
      const taken = Math.min(cells[index + i]!, left);
      cells[index + i] = taken;
      left -= taken;
    }
    cells[index + last] = left;
  }
}

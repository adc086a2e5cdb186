/** The exemplars of several processes as those of one: the newest of each bucket. */

import type { StoredFamily } from '../model/cells.ts';
import type { Exemplar } from '../model/exemplar.ts';
import { seriesPlaces } from './beside-cells.ts';
import type { KeptExemplar } from './contribution.ts';
import type { Transfer } from './transfer.ts';

/** Merged exemplars by their series' place: of a histogram one for each bucket, else one. */
export type MergedExemplars = readonly (readonly (KeptExemplar | undefined)[] | undefined)[];

/** Merged exemplars of native buckets by their series' place. */
export type MergedLists = readonly (readonly KeptExemplar[] | undefined)[];

/**
 * Merges the exemplars of a family's processes, each of which goes to the bucket that its value is
 * in, whatever buckets its process has. What is not to be shown any more at `now`, Unix seconds, is
 * left out. `undefined` where there are none. Of two at the same time, the newest process's stays.
 */
export function* mergeExemplars(
  transfers: readonly Transfer[],
  { type, bounds }: Pick<StoredFamily, 'type' | 'bounds'>,
  width: number,
  now: number,
): Generator<undefined, MergedExemplars | undefined> {
  let merged: (KeptExemplar | undefined)[][] | undefined;
  for (const transfer of transfers) {
    const { exemplars = [] } = transfer;
    if (exemplars.length === 0) continue;
    const series = seriesPlaces(exemplars, transfer, width);
    for (let i = 0; i < exemplars.length; i++) {
      const { current } = exemplars[i]!;
      const place = series[i]!;
      if (current === undefined || place < 0 || current.shownUntil <= now) continue;
      const { exemplar } = current;
      const bucket = type === 'histogram' ? bucketOf(exemplar.value, bounds) : 0;
      merged ??= [];
      merged[place] ??= [];
      const other = merged[place][bucket];
      if (other === undefined || secondsOf(exemplar) > secondsOf(other.exemplar)) {
        merged[place][bucket] = current;
      }
    }
    yield;
  }
  return merged;
}

/** How many exemplars native buckets have at the most, as in one process. */
const MOST_OF_NATIVES = 10;

/**
 * Merges the exemplars of the native buckets of a family's processes: the newest ones of each series,
 * ascending by value. Which they are does not depend on what was folded before, as a choice by value
 * would.
 */
export function* mergeNativeExemplars(
  transfers: readonly Transfer[],
  width: number,
  now: number,
): Generator<undefined, MergedLists | undefined> {
  let merged: KeptExemplar[][] | undefined;
  for (const transfer of transfers) {
    const { nativeExemplars: given = [] } = transfer;
    if (given.length === 0) continue;
    const series = seriesPlaces(given, transfer, width);
    for (let i = 0; i < given.length; i++) {
      const { current } = given[i]!;
      const place = series[i]!;
      if (current === undefined || place < 0 || current.shownUntil <= now) continue;
      merged ??= [];
      merged[place] ??= [];
      merged[place].push(current);
    }
    yield;
  }
  return merged?.map((list) => list.sort(newestFirst).slice(0, MOST_OF_NATIVES).sort(byValue));
}

/** Among those of one time by value, then by what they lead to: any order will do that is one. */
function newestFirst({ exemplar: one }: KeptExemplar, { exemplar: other }: KeptExemplar): number {
  return (
    secondsOf(other) - secondsOf(one) ||
    one.value - other.value ||
    (JSON.stringify(one.labels) < JSON.stringify(other.labels) ? -1 : 1)
  );
}

function byValue({ exemplar: one }: KeptExemplar, { exemplar: other }: KeptExemplar): number {
  return one.value - other.value;
}

/** The bucket that a value is counted in; that of +Inf has no bound. */
function bucketOf(value: number, bounds: readonly number[]): number {
  let low = 0;
  let high = bounds.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (value <= bounds[middle]!) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** When it was observed; one that does not say so gives way to any that does. */
function secondsOf({ timestamp = -Infinity }: Exemplar): number {
  if (typeof timestamp === 'number') return timestamp;
  return timestamp.seconds + timestamp.nanos / 1e9;
}

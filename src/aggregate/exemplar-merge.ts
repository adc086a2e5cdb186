/** The exemplars of several processes as those of one: the newest of each bucket. */

import type { StoredFamily } from '../model/cells.ts';
import type { Exemplar } from '../model/exemplar.ts';
import type { Transfer } from './transfer.ts';

/** Merged exemplars by their series' number: of a histogram one for each bucket, else one. */
export type MergedExemplars = ReadonlyMap<number, readonly (Exemplar | undefined)[]>;

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
  let merged: Map<number, (Exemplar | undefined)[]> | undefined;
  for (const transfer of transfers) {
    if (transfer.exemplars === undefined || transfer.exemplars.length === 0) continue;
    const places = placesOf(transfer);
    for (const { series, current } of transfer.exemplars) {
      const place = places.get(series);
      if (current === undefined || place === undefined || current.shownUntil <= now) continue;
      const { exemplar } = current;
      merged ??= new Map();
      const number = place / width;
      const all = merged.get(number) ?? [];
      merged.set(number, all);
      const bucket = type === 'histogram' ? bucketOf(exemplar.value, bounds) : 0;
      const other = all[bucket];
      if (other === undefined || secondsOf(exemplar) > secondsOf(other)) all[bucket] = exemplar;
    }
    yield;
  }
  return merged;
}

/** Where each series of a transfer goes, looked up once for as long as no series comes or goes. */
function placesOf(transfer: Transfer): ReadonlyMap<number, number> {
  let places = known.get(transfer);
  if (places === undefined) {
    const { sources, destinations } = transfer;
    places = new Map(Array.from(sources, (source, i) => [source, destinations[i]!]));
    known.set(transfer, places);
  }
  return places;
}

const known = new WeakMap<Transfer, ReadonlyMap<number, number>>();

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

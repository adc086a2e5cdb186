/** The exemplars of several processes as those of one: the newest of each bucket. */

import type { StoredFamily } from '../model/cells.ts';
import type { Exemplar } from '../model/exemplar.ts';
import { seriesPlaces } from './beside-cells.ts';
import type { KeptExemplar } from './contribution.ts';
import type { Transfer } from './transfer.ts';

/** Merged exemplars by their series' place: of a histogram one for each bucket, else one. */
export type MergedExemplars = readonly (readonly (KeptExemplar | undefined)[] | undefined)[];

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

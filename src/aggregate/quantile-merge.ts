/** The quantiles of several processes as those of one: made of all that they observed lately. */

import { QuantileSketch } from '../model/quantile-sketch.ts';
import { seriesPlaces } from './beside-cells.ts';
import type { Transfer } from './transfer.ts';

/** Merged quantiles of a family. */
export interface MergedQuantiles {
  /** Which quantiles they are. */
  readonly quantiles: readonly number[];
  /** Their values, by the place of the series; none where nothing was observed lately. */
  readonly values: readonly (readonly number[] | undefined)[];
}

/** Windows that are added up in one step: a fraction of a millisecond. */
const WINDOWS_PER_STEP = 32;

/**
 * Adds up what processes observed of each series, as far as it counts at `now`, Unix seconds, and
 * reads the quantiles from the sum: each as close to an observed value as those of one process.
 * Which quantiles they are the newest process says that has any. `undefined` where nobody has.
 */
export function* mergeQuantiles(
  transfers: readonly Transfer[],
  width: number,
  now: number,
): Generator<undefined, MergedQuantiles | undefined> {
  const sketches: QuantileSketch[] = [];
  let quantiles: readonly number[] | undefined;
  let count = 0;
  for (const transfer of transfers) {
    const { windows = [] } = transfer;
    if (windows.length === 0) continue;
    const places = seriesPlaces(windows, transfer, width);
    for (let i = 0; i < windows.length; i++) {
      const { current } = windows[i]!;
      const place = places[i]!;
      if (current === undefined || place < 0) continue;
      quantiles ??= current.quantiles;
      sketches[place] ??= new QuantileSketch();
      for (const { sketch, until } of current.ages) {
        if (until > now) sketches[place].addAll(sketch);
      }
      if (++count % WINDOWS_PER_STEP === 0) yield;
    }
  }
  if (quantiles === undefined) return undefined;
  const values: (readonly number[] | undefined)[] = [];
  for (const place of sketches.keys()) {
    const sketch = sketches[place];
    if (sketch !== undefined && sketch.count > 0) values[place] = sketch.values(quantiles);
    if (place % WINDOWS_PER_STEP === 0) yield;
  }
  return { quantiles, values };
}

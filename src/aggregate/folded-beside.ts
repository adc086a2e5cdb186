/** What is kept of ended processes beside the cells of their series. */

import type { StoredFamily } from '../model/cells.ts';
import { QuantileSketch } from '../model/quantile-sketch.ts';
import { seriesPlaces } from './beside-cells.ts';
import type { KeptAge, KeptExemplar, KeptWindow } from './contribution.ts';
import { type MergedLists, mergeExemplars, mergeNativeExemplars } from './exemplar-merge.ts';
import type { Transfer } from './transfer.ts';

/** What is kept beside the cells of merged series, by their places. */
export interface FoldedBeside {
  readonly exemplars: readonly (readonly (KeptExemplar | undefined)[] | undefined)[];
  readonly windows: readonly (KeptWindow | undefined)[];
  readonly nativeExemplars: MergedLists;
}

/** Windows that are gone through in one step. */
const WINDOWS_PER_STEP = 32;

/**
 * Folds what the processes of `transfers` keep beside their cells and is still to be shown at `now`,
 * Unix seconds: the newest exemplar of each bucket, and what quantiles are made of.
 */
export function* foldBeside(
  transfers: readonly Transfer[],
  family: Pick<StoredFamily, 'type' | 'bounds'>,
  width: number,
  now: number,
): Generator<undefined, FoldedBeside> {
  const exemplars = yield* mergeExemplars(transfers, family, width, now);
  const windows: (OpenWindow | undefined)[] = [];
  let count = 0;
  for (const transfer of transfers) {
    const { windows: given = [] } = transfer;
    const places = seriesPlaces(given, transfer, width);
    for (const [i, { current }] of given.entries()) {
      const place = places[i]!;
      if (current === undefined || place < 0) continue;
      const window = windows[place] ?? new OpenWindow(current.quantiles);
      windows[place] = window;
      window.add(current.ages, now);
      if (++count % WINDOWS_PER_STEP === 0) yield;
    }
  }
  const nativeExemplars = yield* mergeNativeExemplars(transfers, width, now);
  return { exemplars: exemplars ?? [], windows, nativeExemplars: nativeExemplars ?? [] };
}

/** Adds up observations by when they cease to count. */
class OpenWindow implements KeptWindow {
  readonly quantiles: readonly number[];
  readonly #byEnd = new Map<number, QuantileSketch>();

  /** @param quantiles - Those of the newest process, which comes first. */
  constructor(quantiles: readonly number[]) {
    this.quantiles = quantiles;
  }

  get ages(): KeptAge[] {
    return Array.from(this.#byEnd, ([until, sketch]) => ({ until, sketch }));
  }

  add(ages: readonly KeptAge[], now: number): void {
    for (const { until, sketch } of ages) {
      if (until <= now) continue;
      const end = roundedUp(until, now);
      const sum = this.#byEnd.get(end) ?? new QuantileSketch();
      this.#byEnd.set(end, sum);
      sum.addAll(sketch);
    }
  }
}

/**
 * An end that is later by an eighth of the time left at most, so that thousands of processes have a
 * few dozen. Steps are powers of two: what was rounded once is the same however often it is rounded.
 */
function roundedUp(until: number, now: number): number {
  const step = 2 ** Math.floor(Math.log2((until - now) / 8));
  return Math.ceil(until / step) * step;
}

/** A batch of delays made small: what a histogram counts of it, and what quantiles are read from. */

import type { DelayBatch } from './delay-batch.ts';

/** Delays of which only the number and the range are known. */
export interface Slice {
  readonly count: number;
  readonly low: number;
  readonly high: number;
}

/** Delays, all in seconds. */
export interface DelaySummary {
  readonly count: number;
  readonly sum: number;
  readonly min: number;
  readonly max: number;
  /** How many delays there are up to each of these values, both ascending; the last is all of them. */
  readonly steps: readonly (readonly [rank: number, value: number])[];
}

/** The quantiles that are kept: those that are shown, and some around them for mixing batches. */
const KEPT = [0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.98, 0.99, 0.995, 0.999, 1];

/** Summarizes a batch of at least one delay. Costs 10 look-ups of 1 to 3 µs. */
export function summarize(batch: DelayBatch): DelaySummary {
  const { count, sum, min, max } = batch;
  const steps: [number, number][] = [];
  let last = 0;
  for (const quantile of KEPT) {
    const rank = Math.max(Math.ceil(count * quantile), 1);
    if (rank === last) continue;
    steps.push([rank, rank === count ? max : batch.at(rank)]);
    last = rank;
  }
  return { count, sum, min, max, steps };
}

/**
 * Cuts the delays at `bounds`, exactly: each slice lies between two neighbouring bounds. Empty
 * slices are left out.
 */
export function slice(
  batch: DelayBatch,
  { count, max, steps }: DelaySummary,
  bounds: readonly number[],
): Slice[] {
  const slices: Slice[] = [];
  let below = 0;
  for (const bound of [...bounds, Infinity]) {
    if (below === count) break;
    const upTo = max <= bound ? count : rankOf(bound, batch, steps, below);
    if (upTo === below) continue;
    const high = upTo === count ? max : batch.at(upTo);
    slices.push({ count: upTo - below, low: batch.at(below + 1), high });
    below = upTo;
  }
  return slices;
}

/** How many delays are not above `bound`; at least `least` are. */
function rankOf(
  bound: number,
  batch: DelayBatch,
  steps: DelaySummary['steps'],
  least: number,
): number {
  let low = least;
  let high = steps.at(-1)?.[0] ?? 0;
  for (const [rank, value] of steps) {
    if (value <= bound) low = Math.max(low, rank);
    else {
      high = Math.min(high, rank - 1);
      break;
    }
  }
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (batch.at(middle) <= bound) low = middle;
    else high = middle - 1;
  }
  return low;
}

/**
 * One value for each slice, within it, such that all samples of these values have the sum `sum`:
 * buckets and sum of a histogram are then both right.
 */
export function representatives(slices: readonly Slice[], sum: number): number[] {
  let least = 0;
  let most = 0;
  for (const { count, low, high } of slices) {
    least += count * low;
    most += count * high;
  }
  const share = most > least ? Math.min(Math.max((sum - least) / (most - least), 0), 1) : 0;
  return slices.map(({ low, high }) => low + share * (high - low));
}

/**
 * The values that these shares of all delays in `batches` do not exceed: exact for a single batch,
 * never too low for several, and too high by no more than to the next step that is kept. The shares
 * ascend.
 */
export function quantilesOf(
  quantiles: readonly number[],
  batches: readonly DelaySummary[],
): number[] {
  const weighted: (readonly [value: number, count: number])[] = [];
  let total = 0;
  for (const { count, steps } of batches) {
    total += count;
    let below = 0;
    for (const [rank, value] of steps) {
      weighted.push([value, rank - below]);
      below = rank;
    }
  }
  weighted.sort(([a], [b]) => a - b);
  let i = 0;
  let reached = weighted[0]?.[1] ?? 0;
  return quantiles.map((quantile) => {
    const rank = Math.max(Math.ceil(total * quantile), 1);
    while (reached < rank && i + 1 < weighted.length) reached += weighted[++i]![1];
    return weighted[i]?.[0] ?? 0;
  });
}

/** Delays of the event loop, gathered and read as batches. */

import type { Histogram } from 'node:perf_hooks';

/** Delays of the event loop, all in seconds. To be read before the loop turns again. */
export interface DelayBatch {
  /** How many there are. */
  readonly count: number;
  readonly min: number;
  readonly max: number;
  /** All of them added up; within 0.1 %. */
  readonly sum: number;
  /** The delay that is the `rank`-th smallest, from 1 to `count`; within 0.1 %. */
  at(rank: number): number;
}

/** Gathers delays. */
export interface DelaySampler {
  /** Those since the last reset. */
  batch(): DelayBatch;
  /** Forgets them. */
  reset(): void;
  /** Ends the sampling. */
  stop(): void;
}

/** How the numbers of a histogram become delays. */
export interface BatchOptions {
  /** Seconds that each of them is too long by: 0 unless given. */
  readonly offset?: number;
  /**
   * The sum in seconds, where it is known. The histogram's own is its mean, for which it goes through
   * all its buckets, 40 to 75 µs on Node 24, and leaves a cold cache to whoever comes next.
   */
  readonly sum?: number;
}

/**
 * Up to so many delays are read one by one, each once, which an idle program has no more of between
 * two scrapes: 20 of them take 15 µs, where their mean takes 30 and the look-ups for quantiles and
 * buckets 25 (Node 24).
 */
const FEW = 40;

/** Reads a histogram of nanoseconds. */
export function toBatch(histogram: Histogram, { offset = 0, sum }: BatchOptions = {}): DelayBatch {
  const seconds = (nanoseconds: number): number => Math.max(nanoseconds / 1e9 - offset, 0);
  // Each of them a call into the runtime, so that none is made once for every rank.
  const { count, min, max } = histogram;
  const greatest = seconds(max);
  const at = (rank: number): number => {
    // A quarter below, so that neither rounding up nor rounding to the nearest leaves the rank.
    const delay = seconds(histogram.percentile(((rank - 0.25) / count) * 100));
    // Delays are kept with three digits, and this is the greatest that has them.
    return Math.min(delay, greatest);
  };
  const range = { count, min: seconds(min), max: greatest };
  if (count > FEW) return { ...range, sum: sum ?? seconds(histogram.mean) * count, at };
  let total = 0;
  const delays: number[] = [];
  for (let rank = 1; rank <= count; rank++) {
    const delay = at(rank);
    delays.push(delay);
    total += delay;
  }
  return { ...range, sum: sum ?? total, at: (rank) => delays[rank - 1]! };
}

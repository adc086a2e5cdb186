/** What a contender keeps in memory for each series. */

import type { Values } from './inputs.ts';
import { collectGarbage, expectCount } from './timing.ts';

/** Series to be made. */
export interface Crowd<Made> {
  /** The label values of each. */
  readonly series: readonly Values[];
  /** The same number of others. */
  readonly others: readonly Values[];
  /** Makes series, counts once on each, and returns whatever keeps them alive. */
  make(series: readonly Values[]): Made;
  /** How much was counted on all of them. */
  counted(made: Made): Promise<number>;
}

/**
 * Bytes on the heap and in buffers for each series.
 *
 * @throws {Error} When the contender has not counted on every series.
 */
export async function bytesPerSeries<Made>(crowd: Crowd<Made>): Promise<number> {
  const { series, others, make, counted } = crowd;
  // Compiled code, and what the first series of all sets up, is not what a series costs. The first ones
  // are kept to the end, since they would go at a moment that nobody can foresee, and they have other
  // labels, since V8 keeps only one of two equal keys of objects.
  const first = make(others);
  const before = used();
  const second = make(series);
  const bytes = used() - before;
  for (const made of [first, second]) expectCount(await counted(made), series.length);
  return bytes / series.length;
}

function used(): number {
  // Buffers that are garbage are let go of one collection later.
  for (let i = 0; i < 4; i++) collectGarbage();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

/** What a contender keeps in memory for each series. */

import { collectGarbage, expectCount } from './timing.ts';

/** Series to be made. */
export interface Crowd<Made> {
  /** How many there are. */
  readonly count: number;
  /** Makes them, counts once on each, and returns whatever keeps them alive. */
  make(): Made;
  /** How much was counted on all of them. */
  counted(made: Made): Promise<number>;
}

/**
 * Bytes on the heap and in buffers for each series.
 *
 * @throws {Error} When the contender has not counted on every series.
 */
export async function bytesPerSeries<Made>({ count, make, counted }: Crowd<Made>): Promise<number> {
  // Compiled code, and what the first series of all sets up, is not what a series costs. The first ones
  // are kept to the end, since they would go at a moment that nobody can foresee.
  const first = make();
  const before = used();
  const second = make();
  const bytes = used() - before;
  for (const made of [first, second]) expectCount(await counted(made), count);
  return bytes / count;
}

function used(): number {
  // Buffers that are garbage are let go of one collection later.
  for (let i = 0; i < 4; i++) collectGarbage();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

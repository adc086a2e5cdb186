/** A batch of delays that tests fill by hand, for what reads one. */

import type { DelayBatch } from '../src/collectors/delay-batch.ts';

/** A batch of these delays, in seconds. */
export function batchOf(...delays: number[]): DelayBatch {
  const sorted = delays.sort((a, b) => a - b);
  return {
    count: sorted.length,
    min: sorted[0]!,
    max: sorted.at(-1)!,
    sum: sorted.reduce((sum, delay) => sum + delay, 0),
    at: (rank) => sorted[rank - 1]!,
  };
}

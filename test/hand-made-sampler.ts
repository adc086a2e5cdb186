/** A sampler of delays that tests fill by hand, for what reads one. */

import type { DelaySampler } from '../src/collectors/delay-sampler.ts';

/** A sampler that holds these samples, in seconds. */
export function samplerOf(...samples: number[]): DelaySampler {
  let sorted = samples.sort((a, b) => a - b);
  return {
    get count() {
      return sorted.length;
    },
    get min() {
      return sorted[0]!;
    },
    get max() {
      return sorted.at(-1)!;
    },
    get sum() {
      return sorted.reduce((sum, sample) => sum + sample, 0);
    },
    at: (rank) => sorted[rank - 1]!,
    reset() {
      sorted = [];
    },
    stop() {},
  };
}

/**
 * How long the event loop was kept from turning, sampled by the runtime without a line of JavaScript.
 *
 * Where the runtime can sample each turn of the loop (Node 24 and 26, in their newer releases), it
 * does: the busy time of a turn is what an event that came at its beginning has waited, none is
 * missed, and an idle loop stays asleep. Elsewhere a timer of the runtime measures how late it fires.
 * An idle process on Node 24 (Linux, EPYC, 8 s each) used 0.01 % of a processor by turns, by the
 * timer 0.6 % at 10 ms, 0.33 % at 20 ms, 0.14 % at 50 ms and 0.07 % at 100 ms, 0.01 % without; a
 * timer of JavaScript costs twice that.
 */

import { type ELDHistogram, monitorEventLoopDelay } from 'node:perf_hooks';
import { isBun, isDeno } from './runtime.ts';

/** Samples since the last reset, in seconds. */
export interface DelaySampler {
  /** How many there are. */
  readonly count: number;
  readonly min: number;
  readonly max: number;
  /** All of them added up. */
  readonly sum: number;
  /** The sample that is the `rank`-th smallest, from 1 to `count`; within 0.1 %. */
  at(rank: number): number;
  /** Forgets the samples. */
  reset(): void;
  /** Ends the sampling. */
  stop(): void;
}

/** Starts sampling; `undefined` where the runtime cannot. */
export function openDelaySampler(resolutionMs: number): DelaySampler | undefined {
  // Deno 2.9 shows a loop that is blocked for 150 ms as one that is late by 0.01 ms.
  if (isDeno) return undefined;
  let isByTurn = false;
  const options = {
    resolution: resolutionMs,
    // A runtime that asks for the option knows it; nothing else would tell.
    get samplePerIteration() {
      isByTurn = true;
      return true;
    },
  };
  const histogram = monitorEventLoopDelay(options);
  histogram.enable();
  if (isByTurn) {
    // The first turn counts the time asleep as delay, unless something is there to be done in it.
    setImmediate(() => histogram.reset());
  }
  // Node records the time from one firing to the next, Bun how late it was.
  return new RuntimeSampler(histogram, isByTurn || isBun ? 0 : resolutionMs / 1000);
}

class RuntimeSampler implements DelaySampler {
  readonly #histogram: ELDHistogram;
  readonly #offset: number;

  constructor(histogram: ELDHistogram, offset: number) {
    this.#histogram = histogram;
    this.#offset = offset;
  }

  get count(): number {
    return this.#histogram.count;
  }

  get min(): number {
    return this.#seconds(this.#histogram.min);
  }

  get max(): number {
    return this.#seconds(this.#histogram.max);
  }

  get sum(): number {
    return this.#seconds(this.#histogram.mean) * this.#histogram.count;
  }

  at(rank: number): number {
    // A quarter below, so that neither rounding up nor rounding to the nearest leaves the rank.
    const percentile = ((rank - 0.25) / this.#histogram.count) * 100;
    const sample = this.#seconds(this.#histogram.percentile(percentile));
    // Samples are kept with three digits, and this is the greatest that has them.
    return Math.min(sample, this.max);
  }

  reset(): void {
    this.#histogram.reset();
  }

  stop(): void {
    this.#histogram.disable();
  }

  #seconds(nanoseconds: number): number {
    return Math.max(nanoseconds / 1e9 - this.#offset, 0);
  }
}

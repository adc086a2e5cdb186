/**
 * How long the event loop was kept from turning.
 *
 * Where the runtime can sample each turn of the loop (Node 24 and 26, in their newer releases), it
 * does, without a line of JavaScript: the busy time of a turn is what an event that came at its
 * beginning has waited, none is missed, and an idle loop stays asleep. Other releases of Node count
 * turns in JavaScript. On Bun a timer of the runtime measures how late it fires, which costs an idle
 * process 0.6 % of a processor at 10 ms, 0.33 % at 20 ms, 0.14 % at 50 ms and 0.07 % at 100 ms (Node 24,
 * Linux, EPYC, 8 s each).
 */

import { type ELDHistogram, monitorEventLoopDelay } from 'node:perf_hooks';
import { type DelayBatch, type DelaySampler, toBatch } from './delay-batch.ts';
import { isBun, isDeno } from './runtime.ts';
import { TurnSampler } from './turn-sampler.ts';

/** How often the runtime's timer fires unless it is said, in milliseconds. */
const RESOLUTION_MS = 50;

/**
 * Starts sampling; `undefined` where the runtime cannot. A resolution asks for the timer wherever the
 * runtime does not sample turns by itself.
 */
export function openDelaySampler(resolutionMs: number | undefined): DelaySampler | undefined {
  // Deno 2.9 shows a loop that is blocked for 150 ms as one that is late by 0.01 ms.
  if (isDeno) return undefined;
  const resolution = resolutionMs ?? RESOLUTION_MS;
  let isByTurn = false;
  const options = {
    resolution,
    // A runtime that asks for the option knows it; nothing else would tell.
    get samplePerIteration() {
      isByTurn = true;
      return true;
    },
  };
  const histogram = monitorEventLoopDelay(options);
  // Its idle time is 0 on Bun.
  if (!isByTurn && !isBun && resolutionMs === undefined) return new TurnSampler();
  histogram.enable();
  if (isByTurn) {
    // The first turn counts the time asleep as delay, unless something is there to be done in it.
    setImmediate(() => histogram.reset());
  }
  // Node records the time from one firing to the next, Bun how late it was.
  return new RuntimeSampler(histogram, isByTurn || isBun ? 0 : resolution / 1000);
}

class RuntimeSampler implements DelaySampler {
  readonly #histogram: ELDHistogram;
  readonly #offset: number;

  constructor(histogram: ELDHistogram, offset: number) {
    this.#histogram = histogram;
    this.#offset = offset;
  }

  batch(): DelayBatch {
    return toBatch(this.#histogram, { offset: this.#offset });
  }

  reset(): void {
    this.#histogram.reset();
  }

  stop(): void {
    this.#histogram.disable();
  }
}

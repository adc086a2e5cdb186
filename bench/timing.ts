/** How times are taken: for operations of nanoseconds by the batch, for those of milliseconds one by one. */

import { median } from './statistics.ts';

/** Large enough that reading the clock is nothing beside it, small enough to end near the time wanted. */
const BATCH = 65_536;
const SAMPLE_MS = 200;
const SAMPLES = 5;
const WARM_UP_MS = 1000;

/** An operation that is repeated, and what it has come to. */
export interface Loop {
  /** Does the operation `times` times, its inputs varied so that nothing can be hoisted. */
  run(times: number): void;
  /** How many operations the contender has counted in all. */
  counted(): number | Promise<number>;
}

/**
 * Nanoseconds that one operation takes: the median of five samples of 200 ms, after one unmeasured.
 *
 * The loop is entered anew for each batch, so that what is measured is code compiled for its entry and
 * not the one version that V8 makes while a loop is running.
 *
 * @throws {Error} When the contender has not counted every operation.
 */
export async function nanoseconds(
  { run, counted }: Loop,
  sampleMs: number = SAMPLE_MS,
): Promise<number> {
  let total = 0;
  const samples: number[] = [];
  for (let sample = -1; sample < SAMPLES; sample++) {
    let times = 0;
    let elapsed = 0;
    const start = performance.now();
    while (elapsed < sampleMs) {
      run(BATCH);
      times += BATCH;
      elapsed = performance.now() - start;
    }
    total += times;
    if (sample >= 0) samples.push((elapsed * 1e6) / times);
  }
  expectCount(await counted(), total);
  return median(samples);
}

/** Something that takes milliseconds. */
export interface Task {
  /** Makes ready for a run, unmeasured. */
  prepare?(): Promise<void> | void;
  run(): Promise<void> | void;
}

/**
 * Milliseconds that a run takes: the median of five, after a second of unmeasured ones, three at least.
 *
 * Before each run all garbage is collected: between two scrapes of a busy service that happens as well.
 */
export async function milliseconds(task: Task): Promise<number> {
  const begun = performance.now();
  for (let i = 0; i < 3 || performance.now() - begun < WARM_UP_MS; i++) await once(task);
  const samples: number[] = [];
  for (let i = 0; i < SAMPLES; i++) samples.push(await once(task));
  return median(samples);
}

/** Milliseconds that a single run takes. */
export async function once({ prepare, run }: Task): Promise<number> {
  await prepare?.();
  collectGarbage();
  const start = performance.now();
  await run();
  return performance.now() - start;
}

/** Collects all garbage, so that no contender pays for another's, or for its own of an earlier run. */
export function collectGarbage(): void {
  if (globalThis.gc === undefined) throw new Error('bench: no gc(), expected node --expose-gc');
  globalThis.gc();
}

/** @throws {Error} When a contender has counted something else than was done. */
export function expectCount(counted: number, expected: number): void {
  if (counted === expected) return;
  throw new Error(
    `bench: the contender did not count what was done, expected ${expected}, got ${counted}`,
  );
}

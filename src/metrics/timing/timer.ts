/** Measuring how long something takes, and knowing when it has ended: sync and async alike. */

/// <reference lib="esnext.disposable" preserve="true" />

import { show } from '../../model/error.ts';
import { isAsyncIteration, WatchedIteration } from './async-iteration.ts';
import { type Clock, SYSTEM_CLOCK } from './clock.ts';
import { type End, rethrow } from './outcome.ts';
import { isGenerator, WatchedGenerator } from './sync-iteration.ts';

/**
 * Ends a measurement: records the seconds since it began and returns them. The first call records;
 * later ones return the same number. Also disposable, so that `using end = h.startTimer()` records
 * at the end of the block, however it is left.
 */
export interface Timer {
  (): number;
  [Symbol.dispose](): void;
}

// Runtimes without the symbol have no `using` either; what it stands for under another name does
// no harm there.
const DISPOSE: typeof Symbol.dispose =
  (Symbol as { dispose?: typeof Symbol.dispose }).dispose ??
  (Symbol.for('Symbol.dispose') as typeof Symbol.dispose);

/** What is measured: by which clock, and how errors name it. */
export interface Timed {
  readonly clock: Clock;
  readonly subject: string;
}

/**
 * Begins a measurement whose seconds go to `record`.
 *
 * @param given - What `startTimer()` was called with, which should be nothing.
 * @throws {TypeError} When it is something: labels, which other clients take there.
 */
export function startTimer(
  timed: Timed,
  record: (seconds: number) => void,
  given?: unknown,
): Timer {
  if (given !== undefined) refuseLabels(timed, given);
  const { clock } = timed;
  const start = clock.elapsed();
  let seconds = -1;
  // What an event or a callback brings along is no mistake.
  const end = (): number => {
    if (seconds < 0) {
      // A clock that was set back must not record a negative duration.
      seconds = Math.max(clock.elapsed() - start, 0);
      record(seconds);
    }
    return seconds;
  };
  (end as unknown as Record<symbol, () => number>)[DISPOSE] = end;
  return end as unknown as Timer;
}

function refuseLabels({ subject }: Timed, given: unknown): never {
  throw new TypeError(
    `${subject}: startTimer() takes no labels, expected labels(…).startTimer(), or stopwatch() where only the end knows them, got ${show(given)}`,
  );
}

/** Begins a measurement whose seconds go to `record` when it has ended. */
export function beginTiming(clock: Clock, record: (seconds: number) => void): End {
  const seconds = stopwatch(clock);
  return () => record(seconds());
}

/**
 * Begins to measure, and returns a function that tells the seconds since: for durations whose labels
 * are known at the end alone.
 *
 * @example
 * ```ts
 * const seconds = stopwatch();
 * const { status } = await fetch('http://localhost/');
 * durations.labels({ status }).observe(seconds());
 * ```
 */
export function stopwatch(clock: Clock = SYSTEM_CLOCK): () => number {
  const start = clock.elapsed();
  return () => Math.max(clock.elapsed() - start, 0);
}

/** Ends what it stands for, once. Also disposable: `using` ends it however the block is left. */
export interface Ending {
  (): void;
  [Symbol.dispose](): void;
}

/** Calls `end` when it is called or disposed of first. */
export function endingOnce(end: () => void): Ending {
  let isOver = false;
  const once = (): void => {
    if (isOver) return;
    isOver = true;
    end();
  };
  (once as unknown as Record<symbol, () => void>)[DISPOSE] = once;
  return once as unknown as Ending;
}

/**
 * Calls `begin`, then `run`, then once what `begin` returned: when `run` has returned or thrown or,
 * where it returned a promise, when that has settled. Returns or throws what `run` does.
 *
 * Where `run` returned a generator, sync or async, nothing of it has run yet: `takeBack` takes back
 * what `begin` did, and a generator of the same items is returned that begins with the first one.
 */
export function runUntilEnd<Result>(
  run: () => Result,
  begin: () => End,
  takeBack: () => void = () => {},
): Result {
  const ended = begin();
  let result: Result;
  try {
    result = run();
  } catch (error) {
    return rethrow(error, ended);
  }
  if (isAsyncIteration(result)) {
    takeBack();
    return new WatchedIteration(result, begin) as Result;
  }
  if (isGenerator(result)) {
    takeBack();
    return new WatchedGenerator(result, begin) as Result;
  }
  if (!isThenable(result)) {
    ended({ failed: false });
    return result;
  }
  return result.then(
    (value) => {
      ended({ failed: false });
      return value;
    },
    (error: unknown) => rethrow(error, ended),
  ) as Result;
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return (
    typeof value === 'object' &&
    value !== null &&
    typeof (value as { then?: unknown }).then === 'function'
  );
}

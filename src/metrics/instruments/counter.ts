/**
 * Counters: numbers that only go up. This is what programs see; how they count says `counter-on-bytes.ts` or,
 * where others read the numbers, `counter-on-cells.ts`.
 */

import type { LabelNames } from '../../model/labels.ts';
import type { Metric } from '../children/child.ts';
import type { ValueCallback } from '../declaration/instrument-options.ts';
import { AnyCounterChild } from './counter-base.ts';
import { CounterChildOnCells } from './counter-on-cells.ts';
import type { CounterOptions, IncOptions } from './counter-options.ts';
import { type InstrumentConstructor, instrumentConstructor, type Shape } from './instrument.ts';

/** A number that only goes up. */
export interface CounterChild extends Metric {
  readonly type: 'counter';
  /**
   * The count so far in this process; where it has a callback, what that returned at the last
   * scrape, 0 before the first.
   */
  readonly value: number;
  /**
   * Adds `amount`, 1 unless given.
   *
   * @throws {RangeError} When `amount` is negative, infinite or NaN. The count stays as it was.
   * @throws {TypeError} When `amount` is not a number, `options` is not an object, or an option is
   * unknown. So do all methods but `setFunction` of a counter with a callback.
   */
  inc(amount?: number, options?: IncOptions): void;
  /** Begins anew at 0, for a program that starts its work over. Prometheus sees a restart. */
  reset(): void;
  /**
   * Calls `run`, and counts 1 if it throws or its promise is rejected. Returns or throws what it does.
   *
   * @param filter - Which errors count: all unless given.
   */
  countExceptions<Result>(run: () => Result, filter?: (error: unknown) => boolean): Result;
  /** The same items; counts 1 if going on to the next one throws. An error of the loop is not theirs. */
  countExceptions<Item>(
    items: AsyncIterable<Item>,
    filter?: (error: unknown) => boolean,
  ): AsyncIterable<Item>;
  /**
   * Takes the count from `callback`, asked at every scrape, instead of `inc`, which then throws as
   * all methods do that would change the count.
   *
   * @throws {TypeError} When `callback` is not a function.
   */
  setFunction(callback: ValueCallback): void;
}

/**
 * A counter: a number that only goes up, such as requests answered, bytes sent, tasks failed.
 *
 * Exposed with the suffix `_total`, which the name may have or not. A name says the unit where
 * there is one: `sent_bytes_total`. What can go down is a {@linkcode Gauge}.
 *
 * As a type, `Counter` is one without labels or a child, `Counter<['method', 'status']>` one with
 * these labels, `Counter<'method' | 'status'>` one that is used by label name alone.
 *
 * @example
 * ```ts
 * import { Counter } from 'promethium';
 *
 * const requests = new Counter({
 *   name: 'http_requests_total',
 *   help: 'Requests answered.',
 *   labelNames: ['method', 'status'],
 * });
 * requests.labels({ method: 'GET', status: 200 }).inc();
 * ```
 *
 * @see {@link https://prometheus.io/docs/instrumenting/writing_clientlibs/#counter | Client libraries, Counter}
 */
export type Counter<Names extends LabelNames = never> = Shape<CounterChild, Names>;

/** Declares a counter and registers it: `new Counter({ name, help, … })`. */
export const Counter: InstrumentConstructor<CounterChild, CounterOptions> =
  /* @__PURE__ */ instrumentConstructor(CounterChildOnCells, AnyCounterChild);

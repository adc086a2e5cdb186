/** Counters: numbers that only go up. */

import type { LabelNames } from '../model/labels.ts';
import type { Cells } from '../storage/storage.ts';
import { Child, type Metric } from './child.ts';
import { startTime } from './clock.ts';
import type { Declaration, Kind } from './declaration.ts';
import {
  type ExemplarLabels,
  type ExemplarOptions,
  toOwnExemplarSampling,
} from './exemplar-options.ts';
import { type InstrumentConstructor, instrumentConstructor, type Shape } from './instrument.ts';
import type { InstrumentOptions, ValueCallback } from './instrument-options.ts';
import { placeOfCell } from './row-recorder.ts';

/** What a counter is declared with. */
export interface CounterOptions extends InstrumentOptions {
  /**
   * Returns the count, for something that somebody else counts. Asked at every scrape; only for a
   * counter without labels. A child gets one by {@linkcode CounterChild.setFunction}.
   */
  readonly callback?: ValueCallback;
  /** Where exemplars come from that nobody gave: the registry's way unless given, none if `false`. */
  readonly exemplars?: ExemplarOptions | false;
}

/** How a counter is incremented. */
export interface IncOptions {
  /**
   * Labels that lead from this increment to its trace, such as `{ trace_id }`; the last one is
   * shown, in OpenMetrics. Bad labels cost the exemplar and never the increment:
   * `promethium_exemplars_dropped_total` counts them.
   */
  readonly exemplar?: ExemplarLabels | undefined;
}

/** A number that only goes up. */
export interface CounterChild extends Metric {
  readonly type: 'counter';
  /** The count so far in this process. */
  readonly value: number;
  /**
   * Adds `amount`, 1 unless given.
   *
   * @throws {RangeError} When `amount` is negative, infinite or NaN. The count stays as it was.
   * @throws {TypeError} When `amount` is not a number, or `options` is not an object.
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
   * Takes the count from `callback`, asked at every scrape, instead of `inc`.
   *
   * @throws {TypeError} When `callback` is not a function.
   */
  setFunction(callback: ValueCallback): void;
}

/** True once increments ask for exemplars, those of all counters: see {@linkcode Kind.sample}. */
let isSampling = false;

class CounterChildOnCells extends Child {
  #cells: Float64Array;
  #index: number;

  constructor(declaration: Declaration, { cells, index }: Cells) {
    super(declaration);
    this.#cells = cells;
    this.#index = index;
    cells[index + 1] = startTime(declaration.clock);
  }

  // A getter and no property, which would take 8 bytes of every child.
  get type(): 'counter' {
    return 'counter';
  }

  get value(): number {
    return this.#cells[this.#index]!;
  }

  inc(amount = 1, options?: IncOptions): void {
    // Written so that NaN and strings, which satisfy neither side, are turned away as well.
    if (!(typeof amount === 'number' && amount >= 0 && amount < Infinity)) {
      this.refuse('inc()', 'a finite number >= 0', amount);
    }
    if (options !== undefined) this.requireOptions('inc()', options);
    this.#cells[this.#index]! += amount;
    if (options?.exemplar !== undefined) {
      this.declaration.exemplars?.keep(this, 0, amount, options.exemplar);
    }
  }

  reset(): void {
    this.declaration.exemplars?.forget(this);
    this.#cells[this.#index] = 0;
    this.#cells[this.#index + 1] = this.declaration.clock.now();
  }

  countExceptions(run: unknown, filter?: (error: unknown) => boolean): unknown {
    if (filter !== undefined) this.requireFunction('countExceptions() filter', filter);
    return this.during('countExceptions()', run, () => (outcome) => {
      if (outcome.failed && (filter === undefined || filter(outcome.error))) this.inc();
    });
  }

  setFunction(callback: ValueCallback): void {
    this.declaration.setCallback(this, callback);
  }

  static readonly kind: Kind<CounterChildOnCells> = {
    type: 'counter',
    word: 'counter',
    options: ['callback', 'exemplars'],
    typeOptions: (subject, { exemplars }: CounterOptions) => ({
      exemplars: toOwnExemplarSampling(subject, exemplars),
    }),
    create(declaration, labelValues) {
      return new CounterChildOnCells(declaration, declaration.allocate(labelValues));
    },
    write(child, writer) {
      const { exemplars } = child.declaration;
      const exemplar = exemplars?.hasAny ? exemplars.of(child)?.[0] : undefined;
      writer.number(child.#cells[child.#index]!, child.#cells[child.#index + 1]!, exemplar);
    },
    place: (child) => ({ cells: child.#cells, index: child.#index }),
    numbers: {
      layout: { stride: 16, isPacked: false, hasStartTime: true },
      place: (child) => placeOfCell(child.#cells, child.#index),
    },
    reset: (child) => child.reset(),
    detach(child) {
      const place = { cells: child.#cells, index: child.#index };
      child.#cells = child.declaration.copyOf(place);
      child.#index = 0;
      return place;
    },
    attach(child, { cells, index }) {
      child.#cells = cells;
      child.#index = index;
    },
    sample() {
      if (isSampling) return;
      isSampling = true;
      const { prototype } = CounterChildOnCells;
      const { inc } = prototype;
      prototype.inc = function (this: CounterChildOnCells, amount = 1, options?: IncOptions): void {
        inc.call(this, amount, options);
        if (options?.exemplar !== undefined || amount === 0) return;
        this.declaration.exemplars?.sample(this, 0, amount);
      };
    },
    assign(child, value) {
      if (!(typeof value === 'number' && value >= 0 && value < Infinity)) {
        return child.refuse('callback', 'a finite number >= 0', value);
      }
      // What it counts began anew, as after a restart.
      if (value < child.value) child.reset();
      child.#cells[child.#index] = value;
    },
  };
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

/** {@inheritDoc Counter} */
export const Counter: InstrumentConstructor<CounterChild, CounterOptions> =
  /* @__PURE__ */ instrumentConstructor(CounterChildOnCells);

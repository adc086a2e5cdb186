/** Gauges: numbers that go up and down. */

import { MULTIPROCESS_MODES, type MultiprocessMode } from '../../model/cells.ts';
import type { LabelNames } from '../../model/labels.ts';
import { validMode } from '../../model/option.ts';
import type { Cells } from '../../storage/storage.ts';
import { askChild } from '../children/asked-children.ts';
import { Child, type Metric } from '../children/child.ts';
import type { Declaration, Kind } from '../declaration/declaration.ts';
import type { InstrumentOptions, ValueCallback } from '../declaration/instrument-options.ts';
import { placeOfCell } from '../rows/row-recorder.ts';
import { beginTiming, type Ending, endingOnce, startTimer, type Timer } from '../timing/timer.ts';
import { type InstrumentConstructor, instrumentConstructor, type Shape } from './instrument.ts';

/** What a gauge is declared with. */
export interface GaugeOptions extends InstrumentOptions {
  /**
   * How the values of several processes are shown: `all`, each under a label `pid`, unless given.
   * Of no effect in a single process.
   */
  readonly multiprocessMode?: MultiprocessMode;
  /**
   * Returns the value, for something that is asked rather than told. Asked at every scrape; only
   * for a gauge without labels. A child gets one by {@linkcode GaugeChild.setFunction}.
   */
  readonly callback?: ValueCallback;
}

/** A number that goes up and down. */
export interface GaugeChild extends Metric {
  readonly type: 'gauge';
  /**
   * The value in this process; where it has a callback, what that returned at the last scrape, 0
   * before the first.
   */
  readonly value: number;
  /**
   * Sets the value. NaN and the infinities are values too.
   *
   * @throws {TypeError} When `value` is not a number. So do all methods but `setFunction` of a gauge
   * with a callback.
   */
  set(value: number): void;
  /**
   * Adds `amount`, 1 unless given.
   *
   * @throws {RangeError} When `amount` is infinite or NaN. The value stays as it was.
   * @throws {TypeError} When `amount` is not a number, or the gauge shows the most recent value,
   * which a sum of steps is not.
   */
  inc(amount?: number): void;
  /** Takes `amount` away, 1 unless given. Throws as {@linkcode GaugeChild.inc} does. */
  dec(amount?: number): void;
  /** Sets the value to the Unix time, in seconds: for the time of the last success. */
  setToCurrentTime(): void;
  /** Sets the value to 0. */
  reset(): void;
  /**
   * Begins to measure; what it returns sets the value to the seconds that have passed.
   *
   * @throws {TypeError} When it, or what it returns, is given labels: these are given to `labels()`
   * before it or, where they are known at the end alone, after `stopwatch()`.
   */
  startTimer(): Timer;
  /**
   * Calls `run` and sets the value to the seconds it took, its promise to settle, or its generator
   * to end.
   */
  time<Result>(run: () => Result): Result;
  /** The same items; sets the value to the seconds from the first one asked for to the last, or to the loop's end. */
  time<Item>(items: AsyncIterable<Item>): AsyncIterable<Item>;
  /**
   * Counts 1 up while `run`, or its promise, is under way; of a generator, from the first item asked
   * for to the last, or to the loop's end. Returns or throws what `run` does.
   */
  trackInProgress<Result>(run: () => Result): Result;
  /** The same items; counts 1 up from the first one asked for to the last, or to the loop's end. */
  trackInProgress<Item>(items: AsyncIterable<Item>): AsyncIterable<Item>;
  /** Counts 1 up, and 1 down when what it returns is called or, by `using`, disposed of. */
  trackInProgress(): Ending;
  /**
   * Takes the value from `callback`, asked at every scrape, instead of `set`, which then throws as
   * all methods do that would change the value.
   *
   * @throws {TypeError} When `callback` is not a function.
   */
  setFunction(callback: ValueCallback): void;
}

/** No method: an object of a class with private methods has 8 bytes more, to tell that it has them. */
function refuseStep({ family: { mode }, subject }: Declaration, call: string): void {
  if (!mode.endsWith('mostrecent')) return;
  throw new TypeError(`${subject}: ${call} refused in mode ${mode}, expected set(), got ${call}`);
}

/** What ends a timer of this gauge: by then it may have a callback, and refuse to be set. */
function setterOf(child: GaugeChildOnCells): (seconds: number) => void {
  return (seconds) => {
    if (!child.isAsked) child.set(seconds);
  };
}

class GaugeChildOnCells extends Child {
  #cells: Float64Array;
  #index: number;

  constructor(declaration: Declaration, { cells, index }: Cells) {
    super(declaration);
    this.#cells = cells;
    this.#index = index;
  }

  // A getter and no property, which would take 8 bytes of every child.
  get type(): 'gauge' {
    return 'gauge';
  }

  get value(): number {
    return this.#cells[this.#index]!;
  }

  set(value: number): void {
    if (typeof value !== 'number') this.refuse('set()', 'a number', value);
    this.#cells[this.#index] = value;
    const { stamp } = this.declaration;
    // The value first: a reader that sees the new time sees the new value too.
    if (stamp !== undefined) this.#cells[this.#index + 1] = stamp();
  }

  inc(amount = 1): void {
    // A difference that is 0 for every finite number, and NaN for all else.
    if (!(typeof amount === 'number' && amount - amount === 0)) {
      this.refuse('inc()', 'a finite number', amount);
    }
    const { stamp } = this.declaration;
    if (stamp !== undefined) {
      refuseStep(this.declaration, 'inc()');
      this.#cells[this.#index]! += amount;
      this.#cells[this.#index + 1] = stamp();
      return;
    }
    this.#cells[this.#index]! += amount;
  }

  dec(amount = 1): void {
    if (!(typeof amount === 'number' && amount - amount === 0)) {
      this.refuse('dec()', 'a finite number', amount);
    }
    if (this.declaration.stamp !== undefined) refuseStep(this.declaration, 'dec()');
    this.inc(-amount);
  }

  setToCurrentTime(): void {
    this.set(this.declaration.clock.now());
  }

  reset(): void {
    this.set(0);
  }

  startTimer(given?: unknown): Timer {
    return startTimer(this.declaration, setterOf(this), given);
  }

  time(run: unknown): unknown {
    const { clock } = this.declaration;
    return this.during('time()', run, () => beginTiming(clock, setterOf(this)));
  }

  trackInProgress(...given: [] | [run: unknown]): unknown {
    const end = (): void => {
      if (!this.isAsked) this.dec();
    };
    const begin = (): (() => void) => {
      this.inc();
      return end;
    };
    if (given.length === 0) return endingOnce(begin());
    return this.during('trackInProgress()', given[0], begin, end);
  }

  setFunction(callback: ValueCallback): void {
    askChild(this, this.declaration, callback);
  }

  static readonly kind: Kind<GaugeChildOnCells> = {
    type: 'gauge',
    word: 'gauge',
    options: ['multiprocessMode', 'callback'],
    typeOptions: (subject, { multiprocessMode = 'all' }: GaugeOptions) => ({
      mode: validMode(subject, multiprocessMode, MULTIPROCESS_MODES),
    }),
    create(declaration, labelValues) {
      return new GaugeChildOnCells(declaration, declaration.allocate(labelValues));
    },
    write(child, writer) {
      writer.number(child.#cells[child.#index]!);
    },
    place: (child) => ({ cells: child.#cells, index: child.#index }),
    numbers: {
      layout: { stride: 8, isPacked: false, hasStartTime: false },
      place: (child) => placeOfCell(child.#cells, child.#index),
    },
    // Of the class, which a child with a callback does not have any more.
    reset: (child) => GaugeChildOnCells.prototype.set.call(child, 0),
    attach(child, { cells, index }) {
      child.#cells = cells;
      child.#index = index;
    },
    assign(child, value) {
      if (typeof value !== 'number') return child.refuse('callback', 'a number', value);
      GaugeChildOnCells.prototype.set.call(child, value);
    },
  };
}

/**
 * A gauge: a number that goes up and down, such as requests under way, temperature, queue length.
 *
 * As a type, `Gauge` is one without labels or a child, `Gauge<['queue']>` one with these labels,
 * `Gauge<'queue' | 'host'>` one that is used by label name alone.
 *
 * @example
 * ```ts
 * import { Gauge } from 'promethium';
 *
 * const jobs = new Gauge({ name: 'jobs_waiting', help: 'Jobs not begun yet.' });
 * jobs.set(7);
 * ```
 *
 * @see {@link https://prometheus.io/docs/instrumenting/writing_clientlibs/#gauge | Client libraries, Gauge}
 */
export type Gauge<Names extends LabelNames = never> = Shape<GaugeChild, Names>;

/** Declares a gauge and registers it: `new Gauge({ name, help, … })`. */
export const Gauge: InstrumentConstructor<GaugeChild, GaugeOptions> =
  /* @__PURE__ */ instrumentConstructor(GaugeChildOnCells);

/** Summaries: how many observations there were, their sum, and quantiles of the last minutes. */

import type { SummaryPoint } from '../../model/family.ts';
import type { LabelNames } from '../../model/labels.ts';
import type { Cells } from '../../storage/storage.ts';
import { Child, type Metric } from '../children/child.ts';
import type { Declaration, Kind } from '../declaration/declaration.ts';
import type { InstrumentOptions } from '../declaration/instrument-options.ts';
import type { SharedWindow } from '../quantiles/quantile-sharing.ts';
import {
  type QuantileOptions,
  type QuantileSettings,
  QuantileWindow,
  toQuantileSettings,
} from '../quantiles/quantile-window.ts';
import { startTime } from '../timing/clock.ts';
import { beginTiming, startTimer, type Timer } from '../timing/timer.ts';
import { type InstrumentConstructor, instrumentConstructor, type Shape } from './instrument.ts';

/** What a summary is declared with. */
export interface SummaryOptions extends InstrumentOptions, QuantileOptions {}

/** How an observation is made. */
export interface ObserveOptions {
  /** How many observations of this value there were: 1 unless given, a whole number >= 0. */
  readonly count?: number;
}

/** What summaries and histograms have in common. */
export interface ObservingChild extends Metric {
  /** How many observations there were in this process. */
  readonly count: number;
  /** The sum of all observations in this process. */
  readonly sum: number;
  /**
   * Takes down an observation, in the metric's unit. Negative ones are counted like any other,
   * though the sum may then fall; infinite ones are counted and make the sum infinite for good.
   *
   * @throws {RangeError} When `value` is NaN, or `count` is not a whole number >= 0.
   * @throws {TypeError} When `value` or `count` is not a number, `options` is not an object, or an
   * option is unknown.
   */
  observe(value: number, options?: ObserveOptions): void;
  /** Begins anew at 0, for a program that starts its work over. Prometheus sees a restart. */
  reset(): void;
  /**
   * Begins to measure; what it returns observes the seconds that have passed.
   *
   * @throws {TypeError} When it, or what it returns, is given labels: these are given to `labels()`
   * before it or, where they are known at the end alone, after `stopwatch()`.
   */
  startTimer(): Timer;
  /** Calls `run` and observes the seconds it took, its promise to settle, or its generator to end. */
  time<Result>(run: () => Result): Result;
  /** The same items; observes the seconds from the first one asked for to the last, or to the loop's end. */
  time<Item>(items: AsyncIterable<Item>): AsyncIterable<Item>;
}

/** Observations, counted and added up. */
export interface SummaryChild extends ObservingChild {
  readonly type: 'summary';
}

class SummaryChildOnCells extends Child {
  #cells: Float64Array;
  #index: number;

  constructor(declaration: Declaration, { cells, index }: Cells) {
    super(declaration);
    this.#cells = cells;
    this.#index = index;
    cells[index + 2] = startTime(declaration.clock);
  }

  // A getter and no property, which would take 8 bytes of every child.
  get type(): 'summary' {
    return 'summary';
  }

  get count(): number {
    return this.#cells[this.#index]!;
  }

  get sum(): number {
    return this.#cells[this.#index + 1]!;
  }

  observe(value: number, options?: ObserveOptions): void {
    // A sum would never recover from NaN.
    if (typeof value !== 'number' || Number.isNaN(value)) {
      this.refuse('observe()', 'a number other than NaN', value);
    }
    if (options === undefined) {
      this.#cells[this.#index]! += 1;
      this.#cells[this.#index + 1]! += value;
      return;
    }
    const { count = 1 } = options ?? {};
    if (options?.count === undefined) this.requireOptions('observe()', options, OPTIONS);
    if (!(Number.isSafeInteger(count) && count >= 0)) {
      this.refuse('observe() count', 'a whole number >= 0', count);
    }
    if (count === 0) return;
    this.#cells[this.#index]! += count;
    this.#cells[this.#index + 1]! += value * count;
  }

  reset(): void {
    this.#cells.fill(0, this.#index, this.#index + 2);
    this.#cells[this.#index + 2] = this.declaration.clock.now();
  }

  /** The values at the quantiles; nothing where there are none. */
  quantileValues(): readonly number[] | undefined {
    return undefined;
  }

  startTimer(given?: unknown): Timer {
    return startTimer(this.declaration, (seconds) => this.observe(seconds), given);
  }

  time(run: unknown): unknown {
    const { clock } = this.declaration;
    return this.during('time()', run, () => beginTiming(clock, (seconds) => this.observe(seconds)));
  }

  static readonly kind: Kind<SummaryChildOnCells> = {
    type: 'summary',
    word: 'summary',
    options: ['quantiles', 'maxAgeSeconds', 'ageBuckets'],
    typeOptions: (subject, options: SummaryOptions) => ({
      quantiles: toQuantileSettings(subject, options),
    }),
    create(declaration, labelValues) {
      const { quantiles } = declaration;
      const place = declaration.allocate(labelValues);
      if (quantiles === undefined) return new SummaryChildOnCells(declaration, place);
      return new QuantileSummaryChild(declaration, place, quantiles);
    },
    write(child, writer) {
      const cells = child.#cells;
      const index = child.#index;
      POINT.count = cells[index]!;
      POINT.sum = cells[index + 1]!;
      POINT.created = cells[index + 2]!;
      const values = child.quantileValues();
      // An empty window has no quantiles: no line says so better than NaN, which spoils averages.
      POINT.quantiles = values === undefined ? NONE : child.declaration.quantiles!.quantiles;
      POINT.values = values ?? NONE;
      writer.summary(POINT);
    },
    place: (child) => ({ cells: child.#cells, index: child.#index }),
    reset: (child) => child.reset(),
    attach(child, { cells, index }) {
      child.#cells = cells;
      child.#index = index;
    },
  };
}

/** A class of its own, since a look whether there is a window costs each `observe` up to 1 ns. */
class QuantileSummaryChild extends SummaryChildOnCells {
  readonly #window: QuantileWindow;
  readonly #shared: SharedWindow | undefined;

  /** As of all summaries: the one that programs know. */
  override get ['constructor'](): typeof Summary {
    return super.constructor as typeof Summary;
  }

  constructor(declaration: Declaration, place: Cells, settings: QuantileSettings) {
    super(declaration, place);
    this.#window = new QuantileWindow(settings, declaration.clock);
    this.#shared = declaration.quantileSharing?.join(
      this.#window,
      () => SummaryChildOnCells.kind.place(this)!,
    );
  }

  override observe(value: number, options?: ObserveOptions): void {
    super.observe(value, options);
    const count = options?.count ?? 1;
    if (count === 0) return;
    this.#window.add(value, count);
    this.#shared?.note();
  }

  override quantileValues(): readonly number[] | undefined {
    return this.#window.values();
  }

  override reset(): void {
    super.reset();
    this.#window.clear();
    this.#shared?.note();
  }
}

/** The options of an observation. */
const OPTIONS: readonly string[] = ['count'];

const NONE: readonly number[] = [];

/** What a writer borrows: one object for all summaries, since a million are written one by one. */
const POINT: { -readonly [Key in keyof SummaryPoint]: SummaryPoint[Key] } = {
  quantiles: [],
  values: [],
  count: 0,
  sum: 0,
  created: 0,
};

/**
 * A summary: how many observations there were and their sum, for averages over any time.
 *
 * A {@linkcode Histogram} also tells how the observations are spread, and adds up over processes
 * and hosts. With the option `quantiles` a summary does so too, of the last minutes and over the
 * processes that share a directory: each quantile is within 1 % of an observed value, and one of an
 * empty window is left out. An observation then takes 65 ns more, and a series up to 16 KiB for each step of the window, 3 KiB
 * where all values are within a factor of 1000 (Node 24).
 *
 * As a type, `Summary` is one without labels or a child, `Summary<['route']>` one with these
 * labels, `Summary<'route' | 'host'>` one that is used by label name alone.
 *
 * @example
 * ```ts
 * import { Summary } from 'promethium';
 *
 * const sizes = new Summary({ name: 'response_size_bytes', help: 'Sizes of responses.' });
 * sizes.observe(5120);
 * ```
 *
 * @see {@link https://prometheus.io/docs/instrumenting/writing_clientlibs/#summary | Client libraries, Summary}
 */
export type Summary<Names extends LabelNames = never> = Shape<SummaryChild, Names>;

/** Declares a summary and registers it: `new Summary({ name, help, … })`. */
export const Summary: InstrumentConstructor<SummaryChild, SummaryOptions> =
  /* @__PURE__ */ instrumentConstructor(SummaryChildOnCells);

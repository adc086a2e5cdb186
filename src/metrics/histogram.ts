/** Histograms: observations counted in buckets. */

import { DEFAULT_BUCKETS, validateBuckets } from '../model/buckets.ts';
import type { HistogramPoint } from '../model/family.ts';
import type { LabelNames } from '../model/labels.ts';
import type { Cells } from '../storage/storage.ts';
import { BucketSearch } from './bucket-search.ts';
import { Child } from './child.ts';
import type { Declaration, Kind } from './declaration.ts';
import {
  type ExemplarLabels,
  type ExemplarOptions,
  toOwnExemplarSampling,
} from './exemplar-options.ts';
import { type InstrumentConstructor, instrumentConstructor, type Shape } from './instrument.ts';
import type { InstrumentOptions } from './instrument-options.ts';
import type { ObserveOptions, ObservingChild } from './summary.ts';
import { startTimer, type Timer } from './timer.ts';

/** What a histogram is declared with. */
export interface HistogramOptions extends InstrumentOptions {
  /**
   * Upper bounds of the buckets, ascending, in the metric's unit: {@linkcode DEFAULT_BUCKETS} unless
   * given. A bucket for +Inf is always there and need not be named.
   */
  readonly buckets?: readonly number[];
  /** Where exemplars come from that nobody gave: the registry's way unless given, none if `false`. */
  readonly exemplars?: ExemplarOptions | false;
}

/** How a histogram observes. */
export interface HistogramObserveOptions extends ObserveOptions {
  /**
   * Labels that lead from this observation to its trace, such as `{ trace_id }`; the last one of
   * each bucket is shown, in OpenMetrics. Bad labels cost the exemplar and never the observation:
   * `promethium_exemplars_dropped_total` counts them.
   */
  readonly exemplar?: ExemplarLabels | undefined;
}

/** Observations, counted in buckets. */
export interface HistogramChild extends ObservingChild {
  readonly type: 'histogram';
  /** {@inheritDoc ObservingChild.observe} */
  observe(value: number, options?: HistogramObserveOptions): void;
}

class HistogramChildOnCells extends Child {
  readonly #buckets: BucketSearch;
  #cells: Float64Array;
  #index: number;

  constructor(declaration: Declaration, { cells, index }: Cells) {
    super(declaration);
    this.#buckets = bucketsOf(declaration.family.bounds);
    this.#cells = cells;
    this.#index = index;
    cells[index + this.#buckets.count + 2] = declaration.clock.now();
  }

  // A getter and no property, which would take 8 bytes of every child.
  get type(): 'histogram' {
    return 'histogram';
  }

  get count(): number {
    let count = 0;
    for (let i = 0; i <= this.#buckets.count; i++) count += this.#cells[this.#index + i]!;
    return count;
  }

  get sum(): number {
    return this.#cells[this.#index + this.#buckets.count + 1]!;
  }

  observe(value: number, options?: HistogramObserveOptions): void {
    // NaN has no bucket, and a sum would never recover from it.
    if (typeof value !== 'number' || Number.isNaN(value)) {
      this.refuse('observe()', 'a number other than NaN', value);
    }
    const buckets = this.#buckets;
    const cells = this.#cells;
    const index = this.#index;
    const bucket = buckets.find(value);
    const sum = index + buckets.count + 1;
    if (options === undefined) {
      cells[index + bucket]! += 1;
      cells[sum]! += value;
      return;
    }
    this.requireOptions('observe()', options);
    const { count = 1, exemplar } = options;
    if (!(Number.isSafeInteger(count) && count >= 0)) {
      this.refuse('observe() count', 'a whole number >= 0', count);
    }
    if (count === 0) return;
    cells[index + bucket]! += count;
    cells[sum]! += value * count;
    if (exemplar !== undefined) this.declaration.exemplars?.keep(this, bucket, value, exemplar);
  }

  reset(): void {
    this.declaration.exemplars?.forget(this);
    this.#cells.fill(0, this.#index, this.#index + this.#buckets.count + 2);
    this.#cells[this.#index + this.#buckets.count + 2] = this.declaration.clock.now();
  }

  startTimer(): Timer {
    return startTimer(this.declaration.clock, (seconds) => this.observe(seconds));
  }

  time(run: unknown): unknown {
    return this.during('time()', run, () => this.startTimer());
  }

  static readonly kind: Kind<HistogramChildOnCells> = {
    type: 'histogram',
    word: 'histogram',
    options: ['buckets', 'exemplars'],
    typeOptions: (subject, { buckets = DEFAULT_BUCKETS, exemplars }: HistogramOptions) => ({
      bounds: validateBuckets(subject, buckets),
      exemplars: toOwnExemplarSampling(subject, exemplars),
    }),
    create(declaration, labelValues) {
      return new HistogramChildOnCells(declaration, declaration.allocate(labelValues));
    },
    write(child, writer) {
      const { bounds, count } = child.#buckets;
      const cells = child.#cells;
      const index = child.#index;
      POINT.bounds = bounds;
      POINT.cells = cells;
      POINT.index = index;
      POINT.sum = cells[index + count + 1]!;
      POINT.created = cells[index + count + 2]!;
      const { exemplars } = child.declaration;
      POINT.exemplars = exemplars?.hasAny ? exemplars.of(child) : undefined;
      writer.histogram(POINT);
    },
    place: (child) => ({ cells: child.#cells, index: child.#index }),
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
      const { prototype } = HistogramChildOnCells;
      const { observe } = prototype;
      prototype.observe = function (
        this: HistogramChildOnCells,
        value: number,
        options?: HistogramObserveOptions,
      ): void {
        observe.call(this, value, options);
        if (options?.exemplar !== undefined || options?.count === 0) return;
        this.declaration.exemplars?.sample(this, this.#buckets.find(value), value);
      };
    },
  };
}

/** True once observations ask for exemplars, those of all histograms: see {@linkcode Kind.sample}. */
let isSampling = false;

const searches = new WeakMap<readonly number[], BucketSearch>();

/** The search that all children of one histogram share. */
function bucketsOf(bounds: readonly number[]): BucketSearch {
  let search = searches.get(bounds);
  if (search === undefined) {
    search = new BucketSearch(bounds);
    searches.set(bounds, search);
  }
  return search;
}

/** What a writer borrows: one object for all histograms, since a million are written one by one. */
const POINT: { -readonly [Key in keyof HistogramPoint]: HistogramPoint[Key] } = {
  bounds: [],
  cells: [],
  index: 0,
  cumulative: false,
  sum: 0,
  created: 0,
  exemplars: undefined,
};

/**
 * A histogram: observations counted in buckets, such as response times and sizes, from which
 * Prometheus calculates quantiles over any time, processes and hosts.
 *
 * A bucket for each bound is a series of its own: choose bounds around the values that matter.
 *
 * As a type, `Histogram` is one without labels or a child, `Histogram<['route']>` one with these
 * labels, `Histogram<'route' | 'host'>` one that is used by label name alone.
 *
 * @example
 * ```ts
 * import { Histogram } from 'promethium';
 *
 * const durations = new Histogram({ name: 'job_duration_seconds', help: 'How long jobs take.' });
 * await durations.time(() => fetch('http://localhost/'));
 * ```
 *
 * @see {@link https://prometheus.io/docs/instrumenting/writing_clientlibs/#histogram | Client libraries, Histogram}
 */
export type Histogram<Names extends LabelNames = never> = Shape<HistogramChild, Names>;

/** {@inheritDoc Histogram} */
export const Histogram: InstrumentConstructor<HistogramChild, HistogramOptions> =
  /* @__PURE__ */ instrumentConstructor(HistogramChildOnCells);

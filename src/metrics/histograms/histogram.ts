/**
 * Histograms: observations counted in buckets. This is what programs see; how they count says
 * `histogram-on-bytes.ts` or, where others read the numbers or buckets are native, `histogram-on-cells.ts`.
 */

import type { LabelNames } from '../../model/labels.ts';
import {
  type InstrumentConstructor,
  instrumentConstructor,
  type Shape,
} from '../instruments/instrument.ts';
import type { ObservingChild } from '../instruments/summary.ts';
import { AnyHistogramChild } from './histogram-base.ts';
import { HistogramChildOnCells } from './histogram-on-cells.ts';
import type { HistogramObserveOptions, HistogramOptions } from './histogram-options.ts';

/** Observations, counted in buckets. */
export interface HistogramChild extends ObservingChild {
  readonly type: 'histogram';
  /**
   * Takes down an observation, in the metric's unit. Negative ones are counted like any other,
   * though the sum may then fall; infinite ones are counted and make the sum infinite for good.
   *
   * @throws {RangeError} When `value` is NaN, or `count` is not a whole number >= 0.
   * @throws {TypeError} When `value` or `count` is not a number, `options` is not an object, or an
   * option is unknown.
   */
  observe(value: number, options?: HistogramObserveOptions): void;
}

/**
 * A histogram: observations counted in buckets, such as response times and sizes, from which
 * Prometheus calculates quantiles over any time, processes and hosts.
 *
 * A bucket for each bound is a series of its own: choose bounds around the values that matter. Or
 * choose none: with `nativeFactor` the histogram also counts in native buckets, as many as the values
 * need and all in one series, where Prometheus asks for them.
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

/** Declares a histogram and registers it: `new Histogram({ name, help, buckets, … })`. */
export const Histogram: InstrumentConstructor<HistogramChild, HistogramOptions> =
  /* @__PURE__ */ instrumentConstructor(HistogramChildOnCells, AnyHistogramChild);

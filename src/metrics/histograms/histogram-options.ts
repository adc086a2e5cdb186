/** What a histogram can be told, when it is declared and with each observation. */

import { DEFAULT_BUCKETS, validateBuckets } from '../../model/buckets.ts';
import type { TypeOptions } from '../declaration/family-description.ts';
import type { InstrumentOptions } from '../declaration/instrument-options.ts';
import { type NativeHistogramOptions, toNativeOptions } from '../declaration/native-options.ts';
import {
  type ExemplarLabels,
  type ExemplarOptions,
  toOwnExemplarSampling,
} from '../exemplars/exemplar-options.ts';
import type { ObserveOptions } from '../instruments/summary.ts';

/** What a histogram is declared with. */
export interface HistogramOptions extends InstrumentOptions, NativeHistogramOptions {
  /**
   * Upper bounds of the buckets, ascending, in the metric's unit: {@linkcode DEFAULT_BUCKETS} unless
   * given. A bucket for +Inf is always there and need not be named. With native buckets `[]` stands
   * for no others.
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

/** The options that histograms have beside those of every instrument. */
export const HISTOGRAM_OPTIONS: readonly string[] = [
  'buckets',
  'exemplars',
  'nativeFactor',
  'nativeSchema',
  'nativeZeroThreshold',
  'nativeMaxBuckets',
  'nativeMinResetSeconds',
  'nativeMaxZeroThreshold',
];

const NO_BOUNDS: readonly number[] = /* @__PURE__ */ Object.freeze([]);

/**
 * Checks the options and returns what they come to.
 *
 * @throws {TypeError | RangeError} When one is none.
 */
export function toHistogramOptions(subject: string, options: HistogramOptions): TypeOptions {
  const { buckets = DEFAULT_BUCKETS, exemplars } = options;
  const native = toNativeOptions(subject, options);
  const hasNone = Array.isArray(buckets) && (buckets.length === 0 || buckets[0] === Infinity);
  return {
    bounds: native !== undefined && hasNone ? NO_BOUNDS : validateBuckets(subject, buckets),
    exemplars: toOwnExemplarSampling(subject, exemplars),
    native,
  };
}

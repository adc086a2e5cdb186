/**
 * What a native histogram holds, as data: buckets whose bounds follow from a number, the schema, and
 * of which only those that were hit exist. Instruments and parsers make it, writers and merging read
 * it.
 */

import type { Exemplar } from './exemplar.ts';

/** The schema of a native histogram whose bounds are listed, rather than powers of a base. */
export const CUSTOM_BOUNDS_SCHEMA = -53;

/**
 * The buckets of one sign. Borrowed: only the first `length` elements of both arrays mean anything,
 * and they may be written anew once the call that handed them out returns.
 */
export interface NativeBuckets {
  /** How many buckets there are. */
  readonly length: number;
  /**
   * Where each bucket is, ascending. With base `2 ** (2 ** -schema)`, bucket `k` holds the values
   * above `base ** (k - 1)` up to `base ** k`, of negative buckets their mirror image. With
   * {@linkcode CUSTOM_BOUNDS_SCHEMA}, the place of the upper bound.
   */
  readonly indices: Int32Array;
  /** How many observations each bucket holds, itself alone. Not whole where a server made them. */
  readonly counts: Float64Array;
}

/**
 * The native part of a histogram. Count, sum and start time are those of the point that has it.
 * Borrowed: read it before the call returns.
 *
 * @see {@link https://prometheus.io/docs/specs/native_histograms/ | Native histograms}
 */
export interface NativeHistogram {
  /** From -4 to 8, where each step up halves the buckets; or {@linkcode CUSTOM_BOUNDS_SCHEMA}. */
  readonly schema: number;
  /** Values from `-zeroThreshold` to `zeroThreshold` are in the zero bucket; 0 means those of 0. */
  readonly zeroThreshold: number;
  /** How many observations the zero bucket holds. */
  readonly zeroCount: number;
  /** The buckets of values above the zero bucket; with listed bounds, all there are. */
  readonly positive: NativeBuckets;
  /** The buckets of values below it, by the index of their absolute value. */
  readonly negative: NativeBuckets;
  /** Exemplars, ascending by value; each has a timestamp. Empty where there are none. */
  readonly exemplars: readonly Exemplar[];
  /** With {@linkcode CUSTOM_BOUNDS_SCHEMA} the upper bounds, ascending, finite; else empty. */
  readonly customBounds: readonly number[];
}

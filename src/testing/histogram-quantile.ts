/** Quantiles of histograms, as Prometheus calculates them from what it has scraped. */

import { nativeLowerBound, nativeUpperBound } from '../model/native-bounds.ts';
import { CUSTOM_BOUNDS_SCHEMA } from '../model/native-histogram.ts';
import {
  type HistogramSnapshot,
  type NativeSnapshot,
  requireSnapshot,
} from './histogram-snapshot.ts';

/** How a quantile is calculated. */
export interface QuantileOfHistogramOptions {
  /** From which buckets: the native ones unless given, where there are any. */
  readonly from?: 'native' | 'classic';
  /**
   * How values are taken to lie in a native bucket: as many in each part of the same ratio, as
   * Prometheus 3 does it, or of the same width, as 2 does. `exponential` unless given.
   */
  readonly interpolation?: 'exponential' | 'linear';
}

interface Bucket {
  readonly lower: number;
  readonly upper: number;
  readonly count: number;
}

/**
 * The value that a part `q` of the observations does not exceed, as `histogram_quantile` calculates it;
 * NaN where there is no observation. As in PromQL, a `q` below 0 gives -Infinity and one above 1, such as 99
 * for the 99th percentile, Infinity.
 *
 * @throws {TypeError} When there is no histogram: `histogramSnapshot` gives `undefined` where none has
 * that name and these labels.
 * @see {@link https://prometheus.io/docs/prometheus/latest/querying/functions/#histogram_quantile | histogram_quantile()}
 */
export function histogramQuantile(
  q: number,
  histogram: HistogramSnapshot,
  { from = 'native', interpolation = 'exponential' }: QuantileOfHistogramOptions = {},
): number {
  requireSnapshot('histogramQuantile', histogram);
  if (Number.isNaN(q)) return NaN;
  if (q < 0) return -Infinity;
  if (q > 1) return Infinity;
  const { native } = histogram;
  if (native === undefined || from === 'classic') return classicQuantile(q, histogram.buckets);
  return nativeQuantile(q, histogram, native, interpolation);
}

function classicQuantile(q: number, buckets: HistogramSnapshot['buckets']): number {
  // A count that fell is a rounding error, or was scraped while it was counted.
  let most = 0;
  const counts = buckets.map(([, count]) => {
    most = Math.max(most, count);
    return most;
  });
  if (buckets.length < 2 || most === 0) return NaN;
  const rank = q * most;
  const place = counts.findIndex((count) => count >= rank);
  const upper = buckets[place]![0];
  if (place === buckets.length - 1) return buckets[place - 1]![0];
  if (place === 0) return upper <= 0 ? upper : upper * (rank / counts[0]!);
  const [lower, below] = [buckets[place - 1]![0], counts[place - 1]!];
  return lower + (upper - lower) * ((rank - below) / (counts[place]! - below));
}

function nativeQuantile(
  q: number,
  { count: total, sum }: HistogramSnapshot,
  native: NativeSnapshot,
  interpolation: 'exponential' | 'linear',
): number {
  if (total === 0) return NaN;
  const buckets = bucketsOf(native);
  // From the nearer end, where less is added up. What is NaN is counted, in no bucket.
  const isForward = interpolation === 'linear' || q < 0.5 || Number.isNaN(sum);
  const rank = (isForward ? q : 1 - q) * total;
  let count = 0;
  let bucket: Bucket | undefined;
  for (const next of isForward ? buckets : buckets.reverse()) {
    bucket = next;
    count += next.count;
    if (count >= rank) break;
  }
  if (bucket === undefined) return NaN;
  const { lower, upper } = narrowed(bucket, native);
  if (native.schema === CUSTOM_BOUNDS_SCHEMA) {
    if (upper <= 0 && lower === 0) return upper;
    if (upper === Infinity) return lower;
  }
  count = Math.min(count, total);
  if (count < rank) return Number.isNaN(sum) && interpolation === 'exponential' ? NaN : upper;
  const left = isForward ? rank - (count - bucket.count) : count - rank;
  const part = left / bucket.count;
  const isLinear =
    interpolation === 'linear' ||
    native.schema === CUSTOM_BOUNDS_SCHEMA ||
    (lower <= 0 && upper >= 0);
  return isLinear ? lower + (upper - lower) * part : exponential(lower, upper, part);
}

/** Bounds become those of buckets of one width where their logarithms are taken. */
function exponential(lower: number, upper: number, part: number): number {
  const [below, above] = [Math.log2(Math.abs(lower)), Math.log2(Math.abs(upper))];
  if (lower > 0) return 2 ** (below + (above - below) * part);
  return -(2 ** (above + (below - above) * (1 - part)));
}

/** A bucket with the bounds that are known of its values: of one sign where all others are. */
function narrowed(bucket: Bucket, { positive, negative, schema }: NativeSnapshot): Bucket {
  const { lower, upper } = bucket;
  if (schema === CUSTOM_BOUNDS_SCHEMA)
    return lower === -Infinity ? { ...bucket, lower: 0 } : bucket;
  if (!(lower < 0 && upper > 0)) return bucket;
  if (negative.length === 0 && positive.length > 0) return { ...bucket, lower: 0 };
  if (positive.length === 0 && negative.length > 0) return { ...bucket, upper: 0 };
  return bucket;
}

/** The buckets that hold something, ascending. */
function bucketsOf(native: NativeSnapshot): Bucket[] {
  const { schema, zeroThreshold, zeroCount, customBounds } = native;
  if (schema === CUSTOM_BOUNDS_SCHEMA) {
    return native.positive.map(([index, count]) => ({
      lower: customBounds[index - 1] ?? -Infinity,
      upper: customBounds[index] ?? Infinity,
      count,
    }));
  }
  const negative = native.negative.map(([index, count]) => ({
    lower: -nativeUpperBound(schema, index),
    upper: -nativeLowerBound(schema, index),
    count,
  }));
  const zero = { lower: -zeroThreshold, upper: zeroThreshold, count: zeroCount };
  const positive = native.positive.map(([index, count]) => ({
    lower: nativeLowerBound(schema, index),
    upper: nativeUpperBound(schema, index),
    count,
  }));
  return [...negative.reverse(), ...(zeroCount > 0 ? [zero] : []), ...positive];
}

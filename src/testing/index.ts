/**
 * Reading metrics in tests: by the name and labels under which Prometheus would see them.
 *
 * @example
 * ```ts
 * import { equal } from 'node:assert/strict';
 * import { REGISTRY } from 'promethium';
 * import { getSampleValue } from 'promethium/testing';
 *
 * equal(await getSampleValue(REGISTRY, 'http_requests_total', { method: 'GET' }), 3);
 * ```
 *
 * @module
 */

export { histogramDifference } from './histogram-difference.ts';
export { histogramQuantile, type QuantileOfHistogramOptions } from './histogram-quantile.ts';
export {
  type HistogramSnapshot,
  histogramSnapshot,
  type NativeBucketList,
  type NativeSnapshot,
} from './histogram-snapshot.ts';
export { getSampleValue, samples } from './samples.ts';

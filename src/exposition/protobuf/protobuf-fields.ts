/**
 * The tags of a metric's messages, each the field's number times 8 and how it is written.
 *
 * @see {@link https://github.com/prometheus/client_model/blob/master/io/prometheus/client/metrics.proto | metrics.proto}
 */

import type { MetricType } from '../../model/family.ts';

/** `metric` of `MetricFamily`. */
export const METRIC = 0x22;

/** `counter` of `Metric`, which has one field of its type. */
export const COUNTER = 0x1a;
/** The others. */
const GAUGE = 0x12;
const SUMMARY = 0x22;
const UNTYPED = 0x2a;
const HISTOGRAM = 0x3a;

/** `value` of `Gauge`, `Counter` and `Untyped`, a double. */
export const VALUE = 0x09;

/** `created_timestamp` of `Counter`. */
export const COUNTER_START = 0x1a;

/** The number of `MetricType`, and the field of `Metric` that holds a point of it. */
export const TYPES: Readonly<Record<MetricType, readonly [type: number, field: number]>> = {
  counter: [0, COUNTER],
  gauge: [1, GAUGE],
  summary: [2, SUMMARY],
  unknown: [3, UNTYPED],
  histogram: [4, HISTOGRAM],
  gaugehistogram: [5, HISTOGRAM],
  info: [1, GAUGE],
  stateset: [1, GAUGE],
};

/** Types whose points are no single numbers. */
export const COMPOSITE: ReadonlySet<MetricType> = /* @__PURE__ */ new Set([
  'summary',
  'histogram',
  'gaugehistogram',
] as const);

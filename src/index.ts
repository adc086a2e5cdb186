/**
 * Metrics for programs that Prometheus scrapes: instruments that count, the registry that knows
 * them, and the writers that show them.
 *
 * @example Count requests by method
 * ```ts
 * import { Counter, REGISTRY, toText } from 'promethium';
 *
 * const requests = new Counter({
 *   name: 'http_requests_total',
 *   help: 'Requests answered.',
 *   labelNames: ['method'],
 * });
 * requests.labels('GET').inc();
 * console.log(await toText(REGISTRY));
 * ```
 *
 * @module
 */

export { toOpenMetrics, toText, writeOpenMetrics, writeText } from './exposition/format.ts';
export type { Metric } from './metrics/child.ts';
export type { Clock } from './metrics/clock.ts';
export { Counter, type CounterChild } from './metrics/counter.ts';
export type { CounterOptions, IncOptions } from './metrics/counter-options.ts';
export { REGISTRY } from './metrics/default-registry.ts';
export { Enum, type EnumChild, type EnumOptions } from './metrics/enum.ts';
export type { ExemplarDropReason } from './metrics/exemplar-keeper.ts';
export { openTelemetryExemplars } from './metrics/exemplar-opentelemetry.ts';
export type {
  ExemplarLabels,
  ExemplarOptions,
  ExemplarProvider,
  ExemplarSampling,
} from './metrics/exemplar-options.ts';
export { Gauge, type GaugeChild, type GaugeOptions } from './metrics/gauge.ts';
export { Histogram, type HistogramChild } from './metrics/histogram.ts';
export type { HistogramObserveOptions, HistogramOptions } from './metrics/histogram-options.ts';
export { Info, type InfoChild, type InfoOptions } from './metrics/info.ts';
export type {
  Instrument,
  InstrumentConstructor,
  Labelled,
  LabelledByName,
  LabelledOptions,
} from './metrics/instrument.ts';
export type { InstrumentOptions, ValueCallback } from './metrics/instrument-options.ts';
export type { InstrumentRegistry, RootRegistry } from './metrics/instrument-registry.ts';
export { AlreadyRegisteredError } from './metrics/name-claims.ts';
export type { NativeHistogramOptions } from './metrics/native-options.ts';
export type { QuantileOptions } from './metrics/quantile-window.ts';
export type {
  CollectorScope,
  RegisterOptions,
  ScopeOptions,
} from './metrics/register-options.ts';
export { CollectorRegistry } from './metrics/registry.ts';
export type { CollectorRegistryOptions, TargetInfo } from './metrics/registry-options.ts';
export { RegistryView } from './metrics/registry-view.ts';
export type { RelabelOptions } from './metrics/relabelled.ts';
export {
  type ObserveOptions,
  type ObservingChild,
  Summary,
  type SummaryChild,
  type SummaryOptions,
} from './metrics/summary.ts';
export { type Ending, stopwatch, type Timer } from './metrics/timer.ts';
export { DEFAULT_BUCKETS, exponentialBuckets, linearBuckets } from './model/buckets.ts';
export type { InstrumentType, MultiprocessMode, StoredFamily } from './model/cells.ts';
export { CollectedFamily, type MetricFamilyOptions } from './model/collected-family.ts';
export {
  type Bucket,
  GaugeHistogramMetricFamily,
  type HistogramMetric,
  HistogramMetricFamily,
  type SummaryMetric,
  SummaryMetricFamily,
} from './model/distribution-families.ts';
export { MetricsError, type MetricsErrorCode } from './model/error.ts';
export type { Exemplar } from './model/exemplar.ts';
export type {
  Collector,
  Families,
  FamilyHeader,
  FamilyWriter,
  HistogramPoint,
  MetricFamily,
  MetricType,
  SummaryPoint,
  Walk,
} from './model/family.ts';
export type {
  LabelNames,
  Labels,
  LabelValue,
  LabelValues,
  Pair,
  Pairs,
} from './model/labels.ts';
export type { NativeNumbers, NativeTally } from './model/native-counts.ts';
export type { NativeBuckets, NativeHistogram } from './model/native-histogram.ts';
export type { NativeSettings } from './model/native-resolution.ts';
export {
  CounterMetricFamily,
  type CounterMetricOptions,
  GaugeMetricFamily,
  type NumberMetricOptions,
  UnknownMetricFamily,
} from './model/number-families.ts';
export type { Sample } from './model/sample.ts';
export {
  InfoMetricFamily,
  type StatementMetricOptions,
  StateSetMetricFamily,
} from './model/statement-families.ts';
export type { Timestamp } from './model/timestamp.ts';
export { MemoryStorage } from './storage/memory.ts';
export type { Publication, PublishedFamily, Publishing } from './storage/publication.ts';
export type { ByteStorage, Bytes, Cells, SeriesStorage, Storage } from './storage/storage.ts';

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
export type { Metric } from './metrics/children/child.ts';
export type { RelabelOptions } from './metrics/collection/relabelled.ts';
export type { InstrumentOptions, ValueCallback } from './metrics/declaration/instrument-options.ts';
export type { NativeHistogramOptions } from './metrics/declaration/native-options.ts';
export type { ExemplarDropReason } from './metrics/exemplars/exemplar-keeper.ts';
export { openTelemetryExemplars } from './metrics/exemplars/exemplar-opentelemetry.ts';
export type {
  ExemplarLabels,
  ExemplarOptions,
  ExemplarProvider,
  ExemplarSampling,
} from './metrics/exemplars/exemplar-options.ts';
export { Histogram, type HistogramChild } from './metrics/histograms/histogram.ts';
export type {
  HistogramObserveOptions,
  HistogramOptions,
} from './metrics/histograms/histogram-options.ts';
export { Counter, type CounterChild } from './metrics/instruments/counter.ts';
export type { CounterOptions, IncOptions } from './metrics/instruments/counter-options.ts';
export {
  Enum,
  type EnumChild,
  type EnumConstructor,
  type EnumOptions,
} from './metrics/instruments/enum.ts';
export { Gauge, type GaugeChild, type GaugeOptions } from './metrics/instruments/gauge.ts';
export { Info, type InfoChild, type InfoOptions } from './metrics/instruments/info.ts';
export type {
  Instrument,
  InstrumentConstructor,
  Labelled,
  LabelledByName,
  LabelledOptions,
} from './metrics/instruments/instrument.ts';
export {
  type ObserveOptions,
  type ObservingChild,
  Summary,
  type SummaryChild,
  type SummaryOptions,
} from './metrics/instruments/summary.ts';
export type { QuantileOptions } from './metrics/quantiles/quantile-window.ts';
export { REGISTRY } from './metrics/registry/default-registry.ts';
export type { InstrumentRegistry, RootRegistry } from './metrics/registry/instrument-registry.ts';
export { AlreadyRegisteredError } from './metrics/registry/name-claims.ts';
export type {
  CollectorScope,
  RegisterOptions,
  ScopeOptions,
} from './metrics/registry/register-options.ts';
export { CollectorRegistry } from './metrics/registry/registry.ts';
export type { CollectorRegistryOptions, TargetInfo } from './metrics/registry/registry-options.ts';
export { RegistryView } from './metrics/registry/registry-view.ts';
export type { Clock } from './metrics/timing/clock.ts';
export { type Ending, stopwatch, type Timer } from './metrics/timing/timer.ts';
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
  type NumberMetricFamilyOptions,
  type NumberMetricOptions,
  UnknownMetricFamily,
} from './model/number-families.ts';
export type { Sample } from './model/sample.ts';
export {
  InfoMetricFamily,
  type InfoMetricFamilyOptions,
  type StatementMetricOptions,
  StateSetMetricFamily,
  type StateSetMetricFamilyOptions,
} from './model/statement-families.ts';
export type { Timestamp } from './model/timestamp.ts';
export { MemoryStorage } from './storage/memory.ts';
export type { Publication, PublishedFamily, Publishing } from './storage/publication.ts';
export type { ByteStorage, Bytes, Cells, SeriesStorage, Storage } from './storage/storage.ts';

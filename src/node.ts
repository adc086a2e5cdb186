/**
 * The main entry on Node, Bun and Deno: all of the neutral entry, and the one place that reads the
 * environment. With `PROMETHEUS_MULTIPROC_DIR` set, the default registry keeps its numbers in that
 * directory, which all processes of the service share.
 *
 * @module
 */

import { createRequire } from 'node:module';
import { extname } from 'node:path';
import { REGISTRY } from './metrics/default-registry.ts';

export type {
  Bucket,
  Cells,
  Clock,
  Collector,
  CollectorRegistryOptions,
  CounterChild,
  CounterMetricOptions,
  CounterOptions,
  EnumChild,
  EnumOptions,
  Exemplar,
  Families,
  FamilyHeader,
  FamilyWriter,
  GaugeChild,
  GaugeOptions,
  HistogramChild,
  HistogramMetric,
  HistogramOptions,
  HistogramPoint,
  InfoChild,
  InfoOptions,
  Instrument,
  InstrumentConstructor,
  InstrumentOptions,
  InstrumentType,
  Labelled,
  LabelledByName,
  LabelNames,
  Labels,
  LabelValue,
  LabelValues,
  Metric,
  MetricFamily,
  MetricFamilyOptions,
  MetricsErrorCode,
  MetricType,
  MultiprocessMode,
  NumberMetricOptions,
  ObserveOptions,
  ObservingChild,
  Pair,
  Pairs,
  Sample,
  SeriesStorage,
  StatementMetricOptions,
  Storage,
  StoredFamily,
  SummaryChild,
  SummaryMetric,
  SummaryOptions,
  SummaryPoint,
  Timer,
  Timestamp,
  ValueCallback,
  Walk,
} from './index.ts';
export {
  AlreadyRegisteredError,
  CollectedFamily,
  CollectorRegistry,
  Counter,
  CounterMetricFamily,
  DEFAULT_BUCKETS,
  Enum,
  exponentialBuckets,
  Gauge,
  GaugeHistogramMetricFamily,
  GaugeMetricFamily,
  Histogram,
  HistogramMetricFamily,
  Info,
  InfoMetricFamily,
  linearBuckets,
  MemoryStorage,
  MetricsError,
  REGISTRY,
  StateSetMetricFamily,
  Summary,
  SummaryMetricFamily,
  toOpenMetrics,
  toText,
  UnknownMetricFamily,
  writeOpenMetrics,
  writeText,
} from './index.ts';

useStorageOfEnvironment();

/**
 * Loads the multi-process part only where it is wanted, since a program on its own should not pay
 * for it, and at once, since the next line may declare a metric: `import()` would come too late.
 */
function useStorageOfEnvironment(): void {
  const { env } = process;
  if (!env['PROMETHEUS_MULTIPROC_DIR'] && !env['prometheus_multiproc_dir']) return;
  const require = createRequire(import.meta.url);
  // Source, ES modules and the CommonJS bundle each find the entry with their own ending.
  const entry = `./multiprocess/index${extname(import.meta.filename)}`;
  const { storageFromEnvironment } = require(entry) as typeof import('./multiprocess/index.ts');
  const storage = storageFromEnvironment(env);
  // Another copy of this package may have been here before, and the registry is the same.
  if (storage !== undefined && !REGISTRY.hasStorage) REGISTRY.useStorage(storage);
}

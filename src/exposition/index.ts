/**
 * Metric families as the bytes that Prometheus and its kin read, and the choice between formats.
 *
 * @module
 */

export {
  type ExpositionFormat,
  OPENMETRICS_1_0_0,
  TEXT_0_0_4,
  toOpenMetrics,
  toText,
  writeOpenMetrics,
  writeText,
} from './format.ts';
export { acceptsGzip, negotiate } from './negotiate.ts';
export type { Source, WriteOptions } from './write.ts';

/**
 * Metric families as the bytes that Prometheus and its kin read, and the choice between formats.
 *
 * @module
 */

export { type EscapingScheme, escapeLabelName, escapeName, unescapeName } from './escaping.ts';
export {
  type ExpositionFormat,
  type OpenMetricsOptions,
  toOpenMetrics,
  toText,
  writeOpenMetrics,
  writeText,
} from './format.ts';
export { OPENMETRICS_1_0_0, OPENMETRICS_2_0_0, TEXT_0_0_4, TEXT_1_0_0 } from './formats.ts';
export { acceptsGzip, negotiate } from './negotiate.ts';
export {
  parseOpenMetrics,
  parseOpenMetricsChunks,
  parseText,
  parseTextChunks,
} from './parse/parse.ts';
export { ParseError } from './parse/parse-error.ts';
export type { DocumentChunk, DocumentChunks } from './parse/parse-lines.ts';
export { parseProtobuf, parseProtobufChunks } from './protobuf/parse-protobuf.ts';
export { PROTOBUF, toProtobuf, writeProtobuf } from './protobuf/protobuf.ts';
export type { Source, WriteOptions } from './write.ts';

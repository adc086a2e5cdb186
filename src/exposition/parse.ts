/** The parsers, each for a document at once and for one that arrives in parts. */

import type { MetricFamily } from '../model/family.ts';
import { type DocumentChunks, parseParts, parseWhole } from './parse-lines.ts';
import { OpenMetricsParser } from './parse-openmetrics.ts';
import { TextParser } from './parse-text.ts';

/**
 * Reads the text format, 0.0.4 and 1.0.0, as leniently as Prometheus does.
 *
 * Histograms and summaries come back whole, wherever their lines stand; lines that make no whole one
 * are kept as they are, and written so again. What the format does not say is not there: units, and
 * the types it does not have. A counter whose name does not end in `_total` becomes an unknown,
 * since neither OpenMetrics nor a family has a place for it.
 *
 * @throws {ParseError} When the document is none of the format, with line and column.
 * @throws {TypeError} When `document` is not a string.
 * @see {@link https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format | Text-based format}
 */
export function parseText(document: string): MetricFamily[] {
  return parseWhole(new TextParser(), document);
}

/**
 * Reads OpenMetrics 1.0, strictly: a document with any fault is refused as a whole.
 *
 * @throws {ParseError} When the document breaks the specification, with line and column.
 * @throws {TypeError} When `document` is not a string.
 * @see {@link https://prometheus.io/docs/specs/om/open_metrics_spec/ | OpenMetrics 1.0}
 */
export function parseOpenMetrics(document: string): MetricFamily[] {
  return parseWhole(new OpenMetricsParser(), document);
}

/**
 * Reads the text format as {@linkcode parseText} does, from chunks as they arrive: the body of a
 * response, a file's stream. As lines of a family may stand apart, all families come at the end.
 *
 * @throws {ParseError} When the document is none of the format, or no UTF-8.
 */
export function parseTextChunks(
  chunks: DocumentChunks,
): AsyncGenerator<MetricFamily, void, undefined> {
  return parseParts(new TextParser(), chunks);
}

/**
 * Reads OpenMetrics as {@linkcode parseOpenMetrics} does, from chunks as they arrive, and yields each
 * family when the next one begins. A fault further on is thrown when it is met: only a generator
 * that ended has read a good document.
 *
 * @throws {ParseError} When the document breaks the specification, or is no UTF-8.
 */
export function parseOpenMetricsChunks(
  chunks: DocumentChunks,
): AsyncGenerator<MetricFamily, void, undefined> {
  return parseParts(new OpenMetricsParser(), chunks);
}

/** The parsers, each for a document at once and for one that arrives in parts. */

import type { MetricFamily } from '../../model/family.ts';
import { type DocumentChunks, parseParts, parseWhole } from './parse-lines.ts';
import { OpenMetricsParser } from './parse-openmetrics.ts';
import { TextParser } from './parse-text.ts';

/** A little of all that a document can have, in both formats. */
const SPECIMEN = `# TYPE h histogram
h_bucket{a="1",le="1"} 1
h_bucket{a="1",le="+Inf"} 2
h_sum{a="1"} 1.5
h_count{a="1"} 2
# TYPE s summary
s{quantile="0.5"} 1
s_sum 1
s_count 1
# TYPE g gauge
g{a="1"} 1
g{a="2"} 2.5
g{a="3"} 3
g{a="4"} 3 4
# TYPE c counter
c_total{a="1"} 1
`;

/**
 * Parsers that have read something, and what they made of it, for V8 to remember what those look
 * like: it forgets the hidden class of objects of which none is left, and the code compiled for
 * them. Node 24, 5 MB of text, a full garbage
 * collection before each: 35 ms of CPU without them, 14 with.
 */
const kept: unknown[] = [];

function keepShapes(): void {
  if (kept.length > 0) return;
  const text = new TextParser();
  kept.push(text, parseWhole(text, SPECIMEN));
  const openMetrics = new OpenMetricsParser();
  kept.push(openMetrics);
  // In the middle of a document, where there is more to remember: this one never ends.
  try {
    parseWhole(openMetrics, SPECIMEN);
  } catch {}
}

/**
 * Reads the text format, 0.0.4 and 1.0.0, as leniently as Prometheus does.
 *
 * Histograms and summaries come back whole, wherever their lines stand; lines that make no whole one
 * are kept as they are, and written so again. Of several `# TYPE` or `# HELP` lines of a name the last
 * counts, wherever it stands: behind the samples, or against an earlier one. What the format does not say is not there: units, and
 * the types it does not have. A counter whose name does not end in `_total` becomes an unknown,
 * since neither OpenMetrics nor a family has a place for it.
 *
 * @throws {ParseError} When the document is none of the format, with line and column.
 * @throws {TypeError} When `document` is not a string.
 * @see {@link https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format | Text-based format}
 */
export function parseText(document: string): MetricFamily[] {
  keepShapes();
  return parseWhole(new TextParser(), document);
}

/**
 * Reads OpenMetrics 1.0, strictly: a document with any fault is refused as a whole. So is one of
 * OpenMetrics 2.0, whose error says so.
 *
 * @throws {ParseError} When the document breaks the specification, with line and column.
 * @throws {TypeError} When `document` is not a string.
 * @see {@link https://prometheus.io/docs/specs/om/open_metrics_spec/ | OpenMetrics 1.0}
 */
export function parseOpenMetrics(document: string): MetricFamily[] {
  keepShapes();
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
  keepShapes();
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
  keepShapes();
  return parseParts(new OpenMetricsParser(), chunks);
}

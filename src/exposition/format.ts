/** The formats on offer, each with the functions that write it and the name it goes by in HTTP. */

import { OpenMetricsWriter } from './openmetrics-writer.ts';
import { TextWriter } from './text-writer.ts';
import { type ChunkWriter, joinText, type Source, type WriteOptions, write } from './write.ts';

/** A format in which metrics can be exposed. */
export interface ExpositionFormat {
  /** The format's name and version, for people: `OpenMetrics 1.0.0`. */
  readonly name: string;
  /** The value of the header `Content-Type` that goes with it. */
  readonly contentType: string;
  /**
   * Writes every family of `source`, in chunks of about 64 KiB.
   *
   * A chunk is borrowed until the next one is asked for, when its bytes are overwritten: copy what
   * has to last longer, such as what a socket queues. Ask for no more, or return the generator, and
   * the walk through the metrics ends there.
   */
  write(source: Source, options?: WriteOptions): AsyncGenerator<Uint8Array, void, undefined>;
}

/**
 * Writers that nothing is written to, for V8 to remember what writers look like: it forgets the
 * hidden class of objects of which none is left, and the code compiled for them. Node 24, 100,000
 * counters, a full garbage collection before each scrape: 58 ms without them, 10 with.
 */
const kept: ChunkWriter[] = [];

function keepShapes(): void {
  if (kept.length === 0) kept.push(new TextWriter(), new OpenMetricsWriter());
}

/**
 * Writes metrics in the text format 0.0.4; see {@linkcode ExpositionFormat.write} on the chunks.
 *
 * @see {@link https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format | Text-based format}
 */
export function writeText(
  source: Source,
  options: WriteOptions = {},
): AsyncGenerator<Uint8Array, void, undefined> {
  keepShapes();
  return write(source, new TextWriter(), options);
}

/**
 * Writes metrics in OpenMetrics 1.0; see {@linkcode ExpositionFormat.write} on the chunks.
 *
 * @see {@link https://prometheus.io/docs/specs/om/open_metrics_spec/ | OpenMetrics 1.0}
 */
export function writeOpenMetrics(
  source: Source,
  options: WriteOptions = {},
): AsyncGenerator<Uint8Array, void, undefined> {
  keepShapes();
  return write(source, new OpenMetricsWriter(options), options);
}

/**
 * Returns metrics in the text format 0.0.4 as one string, for people and tests.
 *
 * To serve them, stream {@linkcode writeText} instead, which needs no more memory than a chunk.
 */
export function toText(source: Source, options: WriteOptions = {}): Promise<string> {
  return joinText(writeText(source, options));
}

/**
 * Returns metrics in OpenMetrics 1.0 as one string, for people and tests.
 *
 * To serve them, stream {@linkcode writeOpenMetrics} instead, which needs no more memory than a
 * chunk.
 */
export function toOpenMetrics(source: Source, options: WriteOptions = {}): Promise<string> {
  return joinText(writeOpenMetrics(source, options));
}

/** The text format, which every Prometheus and most other servers read. */
export const TEXT_0_0_4: ExpositionFormat = {
  name: 'text 0.0.4',
  contentType: 'text/plain; version=0.0.4; charset=utf-8',
  write: writeText,
};

/** OpenMetrics, which adds units, exemplars and start times. */
export const OPENMETRICS_1_0_0: ExpositionFormat = {
  name: 'OpenMetrics 1.0.0',
  contentType: 'application/openmetrics-text; version=1.0.0; charset=utf-8',
  write: writeOpenMetrics,
};

/** What a format is, and the functions that write each of the two kinds of text. */

import { show } from '../model/error.ts';
import { ESCAPING_SCHEMES, type EscapingScheme } from './escaping.ts';
import { OpenMetricsWriter } from './openmetrics-writer.ts';
import { OpenMetrics2Writer } from './openmetrics2-writer.ts';
import { TextWriter } from './text-writer.ts';
import {
  type ChunkWriter,
  joinText,
  OPTIONS,
  type Source,
  type WriteOptions,
  write,
} from './write.ts';

/** A format in which metrics can be exposed. */
export interface ExpositionFormat {
  /** The format's name and version, for people: `OpenMetrics 1.0.0`. */
  readonly name: string;
  /** The value of the header `Content-Type` that goes with it. */
  readonly contentType: string;
  /** How it writes names that not every server understands. */
  readonly escaping: EscapingScheme;
  /**
   * The same format with names in another scheme.
   *
   * @throws {RangeError} When there is no such scheme.
   */
  withEscaping(scheme: EscapingScheme): ExpositionFormat;
  /**
   * Writes every family of `source`, in chunks of about 64 KiB. Names are in the format's own scheme.
   *
   * A chunk is borrowed until the next one is asked for, when its bytes are overwritten: copy what
   * has to last longer, such as what a socket queues. Ask for no more, or return the generator, and
   * the walk through the metrics ends there.
   */
  write(source: Source, options?: WriteOptions): AsyncGenerator<Uint8Array, void, undefined>;
}

/** How OpenMetrics is written. */
export interface OpenMetricsOptions extends WriteOptions {
  /** The version: 1.0.0 unless given. 2.0.0 is its release candidate, which few servers read. */
  readonly version?: '1.0.0' | '2.0.0';
}

/**
 * Writers that nothing is written to, for V8 to remember what writers look like: it forgets the
 * hidden class of objects of which none is left, and the code compiled for them. Node 24, 100,000
 * counters, a full garbage collection before each scrape: 58 ms without them, 10 with.
 */
const kept = new Map<new () => ChunkWriter, ChunkWriter>();

/** One of the format alone: a program that writes text needs no other writer in its bundle. */
export function keepShape(Writer: new () => ChunkWriter): void {
  if (!kept.has(Writer)) kept.set(Writer, new Writer());
}

/**
 * Writes metrics in the text format: 0.0.4 or, with `escaping: 'allow-utf-8'`, 1.0.0. See
 * {@linkcode ExpositionFormat.write} on the chunks.
 *
 * @throws {TypeError} When `source` is none, or an option is unknown.
 * @throws {RangeError} When `escaping` is no scheme.
 * @see {@link https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format | Text-based format}
 */
export function writeText(
  source: Source,
  options: WriteOptions = {},
): AsyncGenerator<Uint8Array, void, undefined> {
  keepShape(TextWriter);
  return write(source, new TextWriter(options), options);
}

/**
 * Writes metrics in OpenMetrics; see {@linkcode ExpositionFormat.write} on the chunks.
 *
 * @throws {TypeError} When `source` is none, or an option is unknown.
 * @throws {RangeError} When `version` or `escaping` is unknown.
 * @see {@link https://prometheus.io/docs/specs/om/open_metrics_spec/ | OpenMetrics 1.0}
 * @see {@link https://prometheus.io/docs/specs/om/open_metrics_spec_2_0/ | OpenMetrics 2.0}
 */
export function writeOpenMetrics(
  source: Source,
  options: OpenMetricsOptions = {},
): AsyncGenerator<Uint8Array, void, undefined> {
  const { version = '1.0.0' } = options;
  if (version !== '1.0.0' && version !== '2.0.0') {
    throw new RangeError(
      `exposition "version": unknown version of OpenMetrics, expected "1.0.0" or "2.0.0", got ${show(version)}`,
    );
  }
  const Writer = version === '2.0.0' ? OpenMetrics2Writer : OpenMetricsWriter;
  keepShape(Writer);
  return write(source, new Writer(options), options, [...OPTIONS, 'version']);
}

/**
 * Returns metrics in the text format as one string, for people and tests.
 *
 * To serve them, stream {@linkcode writeText} instead, which needs no more memory than a chunk.
 *
 * @throws {TypeError} When `source` is none, or an option is unknown.
 * @throws {RangeError} When `escaping` is no scheme.
 */
export function toText(source: Source, options: WriteOptions = {}): Promise<string> {
  return joinText(writeText(source, options));
}

/**
 * Returns metrics in OpenMetrics as one string, for people and tests.
 *
 * To serve them, stream {@linkcode writeOpenMetrics} instead, which needs no more memory than a
 * chunk.
 *
 * @throws {TypeError} When `source` is none, or an option is unknown.
 * @throws {RangeError} When `version` or `escaping` is unknown.
 */
export function toOpenMetrics(source: Source, options: OpenMetricsOptions = {}): Promise<string> {
  return joinText(writeOpenMetrics(source, options));
}

type Write = (source: Source, options: WriteOptions) => AsyncGenerator<Uint8Array, void, undefined>;

/**
 * A format in each scheme, of which `own` is the one it has where nobody asks for another. Its name
 * is part of the content type where it is another, or where the format demands it `always`.
 */
export function inEachScheme(
  name: string,
  contentType: string,
  [own, always]: readonly [own: EscapingScheme, always: boolean],
  writeIn: Write,
): ExpositionFormat {
  const formats = new Map<EscapingScheme, ExpositionFormat>();
  const withEscaping = (scheme: EscapingScheme): ExpositionFormat => {
    const made = formats.get(scheme);
    if (made !== undefined) return made;
    if (!ESCAPING_SCHEMES.includes(scheme)) {
      throw new RangeError(
        `format "${name}": unknown scheme, expected ${ESCAPING_SCHEMES.join(', ')}, got ${show(scheme)}`,
      );
    }
    const isNamed = always || scheme !== own;
    const format: ExpositionFormat = {
      name,
      contentType: isNamed ? `${contentType}; escaping=${scheme}` : contentType,
      escaping: scheme,
      withEscaping,
      write: (source, options) => writeIn(source, { ...options, escaping: scheme }),
    };
    formats.set(scheme, format);
    return format;
  };
  return withEscaping(own);
}

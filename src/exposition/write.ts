/** Drives collectors into a writer, one family at a time, and hands on the chunks that it fills. */

import { show } from '../model/error.ts';
import type { Collector, FamilyWriter, MetricFamily, Walk } from '../model/family.ts';
import { requireFamily } from '../model/family-shape.ts';
import { refuseUnknown } from '../model/option.ts';
import type { EscapingScheme } from './escaping.ts';
import type { ExposedNames, Omission } from './exposed-names.ts';

/**
 * What can be written: a collector such as a registry, a family such as a parser's, or several of
 * both, one after the other.
 */
export type Source = Collector | MetricFamily | Iterable<Collector | MetricFamily>;

/** How an exposition is written. */
export interface WriteOptions {
  /**
   * Says when each counter, summary and histogram began, in OpenMetrics 1.0. Off unless asked for,
   * since a server that does not read them as what they are keeps one more series for each. In 2.0,
   * where that costs no line, it is always said.
   */
  readonly created?: boolean;
  /**
   * How names are written that have other characters than letters, digits, `_` and, for metrics,
   * `:`. Underscores unless given, in OpenMetrics 2.0 as they are, in quotes.
   */
  readonly escaping?: EscapingScheme;
  /**
   * Called after each chunk, before more is written, to let the event loop turn: without it, a
   * consumer that never waits for anything but its chunks holds the program until the last one.
   */
  readonly pause?: () => Promise<void>;
  /** Called with what a family threw that is left out for it. The exposition goes on. */
  readonly onError?: (error: unknown) => void;
}

/** A writer that gathers bytes. */
export interface ChunkWriter extends FamilyWriter {
  /** Which families are shown, and under which names. */
  readonly names: ExposedNames;
  /** Writes what stands at the end of an exposition. */
  finish(): void;
  /** Takes what was written. Borrowed: what is written next overwrites it. */
  take(): Uint8Array;
  /** Called between two families: what is written from here on can be taken back. */
  mark(): void;
  /** Takes back what was written since the last mark, or since the last `take` where that was later. */
  rewind(): void;
}

/**
 * Writes every family of `source` and yields the writer's chunks, each borrowed until the next. What
 * cannot be shown is left out, and the last family says so.
 *
 * A family that throws costs itself alone. What had been handed on of it stays: of one longer than a
 * chunk, whole metrics from its beginning.
 *
 * @param known - The options that the format has.
 * @throws {TypeError} When an option is unknown, or `source` is neither a collector nor a family, nor several of them.
 */
export function write(
  source: Source,
  writer: ChunkWriter,
  options: WriteOptions = {},
  known: readonly string[] = OPTIONS,
): AsyncGenerator<Uint8Array, void, undefined> {
  refuseUnknown('exposition', options, known);
  if (!isCollector(source) && !isFamily(source) && !isIterable(source)) {
    throw new TypeError(
      `exposition: no source, expected an object with collect(), a family, or several of them, got ${show(source)}`,
    );
  }
  return chunksOf(source, writer, options);
}

/** What every format has. */
export const OPTIONS: readonly string[] = ['created', 'escaping', 'pause', 'onError'];

async function* chunksOf(
  source: Source,
  writer: ChunkWriter,
  { pause, onError }: Pick<WriteOptions, 'pause' | 'onError'>,
): AsyncGenerator<Uint8Array, void, undefined> {
  for (const collector of withReport(source, writer.names)) {
    for await (const family of await collector.collect()) {
      // Waiting is for chunks alone: within one, the walk goes on without leaving this loop.
      const walk = new GuardedWalk(family, writer, onError);
      try {
        for (let complete = false; !complete; ) {
          complete = walk.advance();
          if (!writer.full) continue;
          yield writer.take();
          await pause?.();
        }
      } finally {
        walk.close();
      }
    }
  }
  writer.finish();
  const last = writer.take();
  if (last.length > 0) yield last;
}

/** The walk through one family, admitted or not, whose failure costs that family alone. */
class GuardedWalk implements Walk {
  readonly #family: MetricFamily;
  readonly #writer: ChunkWriter;
  readonly #onError: WriteOptions['onError'];
  #walk: Walk | undefined;

  constructor(family: MetricFamily, writer: ChunkWriter, onError: WriteOptions['onError']) {
    this.#family = family;
    this.#writer = writer;
    this.#onError = onError;
  }

  advance(): boolean {
    try {
      if (this.#walk === undefined && !this.#begin()) return true;
    } catch (error) {
      return this.#fail('shape', error);
    }
    try {
      this.#walk ??= this.#family.walk(this.#writer);
      return this.#walk.advance();
    } catch (error) {
      return this.#fail('walk', error);
    }
  }

  close(): void {
    try {
      this.#walk?.close();
    } catch (error) {
      // Everything has been written by now.
      this.#onError?.(error);
    }
  }

  #begin(): boolean {
    this.#writer.mark();
    requireFamily(this.#family);
    return this.#writer.names.admit(this.#family);
  }

  #fail(reason: Omission, error: unknown): true {
    this.#writer.rewind();
    const { name }: { name?: unknown } = Object(this.#family);
    this.#writer.names.omit({ name: typeof name === 'string' ? name : '' }, reason);
    this.#onError?.(error);
    return true;
  }
}

function* withReport(source: Source, names: ExposedNames): Generator<Collector> {
  if (isCollector(source)) yield source;
  else if (isFamily(source)) yield { collect: () => [source] };
  else {
    for (const part of source) {
      if (isCollector(part)) yield part;
      else if (isFamily(part)) yield { collect: () => [part] };
      else {
        throw new TypeError(
          `exposition: no collector, expected an object with collect() or a family, got ${show(part)}`,
        );
      }
    }
  }
  yield { collect: () => names.report() };
}

function isCollector(value: unknown): value is Collector {
  return typeof (value as Partial<Collector> | null | undefined)?.collect === 'function';
}

function isFamily(value: unknown): value is MetricFamily {
  return typeof (value as Partial<MetricFamily> | null | undefined)?.walk === 'function';
}

function isIterable(value: unknown): value is Iterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.iterator in value;
}

/** Gathers chunks into a string. */
export async function joinText(chunks: AsyncIterable<Uint8Array>): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of chunks) text += decoder.decode(chunk, { stream: true });
  return text + decoder.decode();
}

/** Drives collectors into a writer, one family at a time, and hands on the chunks that it fills. */

import type { Collector, FamilyWriter } from '../model/family.ts';
import type { EscapingScheme } from './escaping.ts';
import type { ExposedNames } from './exposed-names.ts';

/** What can be written: a collector such as a registry, or several, one after the other. */
export type Source = Collector | Iterable<Collector>;

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
}

/** A writer that gathers bytes. */
export interface ChunkWriter extends FamilyWriter {
  /** Which families are shown, and under which names. */
  readonly names: ExposedNames;
  /** Writes what stands at the end of an exposition. */
  finish(): void;
  /** Takes what was written. Borrowed: what is written next overwrites it. */
  take(): Uint8Array;
}

/**
 * Writes every family of `source` and yields the writer's chunks, each borrowed until the next. What
 * cannot be shown is left out, and the last family says so.
 */
export async function* write(
  source: Source,
  writer: ChunkWriter,
  { pause }: Pick<WriteOptions, 'pause'> = {},
): AsyncGenerator<Uint8Array, void, undefined> {
  const { names } = writer;
  for (const collector of withReport(source, names)) {
    for await (const family of await collector.collect()) {
      if (!names.admit(family)) continue;
      // Waiting is for chunks alone: within one, the walk goes on without leaving this loop.
      const walk = family.walk(writer);
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

function* withReport(source: Source, names: ExposedNames): Generator<Collector> {
  if ('collect' in source) yield source;
  else yield* source;
  yield { collect: () => names.report() };
}

/** Gathers chunks into a string. */
export async function joinText(chunks: AsyncIterable<Uint8Array>): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of chunks) text += decoder.decode(chunk, { stream: true });
  return text + decoder.decode();
}

/** Reads all files of a directory, and keeps of each what it has parsed for the next scrape. */

import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Contribution } from '../aggregate/contribution.ts';
import { MetricsError } from '../model/error.ts';
import type { LivenessOptions } from './liveness.ts';
import type { Pace } from './pace.ts';
import { FILE_SUFFIX } from './segment.ts';
import { SegmentReader } from './segment-reader.ts';
import { reason } from './system-error.ts';
import type { UnreadableError, UnreadableReason } from './unreadable.ts';

/** What a directory holds. */
export interface DirectoryReading {
  /** What each process counted, in the order of the files' names. */
  readonly contributions: readonly Contribution[];
  /** What had to be left out: each file that made no sense, or the directory itself. */
  readonly failures: readonly ReadingFailure[];
}

/** Something that had to be left out. */
export interface ReadingFailure {
  /** Why, as the metric says it. */
  readonly reason: UnreadableReason | 'directory';
  /** The id in the file's name; '' for the directory itself. */
  readonly file: string;
  /** Why, as a person is told. */
  readonly error: MetricsError;
}

/** Where and how to read. */
export interface DirectoryReaderOptions extends LivenessOptions {
  /** The directory that the processes share. */
  readonly directory: string;
}

/** Reads one directory again and again. One reading at a time. */
export class DirectoryReader {
  readonly #options: DirectoryReaderOptions;
  #readers = new Map<string, SegmentReader>();

  /** Nothing is read yet. */
  constructor(options: DirectoryReaderOptions) {
    this.#options = options;
  }

  /**
   * Reads every file but that of the writer with the id `own`. Never rejects. A directory that is not
   * there is empty where it may be `missing`, and a failure where it may not.
   */
  async read(
    { own, missing }: { readonly own: string | undefined; readonly missing: boolean },
    pace: Pace,
  ): Promise<DirectoryReading> {
    const contributions: Contribution[] = [];
    const failures: ReadingFailure[] = [];
    let ids: string[] = [];
    try {
      ids = this.#list(missing);
    } catch (error) {
      failures.push({ reason: 'directory', file: '', error: error as MetricsError });
    }
    this.#keep(ids);
    for (const id of ids) {
      if (id === own) continue;
      try {
        const contribution = await this.#reader(id).read(pace);
        if (contribution !== undefined) contributions.push(contribution);
      } catch (error) {
        const { reason } = error as UnreadableError;
        failures.push({ reason, file: id, error: error as UnreadableError });
      }
      await pace.breathe();
    }
    return { contributions, failures };
  }

  #list(missing: boolean): string[] {
    const { directory } = this.#options;
    try {
      return readdirSync(directory)
        .filter((name) => name.endsWith(FILE_SUFFIX))
        .map((name) => name.slice(0, -FILE_SUFFIX.length))
        .sort();
    } catch (cause) {
      if (missing && reason(cause) === 'ENOENT') return [];
      throw new MetricsError(
        'DIRECTORY_UNUSABLE',
        `directory "${directory}": cannot be read, expected a directory of metrics, got ${reason(cause)}`,
        { cause },
      );
    }
  }

  /** Lets go of what was parsed of files that are no longer there. */
  #keep(ids: readonly string[]): void {
    const kept = new Map<string, SegmentReader>();
    for (const id of ids) {
      const reader = this.#readers.get(id);
      if (reader !== undefined) kept.set(id, reader);
    }
    this.#readers = kept;
  }

  #reader(id: string): SegmentReader {
    let reader = this.#readers.get(id);
    if (reader === undefined) {
      const path = join(this.#options.directory, id + FILE_SUFFIX);
      reader = new SegmentReader({ ...this.#options, path, id });
      this.#readers.set(id, reader);
    }
    return reader;
  }
}

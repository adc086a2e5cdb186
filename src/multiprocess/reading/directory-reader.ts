/**
 * Reads all files of a directory, and keeps of each what it has parsed for the next scrape.
 *
 * Files of the dead vanish into archives while this reads. What it returns counts each process once,
 * since it begins anew where the archive it began with has lost its name meanwhile: that happens
 * before the first file that only a later archive knows is removed.
 */

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { MetricsError } from '../../model/error.ts';
import { ArchiveReader, type OpenArchive } from '../archive/archive-reader.ts';
import { ArchivedContributions, type KnownRemovals } from '../archive/archived-contributions.ts';
import { MachineRuns } from '../archive/machine-runs.ts';
import type { LivenessOptions } from '../directory/liveness.ts';
import {
  type DirectoryListing,
  LOCK_FOLDER,
  listDirectory,
} from '../directory/shared-directory.ts';
import { FILE_SUFFIX } from '../segment/segment.ts';
import type { UnreadableError } from '../segment/unreadable.ts';
import type { Pace } from '../system/pace.ts';
import { reason } from '../system/system-error.ts';
import {
  type DirectoryReading,
  NOTHING,
  Reading,
  type ReadingOptions,
} from './directory-reading.ts';
import { LastReading } from './last-reading.ts';
import { type EndedWriter, SegmentReader } from './segment-reader.ts';

/** Where and how to read. */
export interface DirectoryReaderOptions extends LivenessOptions {
  /** The directory that the processes share. */
  readonly directory: string;
  /** The host's clock, in seconds. */
  readonly clock: () => number;
}

/**
 * How often a reading begins anew because of what others fold meanwhile. Each fold follows a scrape,
 * so that there would have to be as many scrapers at once.
 */
const ATTEMPTS = 100;

/** Reads one directory again and again. One reading at a time. */
export class DirectoryReader {
  /** Which runs of the machine the files are of. */
  readonly runs: MachineRuns;
  readonly #options: DirectoryReaderOptions;
  readonly #archives: ArchiveReader;
  readonly #last = new LastReading();
  readonly #archived = new ArchivedContributions();
  #readers = new Map<string, SegmentReader>();

  /** Nothing is read yet. */
  constructor(options: DirectoryReaderOptions) {
    this.#options = options;
    this.runs = new MachineRuns({ bootId: options.self.bootId, clock: options.clock });
    this.#archives = new ArchiveReader(options.directory, this.runs);
  }

  /**
   * Reads every file but that of the writer with the id `own`. Never rejects. A directory that is not
   * there is empty where it may be `missing`, and a failure where it may not.
   */
  async read(options: ReadingOptions, pace: Pace): Promise<DirectoryReading> {
    const gone = new Set<string>();
    const begun = this.#options.clock();
    for (let attempt = 1; ; attempt++) {
      const reading = new Reading(options, gone);
      if ((await this.#attempt(reading, pace)) || attempt === ATTEMPTS) {
        reading.finish(this.#archived, this.runs, begun);
        const contributions = this.#last.complete(reading);
        const { failures, isFoldable, removalsKnown } = reading;
        return { contributions, failures, isFoldable, removalsKnown };
      }
      await pace.pause();
    }
  }

  /** What was removed, as far as the last reading knew. */
  get removals(): KnownRemovals {
    return this.#archived.known;
  }

  /**
   * What a writer left that this reader found dead, in a file that was there at the last reading. Its
   * times are of this run of the machine.
   */
  ended(id: string): EndedWriter | undefined {
    const ended = this.#readers.get(id)?.ended;
    if (ended === undefined || !this.runs.isEarlier(ended.header.bootId)) return ended;
    const { bootId, heartbeat } = ended.header;
    const header = { ...ended.header, heartbeat: this.runs.time(heartbeat, bootId) };
    return { ...ended, header, contribution: this.runs.contribution(ended.contribution, bootId) };
  }

  /**
   * Opens the archive of a generation; `undefined` when it is no longer there.
   *
   * @throws {UnreadableError} When it cannot be opened.
   */
  openArchive(generation: number, pace: Pace): Promise<OpenArchive | undefined> {
    return this.#archives.open(generation, pace);
  }

  /** False when something went into an archive meanwhile, so that this may lack it. */
  async #attempt(reading: Reading, pace: Pace): Promise<boolean> {
    const generation = reading.list(() => this.#list(reading.options)).archives.at(-1);
    if (generation === undefined) {
      const isRead = await this.#readFiles(reading, pace);
      return isRead && !this.#hasArchive();
    }
    let open: OpenArchive | undefined;
    try {
      open = await this.openArchive(generation, pace);
      if (open === undefined) return false;
    } catch (error) {
      reading.fail(`archive.${generation}`, error as UnreadableError);
      return this.#readFiles(reading, pace);
    }
    try {
      reading.take(open, generation);
      // Again, and not before: what the archive no longer knows was removed before it was made.
      reading.list(() => this.#list(reading.options));
      return (await this.#readFiles(reading, pace)) && open.isCurrent();
    } finally {
      open.close();
    }
  }

  /** False when one of the files was gone: it may be in an archive by now. */
  async #readFiles(reading: Reading, pace: Pace): Promise<boolean> {
    this.#keep(reading.listing.ids);
    for (const id of reading.unread()) {
      try {
        const reader = this.#reader(id);
        const contribution = await reader.read(pace);
        if (contribution === undefined) return !reading.miss(id);
        const isFoldable = reader.ended?.isUnderstood === true;
        reading.add(id, contribution, { bootId: reader.bootId, isFoldable });
      } catch (error) {
        reading.fail(id, error as UnreadableError);
      }
      await pace.breathe();
    }
    return true;
  }

  /** Where no archive was found, none may have come since. */
  #hasArchive(): boolean {
    const { directory } = this.#options;
    try {
      // Without the lock nobody has ever folded. A listing alone may miss a file that is renamed.
      return (
        existsSync(join(directory, LOCK_FOLDER)) && listDirectory(directory).archives.length > 0
      );
    } catch {
      return false;
    }
  }

  #list({ missing }: ReadingOptions): DirectoryListing {
    const { directory } = this.#options;
    try {
      return listDirectory(directory);
    } catch (cause) {
      if (missing && reason(cause) === 'ENOENT') return NOTHING;
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
      reader = new SegmentReader({ ...this.#options, path, id, runs: this.runs });
      this.#readers.set(id, reader);
    }
    return reader;
  }
}

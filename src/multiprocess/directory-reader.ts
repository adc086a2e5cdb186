/**
 * Reads all files of a directory, and keeps of each what it has parsed for the next scrape.
 *
 * Files of the dead vanish into archives while this reads. What it returns counts each process once,
 * since it begins anew where the archive it began with has lost its name meanwhile: that happens
 * before the first file that only a later archive knows is removed.
 */

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Contribution } from '../aggregate/contribution.ts';
import { MetricsError } from '../model/error.ts';
import { isShownStill } from './archive-age.ts';
import { type Archive, ArchiveReader, type OpenArchive } from './archive-reader.ts';
import { ArchivedContributions, type KnownRemovals } from './archived-contributions.ts';
import { LastReading } from './last-reading.ts';
import type { LivenessOptions } from './liveness.ts';
import type { Pace } from './pace.ts';
import { removalsSince } from './removals.ts';
import { FILE_SUFFIX } from './segment.ts';
import { type EndedWriter, SegmentReader } from './segment-reader.ts';
import { type DirectoryListing, LOCK_FOLDER, listDirectory } from './shared-directory.ts';
import { reason } from './system-error.ts';
import type { UnreadableError, UnreadableReason } from './unreadable.ts';

/** What a directory holds. */
export interface DirectoryReading {
  /** What each process counted, in the order of the files' names, and what the archive holds. */
  readonly contributions: readonly Contribution[];
  /** What had to be left out: each file that made no sense, or the directory itself. */
  readonly failures: readonly ReadingFailure[];
  /** True when there is something that could be put into the archive, or left by who did. */
  readonly isFoldable: boolean;
  /** Up to when removals are in the archive, in seconds of the host's clock; `undefined` without one. */
  readonly removalsKnown: number | undefined;
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
  /** The host's clock, in seconds. */
  readonly clock: () => number;
}

/** Which files are read. */
export interface ReadingOptions {
  /** The id of the file that is not. */
  readonly own: string | undefined;
  /** True where the directory may not be there yet. */
  readonly missing: boolean;
  /** What the process that reads counts itself: it may have removed what is in the archive. */
  readonly ownContributions?: readonly Contribution[];
}

/**
 * How often a reading begins anew because of what others fold meanwhile. Each fold follows a scrape,
 * so that there would have to be as many scrapers at once.
 */
const ATTEMPTS = 100;

/** Reads one directory again and again. One reading at a time. */
export class DirectoryReader {
  readonly #options: DirectoryReaderOptions;
  readonly #archives: ArchiveReader;
  readonly #last = new LastReading();
  readonly #archived = new ArchivedContributions();
  #readers = new Map<string, SegmentReader>();

  /** Nothing is read yet. */
  constructor(options: DirectoryReaderOptions) {
    this.#options = options;
    this.#archives = new ArchiveReader(options.directory);
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
        reading.finish(this.#archived, begun);
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

  /** What a writer left that this reader found dead, in a file that was there at the last reading. */
  ended(id: string): EndedWriter | undefined {
    return this.#readers.get(id)?.ended;
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
      reading.take(open, generation, this.#options.clock());
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
        const contribution = await this.#reader(id).read(pace);
        if (contribution === undefined) return !reading.miss(id);
        reading.add(id, contribution, this.ended(id)?.isUnderstood === true);
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
      reader = new SegmentReader({ ...this.#options, path, id });
      this.#readers.set(id, reader);
    }
    return reader;
  }
}

const NOTHING: DirectoryListing = { ids: [], archives: [], unfinished: [] };

/** One attempt at reading a directory. */
class Reading implements DirectoryReading {
  readonly options: ReadingOptions;
  readonly contributions: Contribution[] = [];
  /** Those of them that were read from the files of their writers. */
  readonly files: Map<string, Contribution> = new Map();
  readonly failures: ReadingFailure[] = [];
  isFoldable = false;
  listing: DirectoryListing = NOTHING;
  #archive: Archive | undefined;
  #archived: Contribution[] = [];
  /** Files that were listed in an earlier attempt and not there: they never will be. */
  readonly #gone: Set<string>;

  constructor(options: ReadingOptions, gone: Set<string>) {
    this.options = options;
    this.#gone = gone;
  }

  /** Lists the directory; nothing is in it where that fails. */
  list(list: () => DirectoryListing): DirectoryListing {
    try {
      this.listing = list();
    } catch (error) {
      this.listing = NOTHING;
      this.failures.push({ reason: 'directory', file: '', error: error as MetricsError });
    }
    const { archives, unfinished } = this.listing;
    if (archives.length > 1 || unfinished.length > 0) this.isFoldable = true;
    return this.listing;
  }

  take({ archive, error }: OpenArchive, generation: number, now: number): void {
    this.#archive = archive;
    if (error !== undefined) this.fail(`archive.${generation}`, error);
    for (const { contribution, process } of archive?.parts ?? []) {
      if (process === undefined || isShownStill(process.endedAt, now)) {
        this.#archived.push(contribution);
      }
    }
  }

  get removalsKnown(): number | undefined {
    return this.#archive?.foldedAt;
  }

  /** Adds what is archived, less what was removed since. */
  finish(archived: ArchivedContributions, begun: number): void {
    const since = this.removalsKnown ?? Number.NEGATIVE_INFINITY;
    const living = [...(this.options.ownContributions ?? []), ...this.contributions];
    const left = archived.without(this.#archived, removalsSince(living, since), begun);
    if (left !== this.#archived) this.isFoldable = true;
    this.contributions.push(...left);
  }

  /** The files to be read: not those that the archive has. */
  unread(): string[] {
    const { own } = this.options;
    return this.listing.ids.filter((id) => {
      const isArchived = this.#archive?.ids.has(id) === true;
      if (isArchived) this.isFoldable = true;
      return !isArchived && id !== own && !this.#gone.has(id);
    });
  }

  add(id: string, contribution: Contribution, isFoldable: boolean): void {
    this.contributions.push(contribution);
    this.files.set(id, contribution);
    if (isFoldable) this.isFoldable = true;
    this.#gone.delete(id);
  }

  /** Takes note that a file is not there. True the first time, when it may just have been folded. */
  miss(id: string): boolean {
    const isNew = !this.#gone.has(id);
    this.#gone.add(id);
    return isNew;
  }

  fail(file: string, error: UnreadableError): void {
    this.failures.push({ reason: error.reason, file, error });
  }
}

/** One attempt at reading a directory: what was found, archived or in files of processes, and what was not. */

import type { Contribution } from '../../aggregate/contribution.ts';
import type { MetricsError } from '../../model/error.ts';
import { isShownStill } from '../archive/archive-age.ts';
import type { Archive } from '../archive/archive-part.ts';
import type { OpenArchive } from '../archive/archive-reader.ts';
import type { ArchivedContributions } from '../archive/archived-contributions.ts';
import type { MachineRuns } from '../archive/machine-runs.ts';
import type { DirectoryListing } from '../directory/shared-directory.ts';
import { removalsSince } from '../segment/removals.ts';
import type { UnreadableError, UnreadableReason } from '../segment/unreadable.ts';

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

/** Which files are read. */
export interface ReadingOptions {
  /** The id of the file that is not. */
  readonly own: string | undefined;
  /** True where the directory may not be there yet. */
  readonly missing: boolean;
  /** What the process that reads counts itself: it may have removed what is in the archive. */
  readonly ownContributions?: readonly Contribution[];
}

/** Where a file is from. */
export interface Origin {
  /** Which run of the machine it was written in. */
  readonly bootId: string;
  /** True when it can be put into an archive. */
  readonly isFoldable: boolean;
}

/** What lies in a directory that is not there. */
export const NOTHING: DirectoryListing = { ids: [], archives: [], unfinished: [] };

/** One attempt at reading a directory. */
export class Reading implements DirectoryReading {
  readonly options: ReadingOptions;
  readonly contributions: Contribution[] = [];
  /** Those of them that were read from the files of their writers. */
  readonly files: Map<string, Contribution> = new Map();
  readonly failures: ReadingFailure[] = [];
  isFoldable = false;
  listing: DirectoryListing = NOTHING;
  #archive: Archive | undefined;
  #archived: Contribution[] = [];
  /** By the ids of the files, which run of the machine they are of. */
  readonly #bootIds = new Map<string, string>();
  /** Files that were listed in an earlier attempt and not there: they never will be. */
  readonly #gone: Set<string>;

  /** Nothing is read yet. `gone` are files that an earlier attempt has not found. */
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

  /** Takes what an archive holds. */
  take({ archive, error }: OpenArchive, generation: number): void {
    this.#archive = archive;
    if (error !== undefined) this.fail(`archive.${generation}`, error);
  }

  /** {@inheritDoc DirectoryReading.removalsKnown} */
  get removalsKnown(): number | undefined {
    return this.#archive?.foldedAt;
  }

  /** Adds what is archived, less what was removed since. All times are of this run of the machine then. */
  finish(archived: ArchivedContributions, runs: MachineRuns, begun: number): void {
    this.#order(runs);
    for (const { contribution, process } of this.#archive?.parts ?? []) {
      if (process === undefined || isShownStill(process.endedAt, begun)) {
        this.#archived.push(contribution);
      }
    }
    const since = this.removalsKnown ?? Number.NEGATIVE_INFINITY;
    const living = [...(this.options.ownContributions ?? []), ...this.contributions];
    const left = archived.without(this.#archived, removalsSince(living, since), begun);
    if (left !== this.#archived) this.isFoldable = true;
    this.contributions.push(...left);
  }

  #order(runs: MachineRuns): void {
    const starts: [bootId: string, begun: number][] = [];
    for (const [id, { startTime }] of this.files) starts.push([this.#bootIds.get(id)!, startTime]);
    const { bootId = '', parts = [] } = this.#archive ?? {};
    for (const { contribution } of parts) starts.push([bootId, contribution.startTime]);
    runs.order(starts);
    if (this.#archive !== undefined) this.#archive = runs.archive(this.#archive);
    for (const [id, contribution] of this.files) {
      this.files.set(id, runs.contribution(contribution, this.#bootIds.get(id)!));
    }
    this.contributions.push(...this.files.values());
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

  /** Adds what a process counted. */
  add(id: string, contribution: Contribution, { bootId, isFoldable }: Origin): void {
    this.#bootIds.set(id, bootId);
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

  /** Takes note of what had to be left out. */
  fail(file: string, error: UnreadableError): void {
    this.failures.push({ reason: error.reason, file, error });
  }
}

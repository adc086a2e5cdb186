/**
 * The storage of a service of many processes: each writes a file of its own in a directory they
 * share, and each of them, or a sidecar that writes nothing, can show the sum of all.
 */

import { accessSync, constants, statSync } from 'node:fs';
import { Merger } from '../aggregate/merger.ts';
import type { StoredFamily } from '../model/cells.ts';
import { MetricsError } from '../model/error.ts';
import type { MetricFamily } from '../model/family.ts';
import type { CollectedFamilies, Publishing } from '../storage/publication.ts';
import type { SeriesStorage, Storage } from '../storage/storage.ts';
import { createDirectory } from './directory/shared-directory.ts';
import { FoldSchedule } from './folding/fold-schedule.ts';
import { Folding } from './folding/folding.ts';
import { MapperSelection } from './mapping/mapper-choice.ts';
import {
  type MultiprocessStorageOptions,
  type StorageSettings,
  toSettings,
} from './multiprocess-options.ts';
import { CollectedCells } from './publication/collected-cells.ts';
import { OwnPublications } from './publication/own-publications.ts';
import { Publications } from './publication/publications.ts';
import { Publisher } from './publication/publisher.ts';
import { PythonDirectory } from './python/python-directory.ts';
import { DirectoryReader } from './reading/directory-reader.ts';
import { DirectoryReport } from './reading/directory-report.ts';
import { hostClock } from './system/host-clock.ts';
import { isOutOfDescriptors } from './system/open-file.ts';
import { Pace } from './system/pace.ts';
import { currentIdentity } from './system/process-identity.ts';
import { reason } from './system/system-error.ts';
import { Warnings } from './system/warnings.ts';
import { OwnRemovals } from './writing/own-removals.ts';
import { OwnSeries } from './writing/own-series.ts';

/**
 * Keeps the numbers of a process where all processes of its service can read them.
 *
 * Making one costs next to nothing and leaves the directory alone; the first metric makes a file. Where the directory
 * cannot be used then, the process counts on its heap, says so in one warning, and shows what it
 * counted in its own scrapes alone. {@linkcode openMultiprocessStorage} looks at the directory first.
 */
export class MultiprocessStorage implements Storage {
  readonly #directory: string;
  readonly #own: OwnSeries;
  readonly #warnings = new Warnings();
  readonly #merger = new Merger();
  readonly #report = new DirectoryReport();
  readonly #identity = currentIdentity();
  readonly #clock = hostClock();
  readonly #mappers: MapperSelection;
  readonly #publisher: Publisher | undefined;
  readonly #ownRemovals: OwnRemovals;
  readonly #ownPublications: OwnPublications;
  readonly #publications = new Publications();
  readonly #settings: Pick<StorageSettings, 'readOnly' | 'fileMode'>;
  readonly #python: PythonDirectory;
  #reader: DirectoryReader | undefined;
  #folding: FoldSchedule | undefined;
  #running: Promise<readonly MetricFamily[]> | undefined;
  #waiting: Promise<readonly MetricFamily[]> | undefined;

  /**
   * Takes note of the directory.
   *
   * @throws {TypeError} When `directory` is not a string or `readOnly` not a boolean.
   * @throws {RangeError} When `directory` is empty, or `mapper`, an interval or `fileMode` is none
   * there is.
   */
  constructor(options: MultiprocessStorageOptions) {
    const { directory, mapper, publishIntervalMs, ...settings } = toSettings(options);
    this.#directory = directory;
    this.#settings = settings;
    this.#mappers = new MapperSelection(mapper);
    this.#python = new PythonDirectory({ directory, clock: this.#clock });
    this.#own = new OwnSeries({
      ...settings,
      directory,
      mappers: this.#mappers,
      identity: this.#identity,
      clock: this.#clock,
      warnings: this.#warnings,
      onForget: (family, labelValues) => this.#ownRemovals.note(family, labelValues),
    });
    this.#ownPublications = new OwnPublications({
      series: this.#own,
      clock: this.#clock,
      warnings: this.#warnings,
    });
    this.#ownRemovals = new OwnRemovals({
      allocate: (block) => this.#own.inFile((writer) => writer.allocateBlock(block)),
      clock: this.#clock,
    });
    // Who makes no file has nobody to publish for.
    if (settings.readOnly) return;
    this.#publisher = new Publisher({
      intervalMs: publishIntervalMs,
      flush: () => this.#own.flush(),
    });
  }

  /** The directory that the processes share. */
  get directory(): string {
    return this.#directory;
  }

  /** Declares a family, once, and returns what hands out cells for its series. */
  declare(family: StoredFamily): SeriesStorage {
    return this.#own.declare(family);
  }

  /**
   * Returns the families of all processes, merged and ordered by name.
   *
   * Never rejects for what it finds in the directory: a file that cannot be read is left out,
   * counted in `promethium_unreadable_files` and named in one warning. Calls that come while one is
   * at work share the next one, which sees all that was counted before them.
   */
  collect(): Promise<readonly MetricFamily[]> {
    if (this.#waiting !== undefined) return this.#waiting;
    if (this.#running === undefined) return this.#begin();
    const begin = (): Promise<readonly MetricFamily[]> => this.#begin();
    this.#waiting = this.#running.then(begin, begin);
    return this.#waiting;
  }

  /** Seconds of a clock that all processes of this machine share. */
  now(): number {
    return this.#clock();
  }

  /** Writes to the file what was counted so far, where files are written behind. Never throws. */
  flush(): void {
    this.#own.flush();
  }

  /** Returns what keeps the answers of one registry's collectors of the process. */
  collected(): CollectedFamilies {
    return new CollectedCells(this);
  }

  /** Calls on `publishing` at an interval, and on the way out. Repeated calls do nothing. */
  attach(publishing: Publishing): void {
    this.#publisher?.attach(publishing);
  }

  /**
   * Publishes `families` as the answer of the collector called `name`, in place of the last one under
   * this `key`; none takes it back. Never throws. The families are read before it returns.
   */
  publish(key: object, name: string, families: readonly MetricFamily[]): void {
    this.#ownPublications.publish(key, name, families);
  }

  /**
   * Publishes now what callbacks and collectors say, and writes what was counted: for a scrape that
   * somebody else answers. Resolves when they have answered, which may take as long as a scrape's time
   * limit. Never rejects.
   */
  async publishNow(): Promise<void> {
    await this.#publisher?.publishNow();
  }

  /**
   * Ends this process's part: what it counted stays for others to read, who take it for dead from
   * now on. What is counted later stays on the heap. A process that ends need not call it.
   */
  close(): void {
    this.#publisher?.stop();
    this.#folding?.stop();
    this.#own.close();
  }

  #begin(): Promise<readonly MetricFamily[]> {
    this.#waiting = undefined;
    const running = this.#collect().finally(() => {
      if (this.#running === running) this.#running = undefined;
    });
    this.#running = running;
    return running;
  }

  async #collect(): Promise<readonly MetricFamily[]> {
    const pace = new Pace();
    const own = await this.#own.contributions(pace);
    const reader = this.#open();
    // Whoever has nothing to put there may well come before the processes that have.
    const { id, needsDirectory } = this.#own;
    const where = { own: id, missing: !needsDirectory, ownContributions: own };
    const reading = await reader.read(where, pace);
    if (reading.removalsKnown !== undefined) this.#ownRemovals.prune(reading.removalsKnown);
    const python = await this.#python.read(pace);
    const failures = [...reading.failures, ...python.failures];
    // By file and reason: the sentence itself may say something else each time, of a growing file.
    // Of the directory just once, also when it was said already that nothing can be written there.
    for (const { reason, file, error } of failures) {
      this.#warnings.warn(reason === 'directory' ? reason : `${reason} ${file}`, error);
    }
    const contributions = [...own, ...reading.contributions, ...python.contributions];
    const steps = this.#merger.mergeInSteps(contributions);
    const { families, disagreements } = await pace.run(steps);
    const reports = this.#report.families({
      failures,
      disagreements,
      unshared: this.#own.unshared,
      unpublished: this.#ownPublications.oversized,
    });
    if (reading.isFoldable) this.#folding?.request();
    const merged = reports.length === 0 ? families : [...families, ...reports].sort(byName);
    return [...merged, ...this.#publications.newest(contributions, this.#clock())];
  }

  /** What reads the directory, and with it what folds the dead in it. */
  #open(): DirectoryReader {
    if (this.#reader !== undefined) return this.#reader;
    const { readOnly, fileMode } = this.#settings;
    const options = {
      directory: this.#directory,
      mapper: this.#mappers.mapper,
      self: this.#identity,
      clock: this.#clock,
    };
    const reader = new DirectoryReader(options);
    // The next one will have a mapper.
    if (options.mapper === undefined && isOutOfDescriptors()) return reader;
    this.#reader = reader;
    if (!readOnly) {
      const folding = new Folding({ ...options, reader, fileMode });
      this.#folding = new FoldSchedule({ ...options, folding, warnings: this.#warnings });
    }
    return reader;
  }
}

/**
 * Opens a directory for a registry: `new CollectorRegistry({ storage: openMultiprocessStorage({ … }) })`.
 *
 * The directory is made if it is not there. Give each service one of its own, empty it when the
 * whole service starts anew, and never cut short a file in it.
 *
 * @example
 * ```ts
 * const storage = openMultiprocessStorage({ directory: '/run/my-service/metrics' });
 * const registry = new CollectorRegistry({ storage });
 * ```
 * @throws {TypeError | RangeError} When an option is of the wrong type or value.
 * @throws {MetricsError} `DIRECTORY_UNUSABLE` when the directory cannot be made, read or written;
 * `MAPPING_FAILED` when a mapper is named that is not there.
 */
export function openMultiprocessStorage(options: MultiprocessStorageOptions): MultiprocessStorage {
  const storage = new MultiprocessStorage(options);
  const { directory, mapper = 'auto', readOnly = false } = options;
  refuseUnusable(directory, readOnly);
  if (mapper !== 'auto') refuseMissing(new MapperSelection(mapper));
  return storage;
}

function refuseUnusable(directory: string, readOnly: boolean): void {
  if (!readOnly) createDirectory(directory);
  const mode = readOnly
    ? constants.R_OK | constants.X_OK
    : constants.R_OK | constants.W_OK | constants.X_OK;
  try {
    if (!statSync(directory).isDirectory()) throw new Error('a file');
    accessSync(directory, mode);
  } catch (cause) {
    // It is empty until the service that it watches makes it.
    if (readOnly && reason(cause) === 'ENOENT') return;
    throw new MetricsError(
      'DIRECTORY_UNUSABLE',
      `directory "${directory}": cannot be used, expected one to read${readOnly ? '' : ' and write'}, got ${reason(cause)}`,
      { cause },
    );
  }
}

function refuseMissing({ mapper, refused }: MapperSelection): void {
  const [error] = refused;
  if (mapper === undefined && error !== undefined) throw error;
}

function byName(one: MetricFamily, other: MetricFamily): number {
  return one.name < other.name ? -1 : 1;
}

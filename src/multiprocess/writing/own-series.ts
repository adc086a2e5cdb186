/**
 * The series of this process: in its file, or on the heap as long as there is no room for a file.
 * Nothing that goes wrong here reaches the program that counts; it is said once, as a warning.
 */

import type { Contribution } from '../../aggregate/contribution.ts';
import type { StoredFamily } from '../../model/cells.ts';
import { MetricsError } from '../../model/error.ts';
import type { Pairs } from '../../model/labels.ts';
import type { Cells, SeriesStorage } from '../../storage/storage.ts';
import { createDirectory, noRoom, removeLeftovers } from '../directory/shared-directory.ts';
import type { MapperSelection } from '../mapping/mapper-choice.ts';
import { HeapSpace } from '../segment/heap-space.ts';
import { newId } from '../segment/segment-id.ts';
import { type FamilyRecord, SegmentWriter } from '../segment/segment-writer.ts';
import type { Pace } from '../system/pace.ts';
import { type ProcessIdentity, processLabel } from '../system/process-identity.ts';
import { reason } from '../system/system-error.ts';
import type { Warnings } from '../system/warnings.ts';
import { onWayOut } from '../system/way-out.ts';
import { FileKeeper } from './file-keeper.ts';
import { type BesideSeries, type MakeBeside, placesBeside, withNative } from './own-beside.ts';
import { OwnContents } from './own-contents.ts';
import { OwnFile } from './own-file.ts';
import { WriteBehindTimer } from './write-behind-timer.ts';

/** How long the heap takes all new series before the disk is tried again. */
const RETRY_MS = 10_000;

const HOW_TO_MAP =
  'Deno' in globalThis ? 'deno run --allow-ffi' : 'npm install koffi, version 3.3 or newer';

/** Where and as whom to count. */
export interface OwnSeriesOptions {
  /** The directory that the processes share. */
  readonly directory: string;
  /** True to make no file: what is counted is this process's own affair. */
  readonly readOnly: boolean;
  /** Who may read the file. */
  readonly fileMode: number;
  /** How long what was counted may take to reach a file that is written behind. */
  readonly flushIntervalMs: number;
  /** What maps files. */
  readonly mappers: MapperSelection;
  /** Who counts. */
  readonly identity: ProcessIdentity;
  /** The host's clock, in seconds. */
  readonly clock: () => number;
  /** Where faults are said. */
  readonly warnings: Warnings;
}

/** A declaration, with its record in the file and in the memory that stands in for it. */
interface Declared {
  readonly family: StoredFamily;
  /** Counts the declarations: the last one of a name is the one that holds. */
  readonly number: number;
  inFile?: FamilyRecord;
  onHeap?: FamilyRecord;
}

/** A writer with what was read of it. */
interface Part {
  readonly id: string;
  readonly writer: SegmentWriter;
  readonly contents: OwnContents;
}

/** Hands out cells in this process's file. */
export class OwnSeries {
  readonly #options: OwnSeriesOptions;
  /** The last declaration of each name. */
  readonly #declared = new Map<string, Declared>();
  readonly #times: { readonly startTime: number; readonly begun: number };
  #file: OwnFile | undefined;
  #keeper: FileKeeper | undefined;
  #filePart: Part | undefined;
  #heapPart: Part | undefined;
  #timer: WriteBehindTimer | undefined;
  #callOff: (() => void) | undefined;
  #closed = false;
  #retryAt = 0;
  #unshared = 0;
  #declarations = 0;

  /** Nothing is opened yet. */
  constructor(options: OwnSeriesOptions) {
    this.#options = options;
    this.#times = { startTime: Date.now() / 1000, begun: options.clock() };
  }

  /** The id of the file, once there is one, until it is left to others to read. */
  get id(): string | undefined {
    return this.#closed ? undefined : this.#file?.id;
  }

  /** True once there is something that has its place in the directory. */
  get needsDirectory(): boolean {
    return !this.#options.readOnly && this.#declared.size > 0;
  }

  /** How many series are on the heap although they should be in a file. */
  get unshared(): number {
    return this.#options.readOnly ? 0 : this.#unshared + (this.#keeper?.unshared ?? 0);
  }

  /** Remembers a family and returns what hands out its cells. Never throws. */
  declare(family: StoredFamily): SeriesStorage {
    const declared: Declared = { family, number: ++this.#declarations };
    this.#declared.set(family.name, declared);
    // A family without series is shown as well, so that it must be in the file once there is one.
    if (this.#file !== undefined) this.#inFile((writer) => recordInFile(writer, declared));
    const beside: MakeBeside = (series, make) => this.#beside(series, make);
    return {
      allocate: (labelValues, pairs) =>
        withNative(this.#allocate(declared, labelValues, pairs), family.native, beside),
      release: (place) => this.#release(place),
      withdraw: () => this.#withdraw(declared),
      ...placesBeside(beside),
    };
  }

  /** Writes what is no series into the file, which is made if need be. Nothing where it has no room. */
  inFile<Result>(write: (writer: SegmentWriter) => Result): Result | undefined {
    this.#open();
    return this.#inFile(write);
  }

  /** What this process counted, in its file and on its heap. */
  async contributions(pace: Pace): Promise<Contribution[]> {
    if (this.#declared.size > 0) this.#open();
    this.#keeper?.keep();
    if (this.#file === undefined) {
      for (const declared of this.#declared.values()) this.#recordOnHeap(declared);
    }
    const about = { process: processLabel(this.#options.identity), startTime: this.#times.begun };
    // A file that was let go of is the directory's: somebody may have folded it already.
    const inFile = this.#closed ? undefined : this.#filePart;
    const parts = [inFile, this.#heapPart].filter((part) => part !== undefined);
    // In the same turn as the copies below: what a scrape shows may not be lost to the next one,
    // which another process answers, or this one's heir after a SIGKILL.
    this.flush();
    return Promise.all(parts.map(({ id, contents }) => contents.read({ ...about, id }, pace)));
  }

  /** Writes what was counted, where it is written behind. Never throws. */
  flush(): void {
    try {
      if (!this.#closed) this.#file?.flush();
    } catch (cause) {
      const message = `file "${this.#file?.path}": cannot be written, expected to write behind, got ${reason(cause)}`;
      const error = new MetricsError('WRITE_FAILED', message, { cause });
      this.#options.warnings.warn('write-behind', error);
    }
  }

  /** Writes the last of it and lets go of the file. What is counted later stays on the heap. */
  close(): void {
    if (this.#closed) return;
    this.flush();
    this.#closed = true;
    this.#keeper = undefined;
    this.#timer?.stop();
    this.#callOff?.();
    this.#file?.close();
  }

  #allocate(declared: Declared, labelValues: readonly string[], pairs?: Pairs): Cells {
    this.#open();
    const place = this.#inFile((writer) =>
      writer.allocate(recordInFile(writer, declared), labelValues, pairs),
    );
    if (place !== undefined) return place;
    const record = this.#recordOnHeap(declared);
    this.#unshared++;
    return this.#heap().writer.allocate(record, labelValues, pairs);
  }

  #release(place: Cells): void {
    if (this.#filePart?.writer.release(place) === true) return;
    if (this.#heapPart?.writer.release(place) === true) this.#unshared--;
  }

  /** Makes what lies beside a series' cells; nothing where there is no room, or no such series. */
  #beside<Made>(series: Cells, make: (where: BesideSeries) => Made): Made | undefined {
    const onFailure = (error: unknown): void => {
      if (!this.#closed) this.#fail('file', error);
    };
    const writer = this.#heapPart?.writer;
    if (writer?.owns(series.cells)) {
      return make({ writer, series, onFailure, attempt: (write) => write() });
    }
    if (!this.#filePart?.writer.owns(series.cells)) return undefined;
    return this.#inFile((writer) =>
      make({ writer, series, onFailure, attempt: (write) => this.#inFile(() => write()) }),
    );
  }

  /** Forgets a declaration whose series were all given back; a later one of its name stays. */
  #withdraw(declared: Declared): void {
    const { family, inFile, onHeap } = declared;
    if (this.#declared.get(family.name) === declared) this.#declared.delete(family.name);
    if (inFile !== undefined) this.#filePart?.writer.withdraw(inFile);
    if (onHeap !== undefined) this.#heapPart?.writer.withdraw(onHeap);
  }

  /** Runs what may find no room; `undefined` when it found none, and for a while after. */
  #inFile<Result>(write: (writer: SegmentWriter) => Result): Result | undefined {
    if (this.#filePart === undefined || this.#closed || performance.now() < this.#retryAt) {
      return undefined;
    }
    try {
      return write(this.#filePart.writer);
    } catch (error) {
      this.#fail('file', error);
      return undefined;
    }
  }

  #recordOnHeap(declared: Declared): FamilyRecord {
    declared.onHeap ??= this.#heap().writer.declare(declared.family, declared.number);
    return declared.onHeap;
  }

  #heap(): Part {
    if (this.#heapPart !== undefined) return this.#heapPart;
    const id = newId();
    const { identity } = this.#options;
    const header = { ...identity, ...this.#times, id, locked: false };
    const writer = new SegmentWriter(new HeapSpace(), header);
    this.#heapPart = { id, writer, contents: new OwnContents(writer, 'heap') };
    return this.#heapPart;
  }

  /** Opens the file if there is none yet, and writes into it what was declared so far. */
  #open(): void {
    const { readOnly } = this.#options;
    if (this.#file !== undefined || readOnly || this.#closed) return;
    if (performance.now() < this.#retryAt) return;
    try {
      this.#file = this.#create();
    } catch (error) {
      this.#fail('directory', error);
      return;
    }
    const { id, writer, path } = this.#file;
    this.#filePart = { id, writer, contents: new OwnContents(writer, path) };
    for (const declared of this.#declared.values()) {
      this.#inFile((writer) => recordInFile(writer, declared));
    }
    const { directory, mappers, warnings } = this.#options;
    const declare = (family: StoredFamily): SeriesStorage => this.declare(family);
    this.#keeper = new FileKeeper({ file: this.#file, directory, warnings, declare });
    // Later, since it lists the directory, which the metric that needs the file does not wait for.
    setImmediate(() => removeLeftovers(directory, mappers.mapper, Date.now()));
    this.#warnOfMappers(this.#file.isWrittenBehind);
    if (!this.#file.isWrittenBehind) return;
    this.#timer = new WriteBehindTimer(() => this.flush(), this.#options.flushIntervalMs);
    this.#callOff = onWayOut(() => this.flush());
  }

  /** Creates the file with the first mapper that works, else one that is written behind. */
  #create(): OwnFile {
    const { directory, fileMode, identity, clock, mappers } = this.#options;
    createDirectory(directory);
    const about = { directory, fileMode, identity, clock, ...this.#times };
    for (;;) {
      const { mapper } = mappers;
      try {
        return new OwnFile({ ...about, mapper, onBeat: () => this.#keeper?.keep() });
      } catch (error) {
        if (mapper === undefined || (error as MetricsError).code !== 'MAPPING_FAILED') throw error;
        mappers.refuse(error as MetricsError);
      }
    }
  }

  /** Says what was installed and does not work, and what it means that nothing does. */
  #warnOfMappers(isWrittenBehind: boolean): void {
    const { directory, mappers, flushIntervalMs, warnings } = this.#options;
    const refused = mappers.refused.map(({ message }) => message);
    if (!isWrittenBehind) {
      for (const error of mappers.refused) warnings.warn(error.message, error);
    } else if (mappers.choice !== 'write-behind') {
      const lost = `what was counted in the last ${flushIntervalMs} ms, or for as long as the event loop was blocked`;
      const message = `directory "${directory}": its file is written behind, so that SIGKILL can lose ${lost}, expected something that maps files (${HOW_TO_MAP}), got ${refused.join('; ') || 'none'}`;
      warnings.warn('mapper', { message, code: 'PROMETHIUM_WRITE_BEHIND' });
    }
  }

  #fail(topic: 'directory' | 'file', cause: unknown): void {
    this.#retryAt = performance.now() + RETRY_MS;
    const { directory, warnings } = this.#options;
    warnings.warn(topic, noRoom(directory, cause));
  }
}

function recordInFile(writer: SegmentWriter, declared: Declared): FamilyRecord {
  declared.inFile ??= writer.declare(declared.family, declared.number);
  return declared.inFile;
}

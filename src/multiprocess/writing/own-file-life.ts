/**
 * The life of this process's file: made when something needs it, tried again later where there is no
 * room, kept in its place, written behind where nothing maps it, let go of in the end. Nothing that goes
 * wrong here reaches the program that counts; it is said once, as a warning.
 */

import type { StoredFamily } from '../../model/cells.ts';
import { MetricsError } from '../../model/error.ts';
import type { SeriesStorage } from '../../storage/storage.ts';
import { createDirectory, noRoom, removeLeftovers } from '../directory/shared-directory.ts';
import type { MapperSelection } from '../mapping/mapper-choice.ts';
import type { SegmentWriter } from '../segment/segment-writer.ts';
import type { ProcessIdentity } from '../system/process-identity.ts';
import { reason } from '../system/system-error.ts';
import type { Warnings } from '../system/warnings.ts';
import { onWayOut } from '../system/way-out.ts';
import { FileKeeper } from './file-keeper.ts';
import type { OwnPart } from './own-contents.ts';
import { OwnFile } from './own-file.ts';
import { WriteBehindTimer } from './write-behind-timer.ts';

/** How long the heap takes all new series before the disk is tried again. */
const RETRY_MS = 10_000;

const HOW_TO_MAP =
  'Deno' in globalThis ? 'deno run --allow-ffi' : 'npm install koffi, version 3.3 or newer';

/** Where the file is to be, and as whose. */
export interface OwnFileLifeOptions {
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
  /** When counting began, in Unix seconds. */
  readonly startTime: number;
  /** The same in seconds of the host's clock. */
  readonly begun: number;
  /** Where faults are said. */
  readonly warnings: Warnings;
  /** Called once there is a file, before anything else is written into it. */
  readonly onOpen: (writer: SegmentWriter) => void;
  /** Declares a family in the file. */
  readonly declare: (family: StoredFamily) => SeriesStorage;
}

/** This process's file, as long as it has one. */
export class OwnFileLife {
  readonly #options: OwnFileLifeOptions;
  #file: OwnFile | undefined;
  #part: OwnPart | undefined;
  #keeper: FileKeeper | undefined;
  #timer: WriteBehindTimer | undefined;
  #callOff: (() => void) | undefined;
  #closed = false;
  #retryAt = 0;

  /** Nothing is opened yet. */
  constructor(options: OwnFileLifeOptions) {
    this.#options = options;
  }

  /** What was written into the file, also once it was let go of; nothing as long as there is none. */
  get part(): OwnPart | undefined {
    return this.#part;
  }

  /** The same, until it is left to others to read: somebody may fold it then. */
  get ownPart(): OwnPart | undefined {
    return this.#closed ? undefined : this.#part;
  }

  /** How many series nobody else finds, although they are in the file. */
  get unshared(): number {
    return this.#keeper?.unshared ?? 0;
  }

  /** Makes the file if there is none yet and may be one. Where that fails, not again for a while. */
  open(): void {
    const { readOnly, mappers, onOpen } = this.#options;
    if (this.#file !== undefined || readOnly || this.#closed) return;
    if (performance.now() < this.#retryAt) return;
    try {
      this.#file = this.#create();
    } catch (error) {
      this.#fail('directory', error);
      return;
    }
    const { id, writer, path, isWrittenBehind } = this.#file;
    this.#part = { id, writer, path };
    this.attempt(onOpen);
    // What the metric that needs the file does not wait for. No timer would fire before, either.
    setImmediate(() => this.#settle());
    if (isWrittenBehind || mappers.refused.length > 0) this.#warnOfMappers(isWrittenBehind);
    if (isWrittenBehind) this.#writeBehind();
  }

  /** Runs what may find no room; `undefined` when it found none, and for a while after. */
  attempt<Result>(write: (writer: SegmentWriter) => Result): Result | undefined {
    if (this.#part === undefined || this.#closed || performance.now() < this.#retryAt) {
      return undefined;
    }
    try {
      return write(this.#part.writer);
    } catch (error) {
      this.failed(error);
      return undefined;
    }
  }

  /** Says that something found no room in the file, and has nothing written there for a while. */
  failed(error: unknown): void {
    if (!this.#closed) this.#fail('file', error);
  }

  /** Puts the file back where somebody removed it. Never throws. */
  keep(): void {
    if (this.#file === undefined || this.#closed) return;
    const { directory, warnings, declare } = this.#options;
    this.#keeper ??= new FileKeeper({ file: this.#file, directory, warnings, declare });
    this.#keeper.keep();
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

  /** Writes the last of it and lets go of the file. */
  close(): void {
    if (this.#closed) return;
    this.flush();
    this.#closed = true;
    this.#keeper = undefined;
    this.#timer?.stop();
    this.#callOff?.();
    this.#file?.close();
  }

  /** Shows that this process lives from now on, looks after its file, and tidies the directory. */
  #settle(): void {
    if (!this.#closed) this.#file?.live(() => this.keep());
    const { directory, mappers } = this.#options;
    removeLeftovers(directory, mappers.mapper, Date.now());
  }

  #writeBehind(): void {
    this.#timer = new WriteBehindTimer(() => this.flush(), this.#options.flushIntervalMs);
    this.#callOff = onWayOut(() => this.flush());
  }

  /** Creates the file with the first mapper that works, else one that is written behind. */
  #create(): OwnFile {
    const { directory, mappers, fileMode, identity, clock, startTime, begun } = this.#options;
    for (let isMade = false; ; ) {
      const { mapper } = mappers;
      try {
        return new OwnFile({ directory, fileMode, identity, clock, startTime, begun, mapper });
      } catch (error) {
        const { code } = error as MetricsError;
        if (code === 'DIRECTORY_UNUSABLE' && !isMade) {
          // Not looked for before: most often it is there.
          createDirectory(directory);
          isMade = true;
        } else if (code === 'MAPPING_FAILED' && mapper !== undefined) {
          mappers.refuse(error as MetricsError);
        } else {
          throw error;
        }
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

/**
 * The file of this process: made, locked and shown when the first metric needs it, and shown to
 * live by a heartbeat from the next turn of the event loop on.
 */

import { MetricsError } from '../../model/error.ts';
import type { Mapper } from '../mapping/mapper.ts';
import { newId } from '../segment/segment-id.ts';
import { SegmentWriter } from '../segment/segment-writer.ts';
import type { ProcessIdentity } from '../system/process-identity.ts';
import { MappedSpace } from './mapped-space.ts';
import { SegmentFile } from './segment-file.ts';
import { WriteBehindSpace } from './write-behind-space.ts';

/** How often a process shows that it lives, for readers that cannot ask for its lock. */
const HEARTBEAT_MS = 5000;

/** Where and as whom to write. */
export interface OwnFileOptions {
  /** The directory that the processes share. */
  readonly directory: string;
  /** Who may read and write the file, as the system counts it. */
  readonly fileMode: number;
  /** Maps the file; `undefined` to write it behind. */
  readonly mapper: Mapper | undefined;
  /** Who writes. */
  readonly identity: ProcessIdentity;
  /** When counting began, in Unix seconds. */
  readonly startTime: number;
  /** The same in seconds of the host's clock; now unless given. */
  readonly begun?: number;
  /** The host's clock, in seconds. */
  readonly clock: () => number;
}

/** A file that this process writes until it ends. */
export class OwnFile {
  /** Random, never used again; the file's name. */
  readonly id: string;
  /** Where other processes find it. */
  readonly path: string;
  /** Lays records into it. */
  readonly writer: SegmentWriter;
  /** True when what is counted reaches the file by {@linkcode OwnFile.flush} alone. */
  readonly isWrittenBehind: boolean;
  readonly #options: OwnFileOptions;
  readonly #space: MappedSpace | WriteBehindSpace;
  readonly #isLocked: boolean;
  #file: SegmentFile;
  #heartbeat: NodeJS.Timeout | undefined;

  /**
   * Creates the file and puts it into view.
   *
   * @throws {MetricsError} `DIRECTORY_UNUSABLE` when the directory takes no file, `WRITE_FAILED` when
   * there is no room for it, `MAPPING_FAILED` when what is written through the mapping does not
   * arrive in the file. Nothing is left behind.
   */
  constructor(options: OwnFileOptions) {
    const { directory, fileMode, mapper, identity, startTime, clock } = options;
    const heartbeat = clock();
    const { begun = heartbeat } = options;
    this.#options = options;
    this.id = newId();
    this.isWrittenBehind = mapper === undefined;
    this.#file = new SegmentFile(directory, this.id, fileMode);
    this.path = this.#file.path;
    try {
      this.#isLocked = mapper !== undefined && this.#file.lock(mapper);
      const space =
        mapper === undefined
          ? new WriteBehindSpace(this.#file)
          : new MappedSpace(this.#file, mapper);
      this.#space = space;
      const locked = this.#isLocked;
      const header = { ...identity, id: this.id, startTime, begun, heartbeat, locked };
      this.writer = new SegmentWriter(space, header);
      if (space instanceof WriteBehindSpace) space.flush();
      // A foreign function called by a wrong signature fails in silence. The file itself does not lie.
      else if (!space.reachesFile) throw notReached(mapper!);
      this.#file.show();
    } catch (error) {
      this.#file.discard();
      throw error;
    }
  }

  /**
   * Shows that its writer lives, as it did when it was made: at once, then again and again, when it calls
   * `onBeat` as well. Once, until it is closed. Keeps no program alive.
   */
  live(onBeat: () => void): void {
    const { clock } = this.#options;
    const beat = (): void => {
      this.writer.beat(clock());
      onBeat();
    };
    // The turn in which the file was made may have been a long one.
    this.writer.beat(clock());
    this.#heartbeat = setInterval(beat, HEARTBEAT_MS).unref();
  }

  /**
   * Writes what was counted, where it is written behind.
   *
   * @throws The error of the system.
   */
  flush(): void {
    if (this.#space instanceof WriteBehindSpace) this.#space.flush();
  }

  /** False once somebody has removed the file: nobody finds then what is counted in it. */
  get isInPlace(): boolean {
    return this.#file.isInPlace;
  }

  /**
   * Puts a file in the place of the one that was removed, under the same name and with all that was
   * counted. The cells stay where they are, and lie in the new one from then on.
   *
   * @throws {MetricsError} The same as the constructor. The removed file is still in use then.
   */
  restore(): void {
    const { directory, fileMode, mapper } = this.#options;
    const file = new SegmentFile(directory, this.id, fileMode);
    try {
      file.grow(this.#file.size);
      this.#space.copyTo(file);
      // Without the lock that its header speaks of, its writer would be taken for dead.
      if (this.#isLocked && !file.lock(mapper!)) throw notLocked(file.path);
      file.show();
      this.#space.moveTo(file);
    } catch (error) {
      file.discard();
      throw error;
    }
    this.#file.close();
    this.#file = file;
  }

  /** Stops showing life and drops the lock: to all others the writer is dead. The file remains. */
  close(): void {
    clearInterval(this.#heartbeat);
    this.#file.close();
  }
}

function notReached({ name, version }: Mapper): MetricsError {
  const message = `mapper "${name}": does not reach the file, expected to read back what was written, got something else with version ${version}`;
  return new MetricsError('MAPPING_FAILED', message);
}

function notLocked(path: string): MetricsError {
  const message = `file "${path}": cannot be locked, expected to lock what only this process has open, got a refusal`;
  return new MetricsError('DIRECTORY_UNUSABLE', message);
}

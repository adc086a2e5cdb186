/**
 * The file of this process: made, locked and shown when the first metric needs it, and shown to
 * live by a heartbeat from then on.
 */

import { randomBytes } from 'node:crypto';
import { MetricsError } from '../model/error.ts';
import { MappedSpace } from './mapped-space.ts';
import type { Mapper } from './mapper.ts';
import type { ProcessIdentity } from './process-identity.ts';
import { HEADER_BYTES, type SegmentHeader } from './segment.ts';
import { SegmentFile } from './segment-file.ts';
import { SegmentWriter } from './segment-writer.ts';
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
  /** The host's clock, in seconds. */
  readonly clock: () => number;
}

/** A file that this process writes until it ends. */
export class OwnFile {
  /** Random, never used again; the file's name. */
  readonly id: string;
  /** Lays records into it. */
  readonly writer: SegmentWriter;
  /** True when what is counted reaches the file by {@linkcode OwnFile.flush} alone. */
  readonly isWrittenBehind: boolean;
  readonly #file: SegmentFile;
  readonly #space: MappedSpace | WriteBehindSpace;
  readonly #heartbeat: NodeJS.Timeout;

  /**
   * Creates the file and puts it into view.
   *
   * @throws {MetricsError} `DIRECTORY_UNUSABLE` when the directory takes no file, `WRITE_FAILED` when
   * there is no room for it, `MAPPING_FAILED` when what is written through the mapping does not
   * arrive in the file. Nothing is left behind.
   */
  constructor({ directory, fileMode, mapper, identity, startTime, clock }: OwnFileOptions) {
    this.id = newId();
    this.isWrittenBehind = mapper === undefined;
    this.#file = new SegmentFile(directory, this.id, fileMode);
    try {
      const locked = mapper !== undefined && this.#file.lock(mapper);
      const header: SegmentHeader = { ...identity, id: this.id, startTime, locked };
      this.#space =
        mapper === undefined
          ? new WriteBehindSpace(this.#file)
          : new MappedSpace(this.#file, mapper);
      this.writer = new SegmentWriter(this.#space, header);
      this.writer.beat(clock());
      this.flush();
      this.#verify(mapper);
      this.#file.show();
    } catch (error) {
      this.#file.discard();
      throw error;
    }
    this.#heartbeat = setInterval(() => this.writer.beat(clock()), HEARTBEAT_MS).unref();
  }

  /** Where other processes find it. */
  get path(): string {
    return this.#file.path;
  }

  /**
   * Writes what was counted, where it is written behind.
   *
   * @throws The error of the system.
   */
  flush(): void {
    if (this.#space instanceof WriteBehindSpace) this.#space.flush();
  }

  /** Stops showing life and drops the lock: to all others the writer is dead. The file remains. */
  close(): void {
    clearInterval(this.#heartbeat);
    this.#file.close();
  }

  // A foreign function called by a wrong signature fails in silence. The file itself does not lie.
  #verify(mapper: Mapper | undefined): void {
    if (mapper === undefined) return;
    const expected = new Uint8Array(HEADER_BYTES);
    this.writer.copyTo(expected);
    if (Buffer.compare(expected, this.#file.read(0, HEADER_BYTES)) === 0) return;
    throw new MetricsError(
      'MAPPING_FAILED',
      `mapper "${mapper.name}": does not reach the file, expected to read back what was written, got something else with version ${mapper.version}`,
    );
  }
}

/** 32 hexadecimal digits that no other file will ever have. */
export function newId(): string {
  return randomBytes(16).toString('hex');
}

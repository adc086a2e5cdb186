/**
 * Reads one file of another process while it may be written. It copies the file and never maps it:
 * a mapping would die with a file that somebody cuts short, a copy only comes out short.
 */

import { closeSync, fstatSync, readSync, statSync } from 'node:fs';
import type { Contribution } from '../../aggregate/contribution.ts';
import type { MachineRuns } from '../archive/machine-runs.ts';
import { Heartbeat, judgeLiveness, type LivenessOptions } from '../directory/liveness.ts';
import type { Reread } from '../segment/block-contents.ts';
import { HEADER_BYTES, type ReadHeader, readHeader } from '../segment/segment.ts';
import { SegmentContents } from '../segment/segment-contents.ts';
import type { BlockRecord } from '../segment/stored-block.ts';
import { UnreadableError } from '../segment/unreadable.ts';
import { kindOfFile, openToRead } from '../system/open-file.ts';
import type { Pace } from '../system/pace.ts';
import { NO_BOOT_ID, processLabel } from '../system/process-identity.ts';
import { reason } from '../system/system-error.ts';

/**
 * How often a file is read again because series were removed meanwhile. Of a program that removes
 * without pause the last copy is taken; what is missing then is what was just being replaced.
 */
const ATTEMPTS = 20;

/** Where a file is and which one it is. */
export interface SegmentReaderOptions extends LivenessOptions {
  /** The file's path. */
  readonly path: string;
  /** The id in its name, which its header must bear: a copy would count everything twice. */
  readonly id: string;
  /** Says when writers began; the wall clock of each does otherwise. */
  readonly runs?: Pick<MachineRuns, 'begun'> | undefined;
}

/** What a writer left that is certainly dead. It will not change. */
export interface EndedWriter {
  /** What it counted. */
  readonly contribution: Contribution;
  /** Who it was. */
  readonly header: ReadHeader;
  /** True when all of it was understood: a newer version may have written what this one passes over. */
  readonly isUnderstood: boolean;
}

/** Reads one file again and again, and keeps what it has parsed. */
export class SegmentReader {
  readonly #options: SegmentReaderOptions;
  readonly #contents: SegmentContents;
  readonly #heartbeat = new Heartbeat();
  readonly #header = new ArrayBuffer(HEADER_BYTES);
  #ended: EndedWriter | undefined;
  #bootId = NO_BOOT_ID;

  /** Nothing is read yet. */
  constructor(options: SegmentReaderOptions) {
    this.#options = options;
    this.#contents = new SegmentContents(options.path);
  }

  /** What the writer left, once it was found dead; `undefined` while it lives, or nobody can tell. */
  get ended(): EndedWriter | undefined {
    return this.#ended;
  }

  /** Which run of the machine the file was written in, as far as it was read. */
  get bootId(): string {
    return this.#bootId;
  }

  /**
   * Reads the file as it is now. `undefined` when it is gone, which is no fault: its writer, or an
   * operator, may have removed it since the directory was listed.
   *
   * @throws {UnreadableError} When it cannot be opened or makes no sense.
   */
  async read(pace: Pace): Promise<Contribution | undefined> {
    if (this.#ended !== undefined) return this.#ended.contribution;
    // Once more: a file that somebody removed may just have been put back.
    return (await this.#readOnce(pace)) ?? this.#readOnce(pace);
  }

  async #readOnce(pace: Pace): Promise<Contribution | undefined> {
    const fd = this.#open();
    if (fd === undefined) return undefined;
    try {
      return await this.#readOpen(fd, pace);
    } catch (error) {
      this.#refuseSpecial(fd);
      if (error instanceof UnreadableError) throw error;
      throw this.#inaccessible(error);
    } finally {
      closeSync(fd);
    }
  }

  #isInPlace(fd: number): boolean {
    return statSync(this.#options.path, { throwIfNoEntry: false })?.ino === fstatSync(fd).ino;
  }

  #refuseSpecial(fd: number): void {
    const kind = kindOfFile(fd);
    // A directory says so itself, by the system's error.
    if (kind === 'a file' || kind === 'a directory') return;
    const detail = `is not a file of metrics, expected a regular file, got ${kind}`;
    throw new UnreadableError('foreign', this.#options.path, detail);
  }

  async #readOpen(fd: number, pace: Pace): Promise<Contribution | undefined> {
    const header = this.#readHeader(fd);
    // Before the cells: what is read after a death is all that there will ever be.
    const liveness = judgeLiveness(fd, header, this.#options);
    // Of a file that somebody removed, its writer drops the lock once it has put another in its place.
    if (liveness === 'dead' && !this.#isInPlace(fd)) return undefined;
    const silent = this.#heartbeat.isSilent(header.heartbeat, performance.now() / 1000);
    // What a dead writer wrote before it was judged, and after this was read, would be lost for ever.
    const epoch = await this.#readRecords(fd, pace, liveness === 'dead' ? undefined : header);
    const reread: Reread = (record) => this.#rereadBlock(fd, record, epoch);
    await pace.run(this.#contents.refreshBlocks(reread));
    this.#bootId = header.bootId;
    const contribution: Contribution = {
      id: header.id,
      process: processLabel(header),
      alive: liveness === 'alive' || (liveness === 'unknown' && !silent),
      startTime: this.#options.runs?.begun(header) ?? header.startTime,
      revision: this.#contents.revision,
      families: this.#contents.families,
      values: this.#contents.values,
      blocks: this.#contents.blocks,
    };
    if (liveness === 'dead') {
      this.#ended = { contribution, header, isUnderstood: !this.#contents.hasUnknown };
    }
    return contribution;
  }

  /** Reads all that is there and returns the epoch it is of; `undefined` if that never stood still. */
  async #readRecords(
    fd: number,
    pace: Pace,
    first: ReadHeader | undefined,
  ): Promise<number | undefined> {
    let wasRefused = false;
    for (let attempt = 1; ; attempt++) {
      const header = (attempt === 1 ? first : undefined) ?? this.#readHeader(fd);
      this.#readBytes(fd, header.published);
      const isStable = header.epoch % 2 === 0 && this.#readHeader(fd).epoch === header.epoch;
      if (isStable || attempt === ATTEMPTS) {
        const epoch = isStable ? header.epoch : undefined;
        try {
          const { headerBytes, published } = header;
          await pace.run(this.#contents.parse(headerBytes, published, epoch));
          return epoch;
        } catch (error) {
          // Once more: what is written to a used place shows before the epoch says so, and may
          // belong to a family that is behind the length read before.
          if (wasRefused || attempt === ATTEMPTS) throw error;
          wasRefused = true;
        }
      }
      await pace.pause();
    }
  }

  /** False when the record may be another one by now: its place is used again with a new epoch. */
  #rereadBlock(fd: number, { at, end }: BlockRecord, epoch: number | undefined): boolean {
    readSync(fd, this.#contents.bytes, at, end - at, at);
    return this.#readHeader(fd).epoch === epoch;
  }

  #readBytes(fd: number, length: number): void {
    if (length > this.#contents.bytes.length) {
      // Asked first, so that a flipped bit in the length does not make us allocate gigabytes.
      const { size } = fstatSync(fd);
      if (size < length) throw this.#truncated(length, size);
      this.#contents.reserve(length);
    }
    const { bytes } = this.#contents;
    for (let at = 0; at < length; ) {
      const read = readSync(fd, bytes, at, length - at, at);
      if (read === 0) throw this.#truncated(length, at);
      at += read;
    }
  }

  #readHeader(fd: number): ReadHeader {
    const { path, id } = this.#options;
    const bytes = new Uint8Array(this.#header);
    const header = readHeader(this.#header, readSync(fd, bytes, 0, HEADER_BYTES, 0), path);
    if (header.id !== id) {
      throw new UnreadableError(
        'foreign',
        path,
        `is a copy, expected the id of its name, got ${header.id}`,
      );
    }
    return header;
  }

  #open(): number | undefined {
    try {
      return openToRead(this.#options.path);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw this.#inaccessible(error);
    }
  }

  #truncated(expected: number, got: number): UnreadableError {
    const detail = `is truncated, expected ${expected} bytes, got ${got}`;
    return new UnreadableError('truncated', this.#options.path, detail);
  }

  #inaccessible(cause: unknown): UnreadableError {
    const detail = `cannot be read, expected its contents, got ${reason(cause)}`;
    return new UnreadableError('inaccessible', this.#options.path, detail, { cause });
  }
}

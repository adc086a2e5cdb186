/**
 * One process's own file while it writes: made under a name that nobody reads, given its place on
 * the disk before it is used, and renamed into view when it is complete.
 */

import {
  closeSync,
  fchmodSync,
  fstatSync,
  ftruncateSync,
  openSync,
  readSync,
  renameSync,
  statSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { sep } from 'node:path';
import { MetricsError } from '../../model/error.ts';
import type { Mapper } from '../mapping/mapper.ts';
import type { Space } from '../segment/record-places.ts';
import { FILE_SUFFIX, HIDDEN_SUFFIX } from '../segment/segment.ts';
import { reason } from '../system/system-error.ts';

/** Zeros to write from; files grow by multiples of it. */
const ZEROS = new Uint8Array(65_536);

/** Where a file's segments are in memory, as long as the file is written. */
export interface FileSpace extends Space {
  /** Writes all of it to another file, which is as large. */
  copyTo(file: SegmentFile): void;
  /**
   * Writes to the other file from now on, which holds the same. The segments stay where they are.
   *
   * @throws {MetricsError} `MAPPING_FAILED`; the space writes to its file as before then.
   */
  moveTo(file: SegmentFile): void;
}

/** A file that this process alone writes. */
export class SegmentFile {
  /** Its descriptor, open for as long as the process writes. */
  readonly fd: number;
  /** Where readers find it, once {@linkcode SegmentFile.show} was called. */
  readonly path: string;
  readonly #hiddenPath: string;
  #lockFd: number | undefined;
  /** Bytes that are really on the disk. Set by the file itself. */
  size = 0;
  #isShown = false;
  #isClosed = false;

  /**
   * Creates an empty file for the writer with this id, not yet in view. `mode` says for whom, beyond
   * what the process allows by its umask.
   *
   * @throws {MetricsError} `DIRECTORY_UNUSABLE` when the directory takes no file.
   */
  constructor(directory: string, id: string, mode: number) {
    // `join` would look at each character, for nothing that a system does not do itself.
    this.path = directory + sep + id + FILE_SUFFIX;
    this.#hiddenPath = this.path + HIDDEN_SUFFIX;
    try {
      this.fd = openSync(this.#hiddenPath, 'wx+', 0o600);
      if (mode !== 0o600) fchmodSync(this.fd, mode);
    } catch (cause) {
      throw new MetricsError(
        'DIRECTORY_UNUSABLE',
        `directory "${directory}": cannot hold a file of metrics, expected to create one in it, got ${reason(cause)}`,
        { cause },
      );
    }
  }

  /** False once it was removed from where readers find it, moved away, or has another in its place. */
  get isInPlace(): boolean {
    try {
      return statSync(this.path, { throwIfNoEntry: false })?.ino === fstatSync(this.fd).ino;
    } catch {
      // Readers of this user come no further either.
      return false;
    }
  }

  /**
   * Adds `length` zeros. They are written, not left as a hole: a hole that the disk has no room for
   * kills the process that touches it through a mapping, where a write is refused in good order.
   *
   * @throws {MetricsError} `WRITE_FAILED` when the disk is full or the file closed; it is as it was before.
   */
  grow(length: number): void {
    if (this.#isClosed) throw closed(this.path);
    const end = this.size + length;
    try {
      for (let at = this.size; at < end; ) {
        at += writeSync(this.fd, ZEROS, 0, Math.min(ZEROS.length, end - at), at);
      }
      this.size = end;
    } catch (cause) {
      this.cut(this.size);
      throw new MetricsError(
        'WRITE_FAILED',
        `file "${this.path}": cannot grow, expected room for ${length} more bytes, got ${reason(cause)}`,
        { cause },
      );
    }
  }

  /**
   * Writes bytes over the zeros that {@linkcode SegmentFile.grow} put there.
   *
   * @throws The error of the system, or {@linkcode MetricsError} `WRITE_FAILED` when it is closed.
   */
  write(bytes: Uint8Array, offset: number): void {
    if (this.#isClosed) throw closed(this.path);
    for (let written = 0; written < bytes.length; ) {
      const left = bytes.length - written;
      written += writeSync(this.fd, bytes, written, left, offset + written);
    }
  }

  /**
   * Takes the lock that says that the writer lives. False where there is none to be had.
   *
   * It needs a descriptor that is never mapped: a mapping outlives the worker thread that made it,
   * and keeps the lock of its own descriptor with it.
   */
  lock(mapper: Mapper): boolean {
    this.#lockFd = openSync(this.#hiddenPath, 'r');
    return mapper.lock(this.#lockFd);
  }

  /** Reads what the file itself holds, past any mapping. */
  read(offset: number, length: number): Uint8Array {
    const bytes = new Uint8Array(length);
    return bytes.subarray(0, readSync(this.fd, bytes, 0, length, offset));
  }

  /**
   * Renames the file into view, where readers take it as complete.
   *
   * @throws {MetricsError} `DIRECTORY_UNUSABLE` when the directory has gone.
   */
  show(): void {
    try {
      renameSync(this.#hiddenPath, this.path);
      this.#isShown = true;
    } catch (cause) {
      throw new MetricsError(
        'DIRECTORY_UNUSABLE',
        `file "${this.path}": cannot be put in place, expected to rename it, got ${reason(cause)}`,
        { cause },
      );
    }
  }

  /** Drops a file that nobody has counted in. */
  discard(): void {
    this.close();
    try {
      unlinkSync(this.#isShown ? this.path : this.#hiddenPath);
    } catch {
      // It is gone already, or the directory is: either way nobody reads it.
    }
  }

  /** Lets go of the file, and of the lock. What was counted stays to be read. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    closeSync(this.fd);
    if (this.#lockFd !== undefined) closeSync(this.#lockFd);
  }

  /** Takes back room that was added, down to `size`, which is never below what is mapped. */
  cut(size: number): void {
    this.size = size;
    try {
      if (fstatSync(this.fd).size > size) ftruncateSync(this.fd, size);
    } catch {
      // Zeros past the published length harm nobody.
    }
  }
}

/** The system gives the number of a closed descriptor to whatever the program opens next. */
function closed(path: string): MetricsError {
  return new MetricsError(
    'WRITE_FAILED',
    `file "${path}": cannot be written, expected an open file, got one that was closed`,
  );
}

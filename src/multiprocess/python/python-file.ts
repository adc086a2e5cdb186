/**
 * Reads one file of numbers of a process that uses Python's client, while it may be written. It
 * copies the file and never maps it, as with our own.
 */

import { closeSync, fstatSync, readSync } from 'node:fs';
import { UnreadableError } from '../segment/unreadable.ts';
import { kindOfFile, openToRead } from '../system/open-file.ts';
import type { Pace } from '../system/pace.ts';
import { reason } from '../system/system-error.ts';
import {
  PYTHON_HEADER_BYTES,
  type PythonEntry,
  parseEntries,
  type ValueBytes,
} from './python-entries.ts';

/** What is read of a file nothing is known of: most files have no more in use. */
const FIRST_BYTES = 4096;

/** An empty file this young is being made: Python's client makes it, and then gives it a length. */
const MAKING_MS = 10_000;

/** Reads one file again and again, and parses each key once. */
export class PythonFile {
  readonly #path: string;
  #bytes = new Uint8Array(FIRST_BYTES);
  /** Those of the reading before, whose keys were parsed. */
  #before = new Uint8Array(FIRST_BYTES);
  /** The end of what was parsed. */
  #parsed = PYTHON_HEADER_BYTES;
  #valueBytes: ValueBytes | undefined;
  #entries: PythonEntry[] = [];
  #revision = 0;
  #born = 0;

  /** Nothing is read yet. */
  constructor(path: string) {
    this.#path = path;
  }

  /** All values that it has, in the order they were made. */
  get entries(): readonly PythonEntry[] {
    return this.#entries;
  }

  /** Another number whenever entries come or go. */
  get revision(): number {
    return this.#revision;
  }

  /** The numbers of the last reading: an entry's value is at its place. */
  get numbers(): Float64Array {
    return new Float64Array(this.#bytes.buffer);
  }

  /** True when the time of each value stands behind it. */
  get hasTimes(): boolean {
    return this.#valueBytes === 16;
  }

  /**
   * When the file was made, Unix seconds: none of its values began earlier. 0 where the file system
   * does not say.
   */
  get born(): number {
    return this.#born;
  }

  /**
   * Reads the file as it is now. False when it is gone, which is no fault: Python's
   * `mark_process_dead` removes files.
   *
   * @throws {UnreadableError} When it cannot be opened or makes no sense.
   */
  async read(pace: Pace): Promise<boolean> {
    const fd = this.#open();
    if (fd === undefined) return false;
    let used: number;
    let born: number;
    try {
      this.#refuseSpecial(fd);
      const { mtimeMs, birthtimeMs } = fstatSync(fd);
      used = this.#readUsed(fd, Math.abs(Date.now() - mtimeMs) < MAKING_MS);
      born = birthtimeMs / 1000;
    } catch (error) {
      if (error instanceof UnreadableError) throw error;
      throw this.#inaccessible(error);
    } finally {
      closeSync(fd);
    }
    if (!this.#isContinued(used)) this.#forget();
    // Once: where the file system keeps no such time, the system gives one that moves instead.
    if (this.#born === 0) this.#born = born;
    if (used > this.#parsed) await this.#parse(used, pace);
    return true;
  }

  #refuseSpecial(fd: number): void {
    const kind = kindOfFile(fd);
    // A directory says so itself, by the system's error.
    if (kind === 'a file' || kind === 'a directory') return;
    const detail = `is not a file of metrics, expected a regular file, got ${kind}`;
    throw new UnreadableError('foreign', this.#path, detail);
  }

  /** Copies all that is in use, and returns how much that is. */
  #readUsed(fd: number, isYoung: boolean): number {
    [this.#bytes, this.#before] = [this.#before, this.#bytes];
    const known = Math.max(FIRST_BYTES, this.#parsed);
    this.#reserve(known);
    const read = this.#readBytes(fd, 0, known);
    if (read === 0) {
      if (isYoung) return PYTHON_HEADER_BYTES;
      throw this.#unreadable(
        'empty',
        `is empty, expected ${PYTHON_HEADER_BYTES} bytes or more, got 0`,
      );
    }
    if (read < PYTHON_HEADER_BYTES) throw this.#truncated(PYTHON_HEADER_BYTES, read);
    // 0 for as long as its process is making it.
    const used = new Int32Array(this.#bytes.buffer)[0]! || PYTHON_HEADER_BYTES;
    if (used < PYTHON_HEADER_BYTES || used % 8 !== 0) {
      throw this.#unreadable('corrupt', `is damaged at byte 0, expected a length, got ${used}`);
    }
    if (used > read) {
      // Asked first, so that a flipped bit in the length does not make us allocate gigabytes; and
      // no sooner, since a length that was read belongs to a file that may just have grown.
      const { size } = fstatSync(fd);
      if (used > size) throw this.#truncated(used, size);
      this.#reserve(used);
      const all = read + this.#readBytes(fd, read, used);
      if (all < used) throw this.#truncated(used, all);
    }
    return used;
  }

  /** Reads from `from` to `to`, as far as there is anything. Returns how much there was. */
  #readBytes(fd: number, from: number, to: number): number {
    let at = from;
    while (at < to) {
      const read = readSync(fd, this.#bytes, at, to - at, at);
      if (read === 0) break;
      at += read;
    }
    return at - from;
  }

  #reserve(length: number): void {
    if (this.#bytes.length >= length) return;
    // Twice, since a file that grew goes on growing; of whole float64.
    const bytes = new Uint8Array(2 * Math.ceil(length / 8) * 8);
    bytes.set(this.#bytes);
    this.#bytes = bytes;
  }

  /**
   * True when all that was parsed is still there. It is not where the directory was emptied and a
   * process with the same number came, whose file may well have the same place on the disk.
   */
  #isContinued(used: number): boolean {
    if (used < this.#parsed) return false;
    const now = new Int32Array(this.#bytes.buffer);
    const before = new Int32Array(this.#before.buffer);
    const valueWords = (this.#valueBytes ?? 0) / 4;
    let at = PYTHON_HEADER_BYTES / 4;
    for (const { place } of this.#entries) {
      const end = place * 2;
      for (; at < end; at++) if (now[at] !== before[at]) return false;
      at += valueWords;
    }
    return true;
  }

  #forget(): void {
    this.#parsed = PYTHON_HEADER_BYTES;
    this.#valueBytes = undefined;
    this.#entries = [];
    this.#revision++;
    this.#born = 0;
  }

  async #parse(used: number, pace: Pace): Promise<void> {
    const where = { bytes: this.#bytes, from: this.#parsed, used, path: this.#path };
    const parse = (valueBytes: ValueBytes): Promise<PythonEntry[]> =>
      pace.run(parseEntries({ ...where, valueBytes }));
    let added: PythonEntry[];
    if (this.#valueBytes === undefined) {
      try {
        added = await parse(16);
        this.#valueBytes = 16;
      } catch (error) {
        try {
          added = await parse(8);
          this.#valueBytes = 8;
        } catch {
          throw error;
        }
      }
    } else {
      added = await parse(this.#valueBytes);
    }
    this.#entries = [...this.#entries, ...added];
    this.#parsed = used;
    this.#revision++;
  }

  #open(): number | undefined {
    try {
      return openToRead(this.#path);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw this.#inaccessible(error);
    }
  }

  #unreadable(why: 'empty' | 'corrupt' | 'truncated', detail: string): UnreadableError {
    return new UnreadableError(why, this.#path, detail);
  }

  #truncated(expected: number, got: number): UnreadableError {
    return this.#unreadable('truncated', `is truncated, expected ${expected} bytes, got ${got}`);
  }

  #inaccessible(cause: unknown): UnreadableError {
    const detail = `cannot be read, expected its contents, got ${reason(cause)}`;
    return new UnreadableError('inaccessible', this.#path, detail, { cause });
  }
}

/**
 * Reads the archive of a directory: the one with the highest generation, parsed once and kept for as
 * long as it is the same. It is held open while a scrape relies on it, since an open file still says
 * how many names it has: none means that another archive has taken its place.
 */

import { closeSync, fstatSync, readSync } from 'node:fs';
import { archivePath } from '../directory/shared-directory.ts';
import { UnreadableError } from '../segment/unreadable.ts';
import { openToRead } from '../system/open-file.ts';
import type { Pace } from '../system/pace.ts';
import { reason } from '../system/system-error.ts';
import { ARCHIVE_HEADER_BYTES, archiveDigest, decodeArchive } from './archive.ts';
import { type Archive, type ArchivedPart, readPart } from './archive-part.ts';
import type { MachineRuns } from './machine-runs.ts';

/** An archive that is held open. */
export class OpenArchive {
  readonly #fd: number;
  /** What it holds. */
  readonly archive: Archive | undefined;
  /** Why nothing of it can be shown. */
  readonly error: UnreadableError | undefined;

  /** {@linkcode ArchiveReader.open} makes it. */
  constructor(fd: number, archive: Archive | UnreadableError) {
    this.#fd = fd;
    if (archive instanceof UnreadableError) this.error = archive;
    else this.archive = archive;
  }

  /** False once it has lost its name, which it does before any file that it knows not of. */
  isCurrent(): boolean {
    return fstatSync(this.#fd).nlink > 0;
  }

  /** Lets go of it. What was read stays. */
  close(): void {
    closeSync(this.#fd);
  }
}

/** Reads the archives of one directory. */
export class ArchiveReader {
  readonly #directory: string;
  readonly #runs: MachineRuns;
  #kept: { readonly digest: string; readonly archive: Archive } | undefined;

  /** Nothing is read yet. */
  constructor(directory: string, runs: MachineRuns) {
    this.#directory = directory;
    this.#runs = runs;
  }

  /**
   * Opens and reads an archive. `undefined` when it is no longer there: another one is.
   *
   * @throws {UnreadableError} `inaccessible`, when it cannot be opened.
   */
  async open(generation: number, pace: Pace): Promise<OpenArchive | undefined> {
    const path = archivePath(this.#directory, generation);
    let fd: number;
    try {
      fd = openToRead(path);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw inaccessible(path, error);
    }
    try {
      return new OpenArchive(fd, await this.#read(fd, generation, path, pace));
    } catch (error) {
      return new OpenArchive(
        fd,
        error instanceof UnreadableError ? error : inaccessible(path, error),
      );
    }
  }

  async #read(fd: number, generation: number, path: string, pace: Pace): Promise<Archive> {
    const kept = this.#kept;
    const digest = archiveDigest(readBytes(fd, ARCHIVE_HEADER_BYTES));
    if (kept?.archive.generation === generation && kept.digest === digest) return kept.archive;
    const { parts, ...about } = decodeArchive(readBytes(fd, fstatSync(fd).size), path);
    const read: ArchivedPart[] = [];
    const where = { path, revision: generation, runs: this.#runs };
    for (const part of parts) read.push(await readPart(part, where, pace));
    const archive: Archive = { ...about, generation, parts: read };
    this.#kept = { digest, archive };
    return archive;
  }
}

/** The first `length` bytes, or as many as there are. */
function readBytes(fd: number, length: number): Buffer<ArrayBuffer> {
  const bytes = Buffer.from(new ArrayBuffer(length));
  let at = 0;
  while (at < length) {
    const read = readSync(fd, bytes, at, length - at, at);
    if (read === 0) break;
    at += read;
  }
  return bytes.subarray(0, at);
}

function inaccessible(path: string, cause: unknown): UnreadableError {
  const detail = `cannot be read, expected its contents, got ${reason(cause)}`;
  return new UnreadableError('inaccessible', path, detail, { cause });
}

/**
 * A directory for one process and its threads: in memory where there is a file system for that, and
 * gone when the process ends. A process that is killed cannot remove its own; the next one of the same
 * user does.
 */

import {
  closeSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  readSync,
  rmdirSync,
  rmSync,
  statSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MetricsError } from '../model/error.ts';
import { judgeLiveness, type LivenessOptions } from './directory/liveness.ts';
import { FILE_SUFFIX, HEADER_BYTES, readHeader } from './segment/segment.ts';
import { openToRead } from './system/open-file.ts';
import { reason } from './system/system-error.ts';

/** A tmpfs wherever there is a Linux: what is counted should not go to a disk. */
const IN_MEMORY = '/dev/shm';

const PREFIX = 'promethium-private-';

/** A directory that is younger may be one whose process has not made its file yet. */
const SETTLED_AFTER_MS = 60_000;

/** Where private directories are made, the best place first. */
export function privatePlaces(): string[] {
  return [IN_MEMORY, tmpdir()];
}

/**
 * Makes a directory that nobody else may look into.
 *
 * @param places - Where to, the first one that takes it.
 * @throws {MetricsError} `DIRECTORY_UNUSABLE` when none of them does.
 */
export function createPrivateDirectory(places: readonly string[]): string {
  let cause: unknown;
  for (const place of places) {
    try {
      return mkdtempSync(join(place, PREFIX));
    } catch (error) {
      cause = error;
    }
  }
  throw new MetricsError(
    'DIRECTORY_UNUSABLE',
    `directory "${places.at(-1)}": cannot be used, expected to create one in it, got ${reason(cause)}`,
    { cause },
  );
}

/**
 * Removes the directories in `place` that this user's processes left when they were killed. One of
 * which it is not certain that all its writers are dead is left alone, at the time `nowMs`. Never throws.
 */
export function removeForsaken(place: string, liveness: LivenessOptions, nowMs: number): void {
  for (const name of list(place)) {
    if (!name.startsWith(PREFIX)) continue;
    const directory = join(place, name);
    try {
      const { uid, mtimeMs } = lstatSync(directory);
      if (uid !== process.getuid?.() || nowMs - mtimeMs < SETTLED_AFTER_MS) continue;
      const files = list(directory).filter((file) => WRITTEN.test(file));
      // Nothing has been counted in it: its process, should it live, makes it anew.
      if (files.length === 0) rmdirSync(directory);
      else if (files.every((file) => isDead(join(directory, file), liveness)))
        removeDirectory(directory);
    } catch {
      // Removed by another process that came, or not to be read.
    }
  }
}

/** The name of the file of a process. */
const WRITTEN = new RegExp(`^[0-9a-f]{32}\\${FILE_SUFFIX}$`);

function isDead(path: string, liveness: LivenessOptions): boolean {
  const fd = openToRead(path);
  try {
    const header = new ArrayBuffer(HEADER_BYTES);
    const length = readSync(fd, new Uint8Array(header), 0, HEADER_BYTES, 0);
    return judgeLiveness(fd, readHeader(header, length, path), liveness) === 'dead';
  } finally {
    closeSync(fd);
  }
}

function list(directory: string): string[] {
  return statSync(directory, { throwIfNoEntry: false })?.isDirectory() === true
    ? readdirSync(directory)
    : [];
}

/** Removes a directory with all that is in it. Never throws. */
export function removeDirectory(directory: string): void {
  try {
    rmSync(directory, { recursive: true, force: true });
  } catch {
    // The end of a process is no place for an error: the next one tries again.
  }
}

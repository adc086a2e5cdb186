/** The directory that the processes share: made before the first file, tidied by each that comes. */

import { closeSync, mkdirSync, readdirSync, statSync, unlinkSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { MetricsError } from '../../model/error.ts';
import type { Mapper } from '../mapping/mapper.ts';
import { FILE_SUFFIX, HIDDEN_SUFFIX } from '../segment/segment.ts';
import { openToRead } from '../system/open-file.ts';
import { reason } from '../system/system-error.ts';
import type { Warning } from '../system/warnings.ts';

/**
 * Makes the directory if it is not there.
 *
 * @throws {MetricsError} `DIRECTORY_UNUSABLE` when that is not possible, or it is something else.
 */
export function createDirectory(directory: string): void {
  try {
    makeLevels(resolve(directory));
  } catch (cause) {
    const got = reason(cause) === 'EEXIST' ? 'a file' : reason(cause);
    throw new MetricsError(
      'DIRECTORY_UNUSABLE',
      `directory "${directory}": cannot be used, expected a directory or to create one, got ${got}`,
      { cause },
    );
  }
}

/** What is said of what keeps series out of the directory, and what that means for them. */
export function noRoom(directory: string, cause: unknown): Warning {
  const detail = `cannot hold a file of metrics, expected to write one, got ${reason(cause)}`;
  const { code, message } =
    cause instanceof MetricsError
      ? cause
      : new MetricsError('DIRECTORY_UNUSABLE', `directory "${directory}": ${detail}`);
  const then = 'what finds no room there lies on the heap of this process, which alone shows it';
  return { code, message: `${message}; ${then}` };
}

/** The names of archives, by their generations: `archive.7.promethium`. */
const ARCHIVE_NAME = /^archive\.(0|[1-9]\d{0,14})\.promethium$/;

/** The folder with the lock of whoever folds the dead. */
export const LOCK_FOLDER = 'fold';

/** What is left of one who is killed before its archive, or the lock it makes, has a name. */
const UNFINISHED = /^(archive\.[0-9a-f]{32}\.promethium\.new|fold\.[0-9a-f]{32})$/;

/** Where the archive of a generation lies. */
export function archivePath(directory: string, generation: number): string {
  return join(directory, `archive.${generation}${FILE_SUFFIX}`);
}

/** Where an archive is written before it has a name. `id` is 32 hexadecimal digits, random. */
export function unnamedArchivePath(directory: string, id: string): string {
  return join(directory, `archive.${id}${FILE_SUFFIX}${HIDDEN_SUFFIX}`);
}

/** What lies in a directory, by its names. */
export interface DirectoryListing {
  /** The ids in the names of files of processes, in order. */
  readonly ids: readonly string[];
  /** The generations of archives, the oldest first. */
  readonly archives: readonly number[];
  /** Paths of archives and locks that have no name yet, and never will if their maker was killed. */
  readonly unfinished: readonly string[];
}

/**
 * Lists a directory.
 *
 * @throws The error of the system.
 */
export function listDirectory(directory: string): DirectoryListing {
  const ids: string[] = [];
  const archives: number[] = [];
  const unfinished: string[] = [];
  for (const name of readdirSync(directory)) {
    const archive = ARCHIVE_NAME.exec(name);
    if (archive !== null) archives.push(Number(archive[1]));
    else if (name.endsWith(FILE_SUFFIX)) ids.push(name.slice(0, -FILE_SUFFIX.length));
    else if (UNFINISHED.test(name)) unfinished.push(join(directory, name));
  }
  return { ids: ids.sort(), archives: archives.sort((a, b) => a - b), unfinished };
}

/** Making a file takes milliseconds: one that is still being made after a minute never will be. */
const LEFT_OVER_AFTER_MS = 60_000;

/** The name of a file that is being made. */
const HIDDEN_NAME = new RegExp(`^[0-9a-f]{32}\\${FILE_SUFFIX}\\${HIDDEN_SUFFIX}$`);

/**
 * Removes what processes left that were killed while they made their files: nobody reads these, and
 * nobody else would ever remove them. One that is locked, or younger than a minute at the time
 * `nowMs`, is left alone. Should its writer have been stopped meanwhile and go on, it finds the file
 * gone and counts on its heap until it makes another. Never throws.
 */
export function removeLeftovers(
  directory: string,
  mapper: Mapper | undefined,
  nowMs: number,
): void {
  let names: string[] = [];
  try {
    names = readdirSync(directory);
  } catch {
    // Files can be made in a directory that cannot be listed.
  }
  for (const name of names) {
    if (HIDDEN_NAME.test(name)) removeLeftover(join(directory, name), mapper, nowMs);
  }
}

function removeLeftover(path: string, mapper: Mapper | undefined, nowMs: number): void {
  try {
    if (nowMs - statSync(path).mtimeMs < LEFT_OVER_AFTER_MS) return;
    const fd = openToRead(path);
    const isLocked = mapper?.isUnlocked(fd) === false;
    closeSync(fd);
    if (!isLocked) unlinkSync(path);
  } catch {
    // Shown just now, removed by another process that came, or another user's.
  }
}

/** Level by level from above: Node's own way of making all of them never ends below `/proc`. */
function makeLevels(path: string): void {
  if (isDirectory(path)) return;
  const above = dirname(path);
  if (above !== path) makeLevels(above);
  try {
    mkdirSync(path);
  } catch (error) {
    // Another process of the service may have been faster.
    if (!isDirectory(path)) throw error;
  }
}

function isDirectory(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

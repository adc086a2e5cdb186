/** How a process takes part in a service of many, and which of it is refused. */

import { resolve } from 'node:path';
import { show } from '../model/error.ts';
import { MAPPER_CHOICES, type MapperChoice } from './mapping/mapper-choice.ts';

/** How a process takes part in a service of many. */
export interface MultiprocessStorageOptions {
  /**
   * The directory that all processes of the service share, and no other service. A relative path
   * is one from the working directory that this process has now.
   */
  readonly directory: string;
  /**
   * How this process reaches its file. Others may do otherwise: the files are the same.
   *
   * @default 'auto'
   */
  readonly mapper?: MapperChoice;
  /**
   * How long what was counted may take to reach the file where nothing can map; it is what a
   * SIGKILL can lose. Of no effect on mapped files, which lose nothing.
   *
   * @default 50
   */
  readonly flushIntervalMs?: number;
  /**
   * How old at most, while the event loop turns, what others see of this process's callbacks and
   * collectors: they are asked this often, and on the way out, beside this process's own scrapes.
   *
   * @default 5000
   */
  readonly publishIntervalMs?: number;
  /**
   * True for a process that only shows what others count: it makes no file, and the directory may
   * be one that it cannot write, or that is not there yet. What it counts itself it alone can show.
   *
   * @default false
   */
  readonly readOnly?: boolean;
  /**
   * Who may read this process's file. Its own user alone, unless processes of other users serve the
   * metrics: `0o640` for those of its group, `0o644` for all. The umask takes nothing from it.
   *
   * @default 0o600
   */
  readonly fileMode?: number;
}

/** The same, complete. */
export type StorageSettings = Required<MultiprocessStorageOptions>;

/** The longest time that timers can wait; they take what is longer for no time at all. */
const LONGEST_INTERVAL_MS = 2 ** 31 - 1;

/**
 * Returns the options with what was left out.
 *
 * @throws {TypeError} When there are no options or an unknown one, `directory` is not a string or
 * `readOnly` not a boolean.
 * @throws {RangeError} When `directory` is empty, or `mapper`, an interval or `fileMode` is none
 * there is.
 */
export function toSettings(options: MultiprocessStorageOptions): StorageSettings {
  refuseUnknown(options);
  const {
    directory,
    mapper = 'auto',
    flushIntervalMs = 50,
    publishIntervalMs = 5000,
    readOnly = false,
    fileMode = 0o600,
  } = options;
  validateDirectory(directory);
  if (!MAPPER_CHOICES.includes(mapper)) {
    throw new RangeError(
      `storage "mapper": unknown, expected ${MAPPER_CHOICES.map(show).join(', ')}, got ${show(mapper)}`,
    );
  }
  if (!(Number.isFinite(flushIntervalMs) && flushIntervalMs >= 1)) {
    throw new RangeError(
      `storage "flushIntervalMs": not a time, expected a number >= 1, got ${show(flushIntervalMs)}`,
    );
  }
  if (!(publishIntervalMs >= 1 && publishIntervalMs <= LONGEST_INTERVAL_MS)) {
    throw new RangeError(
      `storage "publishIntervalMs": not a time, expected milliseconds >= 1 and < 2^31, got ${show(publishIntervalMs)}`,
    );
  }
  validateFileMode(fileMode);
  if (typeof readOnly !== 'boolean') {
    throw new TypeError(
      `storage "readOnly": not a boolean, expected true or false, got ${show(readOnly)}`,
    );
  }
  const absolute = toAbsolute(directory);
  return { directory: absolute, mapper, flushIntervalMs, publishIntervalMs, readOnly, fileMode };
}

/** Once for all: a program may change its working directory before its first metric, or after. */
function toAbsolute(directory: string): string {
  try {
    return resolve(directory);
  } catch {
    // The working directory is gone, or Deno may not say which it is.
    return directory;
  }
}

const OPTIONS = [
  'directory',
  'mapper',
  'flushIntervalMs',
  'publishIntervalMs',
  'readOnly',
  'fileMode',
] as const satisfies readonly (keyof MultiprocessStorageOptions)[];

function refuseUnknown(options: unknown): void {
  if (typeof options !== 'object' || options === null) {
    throw new TypeError(`storage: no options, expected { directory, … }, got ${show(options)}`);
  }
  const unknown = Object.keys(options).find(
    (name) => !(OPTIONS as readonly string[]).includes(name),
  );
  if (unknown === undefined) return;
  throw new TypeError(
    `storage: unknown option, expected ${OPTIONS.join(', ')}, got ${show(unknown)}`,
  );
}

function validateDirectory(directory: unknown): void {
  if (typeof directory !== 'string') {
    throw new TypeError(
      `storage "directory": not a path, expected a string, got ${show(directory)}`,
    );
  }
  if (directory === '') {
    throw new RangeError('storage "directory": not a path, expected one, got ""');
  }
}

function validateFileMode(fileMode: number): void {
  const isMode =
    Number.isInteger(fileMode) && (fileMode & 0o600) === 0o600 && (fileMode & ~0o666) === 0;
  if (isMode) return;
  const got =
    Number.isInteger(fileMode) && fileMode >= 0 ? `0o${fileMode.toString(8)}` : show(fileMode);
  throw new RangeError(
    `storage "fileMode": not for files of metrics, expected 0o600, and reading or writing for others, such as 0o644, got ${got}`,
  );
}

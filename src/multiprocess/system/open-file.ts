/**
 * Opens what bears the name of a file of metrics and may be anything: a pipe, opened in the usual
 * way, would hold the whole program until somebody writes into it.
 */

import { closeSync, constants, fstatSync, openSync } from 'node:fs';
import { devNull } from 'node:os';
import { reason } from './system-error.ts';

/**
 * Opens a file for reading, and never waits for it.
 *
 * @throws The error of the system.
 */
export function openToRead(path: string): number {
  // Windows has no such flag, and no such pipes.
  return openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
}

/** True while this process may open no more files, which makes all sorts of things fail. */
export function isOutOfDescriptors(): boolean {
  try {
    closeSync(openSync(devNull, 'r'));
    return false;
  } catch (error) {
    return isForWantOfDescriptors(error);
  }
}

/** True of the errors that say so, of the process (EMFILE) or of the whole system (ENFILE). */
export function isForWantOfDescriptors(error: unknown): boolean {
  return error instanceof Error && ['EMFILE', 'ENFILE'].includes(reason(error));
}

/** What is open as `fd`, as sentences name it. */
export function kindOfFile(fd: number): 'a file' | 'a directory' | 'a pipe' | 'a device' {
  const status = fstatSync(fd);
  if (status.isFile()) return 'a file';
  if (status.isDirectory()) return 'a directory';
  return status.isFIFO() ? 'a pipe' : 'a device';
}

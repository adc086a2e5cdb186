/**
 * Opens what bears the name of a file of metrics and may be anything: a pipe, opened in the usual
 * way, would hold the whole program until somebody writes into it.
 */

import { constants, fstatSync, openSync } from 'node:fs';

/**
 * Opens a file for reading, and never waits for it.
 *
 * @throws The error of the system.
 */
export function openToRead(path: string): number {
  // Windows has no such flag, and no such pipes.
  return openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
}

/** What is open as `fd`, as sentences name it. */
export function kindOfFile(fd: number): 'a file' | 'a directory' | 'a pipe' | 'a device' {
  const status = fstatSync(fd);
  if (status.isFile()) return 'a file';
  if (status.isDirectory()) return 'a directory';
  return status.isFIFO() ? 'a pipe' : 'a device';
}

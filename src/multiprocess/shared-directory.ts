/** The directory that the processes share: made before the first file, tidied by each that comes. */

import { mkdirSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { MetricsError } from '../model/error.ts';
import { reason } from './system-error.ts';

/**
 * Makes the directory if it is not there.
 *
 * @throws {MetricsError} `DIRECTORY_UNUSABLE` when that is not possible, or it is something else.
 */
export function createDirectory(directory: string): void {
  try {
    makeLevels(resolve(directory));
  } catch (cause) {
    throw new MetricsError(
      'DIRECTORY_UNUSABLE',
      `directory "${directory}": cannot be used, expected a directory or to create one, got ${reason(cause)}`,
      { cause },
    );
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

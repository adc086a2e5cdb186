/**
 * Puts an archive into the directory, all at once and never over another one: it is written under a
 * name that nobody reads, and gets its own by a link, which fails where the name is taken. A rename
 * would replace.
 */

import { fchmodSync, linkSync, unlinkSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { archivePath, unnamedArchivePath } from '../directory/shared-directory.ts';
import { newId } from '../segment/segment-id.ts';
import { reason } from '../system/system-error.ts';

/** Where an archive goes. */
export interface ArchiveFileOptions {
  /** The directory that the processes share. */
  readonly directory: string;
  /** Counts the archives of the directory. */
  readonly generation: number;
  /** Who may read it, as the system counts it. */
  readonly fileMode: number;
  /** Told of each step, for tests that kill the process there. */
  readonly onStep: (step: 'written' | 'linked' | 'named') => void;
}

/**
 * Writes an archive and gives it its name. False when there is one of that name.
 *
 * It is on the disk before it has a name, so that a machine that loses its power does not leave an
 * empty one. That takes the thread pool's time, not this one's.
 *
 * @throws The error of the system. Nothing is left behind then.
 */
export async function publishArchive(
  bytes: Uint8Array,
  { directory, generation, fileMode, onStep }: ArchiveFileOptions,
): Promise<boolean> {
  const unnamed = unnamedArchivePath(directory, newId());
  try {
    const file = await open(unnamed, 'wx', 0o600);
    try {
      if (fileMode !== 0o600) fchmodSync(file.fd, fileMode);
      await file.writeFile(bytes);
      await file.datasync();
    } finally {
      await file.close();
    }
    onStep('written');
    return link(unnamed, archivePath(directory, generation), onStep);
  } catch (error) {
    remove(unnamed);
    throw error;
  }
}

function link(from: string, to: string, onStep: ArchiveFileOptions['onStep']): boolean {
  try {
    linkSync(from, to);
    onStep('linked');
    unlinkSync(from);
    onStep('named');
    return true;
  } catch (error) {
    if (reason(error) !== 'EEXIST') throw error;
    remove(from);
    return false;
  }
}

function remove(path: string): void {
  try {
    unlinkSync(path);
  } catch {
    // It was never made, or is gone with its directory.
  }
}

/**
 * The lock of whoever folds the dead: a folder that holds one file for ever, whose name says who has
 * it. It is taken, stolen from a dead holder and given back by renaming that file, and of several who
 * rename it from one name the system lets one succeed.
 *
 * Where there are locks of the kernel, the file is locked before it is renamed. So a name that says
 * that its holder has such a lock, on a file that is not locked, is a dead one's, with no moment in
 * between in which a living holder looks like that.
 */

import { closeSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Judged, judgeLiveness, type LivenessOptions } from './liveness.ts';
import { openToRead } from './open-file.ts';
import { LOCK_FOLDER } from './shared-directory.ts';
import { reason } from './system-error.ts';

/** The file's name while nobody folds. */
const FREE = 'free';

/** `locked` or `process`, then who: pid, its start, its namespace, the boot, and something random. */
const HOLDER = /^(locked|process)\.(\d+)\.(\d+(?:\.\d+)?)-(\d+)-([0-9a-f]{32})-[0-9a-f]{32}$/;

/** Where the lock is, and who wants it. */
export interface FoldLockOptions extends LivenessOptions {
  /** The directory that the processes share. */
  readonly directory: string;
  /** 32 hexadecimal digits, random, never used again. */
  readonly id: string;
}

/** The lock, held. */
export class FoldLock {
  readonly #path: string;
  readonly #free: string;
  readonly #fd: number;

  private constructor(path: string, free: string, fd: number) {
    this.#path = path;
    this.#free = free;
    this.#fd = fd;
  }

  /**
   * Takes the lock, or steals it from a holder that is certainly dead. `undefined` when somebody
   * else has it, or may have it.
   *
   * @throws The error of the system, where the directory takes no folder, or renames nothing.
   */
  static take(options: FoldLockOptions): FoldLock | undefined {
    const folder = join(options.directory, LOCK_FOLDER);
    const current = currentName(folder) ?? createLock(folder, options.id);
    if (current === undefined) return undefined;
    const from = join(folder, current);
    const fd = openIfThere(from);
    if (fd === undefined) return undefined;
    try {
      const name = claim(current, fd, options);
      if (name !== undefined) {
        const path = join(folder, name);
        renameSync(from, path);
        return new FoldLock(path, join(folder, FREE), fd);
      }
    } catch (error) {
      closeSync(fd);
      // Somebody was faster.
      if (reason(error) === 'ENOENT') return undefined;
      throw error;
    }
    closeSync(fd);
    return undefined;
  }

  /** Gives it back. Never throws: what cannot be given back is stolen when its holder is dead. */
  release(): void {
    try {
      renameSync(this.#path, this.#free);
    } catch {
      // The directory is gone, or cannot be written any more.
    }
    closeSync(this.#fd);
  }
}

/** The name to hold it by, where nobody else does. */
function claim(current: string, fd: number, options: FoldLockOptions): string | undefined {
  const { mapper, self, id } = options;
  const holder = parseHolder(current);
  if (holder !== undefined && judgeLiveness(fd, holder, options) !== 'dead') return undefined;
  // It may be refused although nobody holds it by name, by one who is about to.
  if (mapper?.lock(fd) === false) return undefined;
  const kind = mapper === undefined ? 'process' : 'locked';
  return `${kind}.${self.pid}.${self.processStart}-${self.pidNamespace}-${self.bootId}-${id}`;
}

function parseHolder(name: string): Judged | undefined {
  const match = HOLDER.exec(name);
  if (match === null) return undefined;
  const [, kind, pid, processStart, pidNamespace, bootId] = match;
  return {
    locked: kind === 'locked',
    pid: Number(pid),
    processStart: Number(processStart),
    pidNamespace: Number(pidNamespace),
    bootId: bootId!,
  };
}

/**
 * The one name in the folder, `undefined` where there is no folder yet or nothing in it.
 *
 * A listing made while the file is renamed may show both names, or none: of two the first is tried,
 * and what is not there then is somebody else's.
 */
function currentName(folder: string): string | undefined {
  try {
    return readdirSync(folder).find((name) => name === FREE || HOLDER.test(name));
  } catch (error) {
    if (reason(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/**
 * Makes the folder with its file in it, in one step: a folder cannot be renamed to one that holds
 * something, so that there never are two files. `undefined` when somebody else has made it.
 */
function createLock(folder: string, id: string): string | undefined {
  const made = `${folder}.${id}`;
  mkdirSync(made, 0o777);
  try {
    writeFileSync(join(made, FREE), '');
    renameSync(made, folder);
    return FREE;
  } catch (error) {
    rmSync(made, { recursive: true, force: true });
    // `ENOENT`: whoever has the lock tidies up, and takes this for what a killed process left.
    if (['ENOTEMPTY', 'EEXIST', 'ENOENT'].includes(reason(error))) return undefined;
    throw error;
  }
}

function openIfThere(path: string): number | undefined {
  try {
    return openToRead(path);
  } catch (error) {
    if (reason(error) === 'ENOENT') return undefined;
    throw error;
  }
}

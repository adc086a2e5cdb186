/**
 * The lock of whoever folds the dead: a folder that holds one file for ever, whose name says who has
 * it. It is taken, stolen from a dead holder and given back by renaming that file, and of several who
 * rename it from one name the system lets one succeed.
 *
 * Where there are locks of the kernel, the file is locked before it is renamed. So a name that says
 * that its holder has such a lock, on a file that is not locked, is a dead one's, with no moment in
 * between in which a living holder looks like that.
 */

import {
  closeSync,
  existsSync,
  futimesSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { type Judged, judgeLiveness, type LivenessOptions } from '../directory/liveness.ts';
import { LOCK_FOLDER } from '../directory/shared-directory.ts';
import type { Mapper } from '../mapping/mapper.ts';
import { openToRead } from '../system/open-file.ts';
import { reason } from '../system/system-error.ts';

/** The file's name while nobody folds. */
const FREE = 'free';

/**
 * `locked` or `process`, then who: pid, its start, its namespace, the boot, and something random. Of
 * a worker thread that only its name tells, the kernel's id and its start as well.
 */
const HOLDER =
  /^(locked|process)\.(\d+)\.(\d+(?:\.\d+)?)-(\d+)-([0-9a-f]{32})-[0-9a-f]{32}(?:\.(\d+)-(\d+))?$/;

/** Folding takes seconds at the most. */
const STUCK_AFTER_MS = 600_000;

/**
 * Watches a holder that cannot be judged, by the watcher's own clock: one in a container that is gone,
 * or on a machine that has restarted. It would keep the lock for ever.
 */
export class HolderWatch {
  readonly #now: () => number;
  #name = '';
  #since = 0;

  /** @param now - Milliseconds of a clock that nobody sets. */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** True once it has been the same, taking it once, for ten minutes. */
  isStuck(name: string): boolean {
    const now = this.#now();
    if (name !== this.#name) {
      this.#name = name;
      this.#since = now;
    }
    return now - this.#since >= STUCK_AFTER_MS;
  }
}

/** Where the lock is, and who wants it. */
export interface FoldLockOptions extends LivenessOptions {
  /** The directory that the processes share. */
  readonly directory: string;
  /** 32 hexadecimal digits, random, never used again. */
  readonly id: string;
  /** The same one each time. */
  readonly watch: HolderWatch;
}

/** What one finds that was taken for dead. What it began is no longer its own. */
export class LostLock extends Error {}

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
   * Takes the lock, or steals it from a holder that is certainly dead, or that cannot be judged and
   * has it for ten minutes. `undefined` when somebody else has it, or may have it.
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

  /**
   * Asks whether it was not stolen meanwhile, from one who stood still for long, or removed.
   *
   * @throws {LostLock} When it was.
   */
  requireHeld(): void {
    if (!existsSync(this.#path)) throw new LostLock();
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
  const { self, id, watch } = options;
  const holder = parseHolder(current);
  if (holder !== undefined) {
    const liveness = judgeLiveness(fd, holder, options);
    if (liveness === 'alive' || (liveness === 'unknown' && !watch.isStuck(current)))
      return undefined;
  }
  const who = `${self.pid}.${self.processStart}-${self.pidNamespace}-${self.bootId}-${id}`;
  const mapper = lockingMapper(options);
  // It may be refused although nobody holds it by name, by one who is about to.
  if (mapper !== undefined) return mapper.lock(fd) ? `locked.${who}` : undefined;
  touch(fd);
  return self.kernelThread === 0
    ? `process.${who}`
    : `process.${who}.${self.kernelThread}-${self.threadStart}`;
}

/** On Bun a lock outlives the worker thread that took it, which may be terminated while it folds. */
function lockingMapper({ mapper, self }: LivenessOptions): Mapper | undefined {
  return mapper?.name === 'bun' && self.threadId !== 0 ? undefined : mapper;
}

/** Dates the file: after a restart of the machine it tells that this was before. */
function touch(fd: number): void {
  const now = Date.now() / 1000;
  try {
    futimesSync(fd, now, now);
  } catch {
    // Another user's: it is the watch then that ends it.
  }
}

function parseHolder(name: string): Judged | undefined {
  const match = HOLDER.exec(name);
  if (match === null) return undefined;
  const [, kind, pid, processStart, pidNamespace, bootId, kernelThread, threadStart] = match;
  return {
    locked: kind === 'locked',
    pid: Number(pid),
    processStart: Number(processStart),
    pidNamespace: Number(pidNamespace),
    bootId: bootId!,
    kernelThread: Number(kernelThread ?? 0),
    threadStart: Number(threadStart ?? 0),
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

/**
 * Whether the writer of a file still lives.
 *
 * The lock it holds is the one proof that is right in every case, whether the writer was killed or
 * stopped, is a zombie or in another container: the kernel drops it at death and never before.
 * Where no lock can be asked, the process id and its start time tell within one pid namespace of
 * one boot; what was written before this boot is nobody's any more. Everything else stays unknown.
 *
 * A worker thread is told by its kernel's id as well, since it may end long before its process: on Bun
 * the lock is its process's, and where there is none there is only the process id.
 */

import { fstatSync } from 'node:fs';
import { uptime } from 'node:os';
import type { Mapper } from '../mapping/mapper.ts';
import type { ReadHeader } from '../segment/segment.ts';
import { NO_BOOT_ID, type ProcessIdentity, processStatus } from '../system/process-identity.ts';

/** `unknown` is neither: it may be hidden, but never be treated as dead. */
export type Liveness = 'alive' | 'dead' | 'unknown';

/** How long a heartbeat may stand still before an unknown process counts as silent. */
const SILENT_AFTER_SECONDS = 30;

/** Who asks, and with what. */
export interface LivenessOptions {
  /** Asks for locks; `undefined` where nothing here can. */
  readonly mapper: Mapper | undefined;
  /** The process that asks. */
  readonly self: ProcessIdentity;
}

/** What has to be known of a process to judge it. */
export type Judged = Pick<
  ReadHeader,
  'locked' | 'pid' | 'processStart' | 'pidNamespace' | 'bootId'
> &
  Partial<Pick<ReadHeader, 'kernelThread' | 'threadStart'>>;

/** Judges the writer of the file that is open as `fd` and begins with `header`. */
export function judgeLiveness(
  fd: number,
  header: Judged,
  { mapper, self }: LivenessOptions,
): Liveness {
  const isComparable =
    header.bootId !== NO_BOOT_ID &&
    header.bootId === self.bootId &&
    header.pidNamespace !== 0 &&
    header.pidNamespace === self.pidNamespace;
  if (header.locked && mapper !== undefined) {
    return mapper.isUnlocked(fd) || (isComparable && hasThreadEnded(header)) ? 'dead' : 'alive';
  }
  if (isComparable) return judgeProcess(header);
  return isOfEarlierRun(fd, header, self) ? 'dead' : 'unknown';
}

/** How far a file's time and the machine's start may be apart and be the same: clocks are corrected. */
const CLOCK_SLACK_MS = 60_000;

/**
 * True for what was written before the machine started last. Another boot id alone does not say so,
 * since a folder shared by two machines looks the same from here: what the other one writes was
 * written lately. Of mapped files nobody knows when, which is why those are left to their locks.
 */
function isOfEarlierRun(
  fd: number,
  { bootId, locked }: Judged,
  { bootId: own }: Pick<ProcessIdentity, 'bootId'>,
): boolean {
  if (locked || bootId === own || [bootId, own].includes(NO_BOOT_ID)) return false;
  try {
    const { mtimeMs } = fstatSync(fd);
    const now = Date.now();
    const started = now - uptime() * 1000;
    return mtimeMs < started - CLOCK_SLACK_MS || mtimeMs > now + CLOCK_SLACK_MS;
  } catch {
    // Deno without the permission to ask how long the machine has been running.
    return false;
  }
}

function judgeProcess(header: Judged): Liveness {
  const { pid, processStart } = header;
  try {
    process.kill(pid, 0);
  } catch (error) {
    // Any other refusal (EPERM) says that it is there, and somebody else's.
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return 'dead';
  }
  try {
    const { state, start } = processStatus(pid);
    if (state === 'Z' || state === 'X') return 'dead';
    if (processStart !== 0 && start !== processStart) return 'dead';
  } catch {
    // Not shown in /proc although it is there: the system hides other users' processes.
    return 'alive';
  }
  return hasThreadEnded(header) ? 'dead' : 'alive';
}

/** True when the writer was a worker thread that is gone, in a process that is there. */
function hasThreadEnded({ pid, kernelThread = 0, threadStart = 0 }: Judged): boolean {
  if (kernelThread === 0) return false;
  try {
    const { state, start } = processStatus(pid, kernelThread);
    return state === 'Z' || state === 'X' || (threadStart !== 0 && start !== threadStart);
  } catch {
    return isShown(pid);
  }
}

function isShown(pid: number): boolean {
  try {
    processStatus(pid);
    return true;
  } catch {
    return false;
  }
}

/** Watches the heartbeat of one writer, by the reader's own clock: the two may not agree. */
export class Heartbeat {
  #last = Number.NaN;
  #changedAt = 0;

  /** True once `heartbeat` has been the same for 30 seconds of `now`. */
  isSilent(heartbeat: number, now: number): boolean {
    if (heartbeat !== this.#last) {
      this.#last = heartbeat;
      this.#changedAt = now;
    }
    return now - this.#changedAt >= SILENT_AFTER_SECONDS;
  }
}

/**
 * Who writes a file: what has to be remembered of a process so that another one can tell, later and
 * from outside, whether it still lives. A process id alone is not enough, since ids come back.
 */

import { readFileSync, readlinkSync } from 'node:fs';
import { threadId } from 'node:worker_threads';

/** A thread of a process, as the header of its file names it. */
export interface ProcessIdentity {
  /** The process id, as the process itself sees it. */
  readonly pid: number;
  /** 0 for the main thread, else the number of the worker thread. */
  readonly threadId: number;
  /** When the process began, in clock ticks since the machine started; 0 where nobody says. */
  readonly processStart: number;
  /** Which run of the machine it is: 32 hexadecimal digits, all 0 where nobody says. */
  readonly bootId: string;
  /** The namespace in which `pid` counts, by inode; 0 where nobody says. */
  readonly pidNamespace: number;
  /** The kernel's id of a worker thread; 0 for the main thread, or where nobody says. */
  readonly kernelThread: number;
  /** When the worker thread began, in clock ticks; 0 for the main thread, or where nobody says. */
  readonly threadStart: number;
}

/** What `/proc` says of a process or a thread. */
export interface ProcessStatus {
  /** One letter, such as `S` for sleeping and `Z` for a zombie. */
  readonly state: string;
  /** When it began, in clock ticks since the machine started. */
  readonly start: number;
}

/** A boot id that says nothing. */
export const NO_BOOT_ID: string = '0'.repeat(32);

/** Returns the identity of the thread that calls. */
export function currentIdentity(): ProcessIdentity {
  const kernelThread = threadId === 0 ? 0 : attempt(readKernelThread, 0);
  const readThreadStart = (): number => processStatus(process.pid, kernelThread).start;
  return {
    pid: process.pid,
    threadId,
    processStart: attempt(() => processStatus('self').start, 0),
    bootId: attempt(readBootId, NO_BOOT_ID),
    pidNamespace: attempt(readPidNamespace, 0),
    kernelThread,
    threadStart: kernelThread === 0 ? 0 : attempt(readThreadStart, 0),
  };
}

/**
 * Reads the state and the start time of a process, or of one of its threads by the kernel's id.
 *
 * @throws The error of the system, where there is no `/proc` or no such process or thread in it.
 */
export function processStatus(pid: number | 'self', kernelThread?: number): ProcessStatus {
  const folder = kernelThread === undefined ? pid : `${pid}/task/${kernelThread}`;
  const text = readFileSync(`/proc/${folder}/stat`, 'latin1');
  // The second field is the command in parentheses, which may itself hold spaces and parentheses.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return { state: fields[0] ?? '', start: Number(fields[19]) };
}

/** What a series of `all` gauges bears as its label `pid`: threads of one process are told apart. */
export function processLabel({ pid, threadId }: Pick<ProcessIdentity, 'pid' | 'threadId'>): string {
  return threadId === 0 ? String(pid) : `${pid}-${threadId}`;
}

function readBootId(): string {
  const digits = readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').replaceAll(/[-\s]/g, '');
  return /^[0-9a-f]{32}$/.test(digits) ? digits : NO_BOOT_ID;
}

/** A worker thread is one thread of the system from beginning to end, on all runtimes. */
function readKernelThread(): number {
  return Number(/\/(\d+)$/.exec(readlinkSync('/proc/thread-self'))?.[1] ?? 0);
}

function readPidNamespace(): number {
  return Number(/\[(\d+)\]/.exec(readlinkSync('/proc/self/ns/pid'))?.[1] ?? 0);
}

function attempt<Value>(read: () => Value, otherwise: Value): Value {
  try {
    return read();
  } catch {
    return otherwise;
  }
}

/**
 * What the storage asks of the system beyond `node:fs`: to map a file into memory and to lock it.
 * Each runtime reaches the same two C functions by its own way; this is what they have in common.
 */

import { MetricsError } from '../model/error.ts';
import { reason } from './system-error.ts';

/** The ways to map a file. */
export type MapperName = 'koffi' | 'node-ffi' | 'bun' | 'deno';

/** Maps and locks files. */
export interface Mapper {
  /** Which way it is. */
  readonly name: MapperName;
  /** The version of what maps: a package's or the runtime's. */
  readonly version: string;
  /**
   * Maps `length` bytes of an open file, shared and writable. Never unmapped: a view that outlived
   * its mapping would kill the process.
   *
   * @throws {MetricsError} `MAPPING_FAILED` when the system refuses.
   */
  map(fd: number, offset: number, length: number): ArrayBuffer;
  /** Takes the exclusive lock of an open file, without waiting. False when another one holds it. */
  lock(fd: number): boolean;
  /** True when nobody holds the exclusive lock: whoever wrote the file is gone. */
  isUnlocked(fd: number): boolean;
}

/** The C functions, as one runtime's foreign function interface offers them. */
export interface ForeignFunctions {
  readonly name: MapperName;
  readonly version: string;
  /** `mmap` with a null address. Returns the address, -1 as the system does for failure. */
  mmap(length: number, protection: number, flags: number, fd: number, offset: number): bigint;
  /** `flock`: 0 when it succeeded. */
  flock(fd: number, operation: number): number;
  /** An array over memory at an address. */
  view(address: bigint, length: number): ArrayBuffer;
}

// The same numbers on Linux, macOS and the BSDs.
const PROT_READ_WRITE = 1 | 2;
const MAP_SHARED = 1;
const LOCK_SHARED = 1;
const LOCK_EXCLUSIVE = 2;
const LOCK_WITHOUT_WAITING = 4;
const LOCK_RELEASE = 8;
/** `MAP_FAILED`, which is -1 and not null: taken for an address, it is fatal. */
const MAP_FAILED = 0xffff_ffff_ffff_ffffn;

/** Machines whose `off_t` is 64 bits wide, as the declarations of the functions say it is. */
const WIDE = ['arm64', 'loong64', 'ppc64', 'riscv64', 's390x', 'x64'];

/** Builds a mapper on a runtime's foreign functions. */
export function createMapper(foreign: ForeignFunctions): Mapper {
  if (!WIDE.includes(process.arch)) {
    throw new MetricsError(
      'MAPPING_FAILED',
      `mapper "${foreign.name}": does not run here, expected a 64-bit machine, got ${process.arch}`,
    );
  }
  return {
    name: foreign.name,
    version: foreign.version,
    map: (fd, offset, length) => map(foreign, fd, offset, length),
    lock: (fd) => foreign.flock(fd, LOCK_EXCLUSIVE | LOCK_WITHOUT_WAITING) === 0,
    isUnlocked(fd) {
      if (foreign.flock(fd, LOCK_SHARED | LOCK_WITHOUT_WAITING) !== 0) return false;
      foreign.flock(fd, LOCK_RELEASE);
      return true;
    },
  };
}

function map(foreign: ForeignFunctions, fd: number, offset: number, length: number): ArrayBuffer {
  try {
    const address = foreign.mmap(length, PROT_READ_WRITE, MAP_SHARED, fd, offset);
    if (address !== 0n && BigInt.asUintN(64, address) !== MAP_FAILED) {
      return foreign.view(address, length);
    }
  } catch (cause) {
    throw refused(foreign, `cannot map ${length} bytes at ${offset}`, reason(cause), { cause });
  }
  throw refused(foreign, `cannot map ${length} bytes at ${offset}`, 'MAP_FAILED');
}

function refused(
  { name, version }: ForeignFunctions,
  what: string,
  got: string,
  options?: ErrorOptions,
): MetricsError {
  const message = `mapper "${name}": ${what} with version ${version}, expected an address, got ${got}`;
  return new MetricsError('MAPPING_FAILED', message, options);
}

/** Names of the C library's file, for runtimes that cannot ask the process itself. */
export const C_LIBRARIES: readonly string[] =
  process.platform === 'darwin'
    ? ['/usr/lib/libSystem.B.dylib']
    : ['libc.so.6', 'libc.so', `libc.musl-${process.arch === 'x64' ? 'x86_64' : 'aarch64'}.so.1`];

/**
 * What the storage asks of the system beyond `node:fs`: to map a file into memory and to lock it.
 * Each runtime reaches the same two C functions by its own way; this is what they have in common.
 */

import { MetricsError } from '../../model/error.ts';
import { reason } from '../system/system-error.ts';

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
  /**
   * Puts another file under what {@linkcode Mapper.map} returned, at the same address: all views of
   * it stay what they are, and show and change the other file's bytes from then on.
   *
   * @throws {MetricsError} `MAPPING_FAILED` when the system refuses; the old file is still there then.
   */
  remap(mapped: ArrayBuffer, fd: number, offset: number): void;
  /** Takes the exclusive lock of an open file, without waiting. False when another one holds it. */
  lock(fd: number): boolean;
  /** True when nobody holds the exclusive lock: whoever wrote the file is gone. */
  isUnlocked(fd: number): boolean;
}

/** The C functions, as one runtime's foreign function interface offers them. */
export interface ForeignFunctions {
  readonly name: MapperName;
  readonly version: string;
  /**
   * `mmap` with an address, 0 for none. Returns the address, -1 as the system does for failure. What
   * is passed on is checked by the caller alone.
   */
  mmap(
    address: bigint,
    length: number,
    protection: number,
    flags: number,
    fd: number,
    offset: number,
  ): bigint;
  /** `flock`: 0 when it succeeded. */
  flock(fd: number, operation: number): number;
  /** An array over memory at an address. */
  view(address: bigint, length: number): ArrayBuffer;
}

// The same numbers on Linux, macOS and the BSDs.
const PROT_READ_WRITE = 1 | 2;
const MAP_SHARED = 1;
/** In the place of what is mapped there, in one step. */
const MAP_FIXED = 16;
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
  const addresses = new WeakMap<ArrayBuffer, bigint>();
  return {
    name: foreign.name,
    version: foreign.version,
    map(fd, offset, length) {
      const address = map(foreign, 0n, length, fd, offset);
      const mapped = foreign.view(address, length);
      addresses.set(mapped, address);
      return mapped;
    },
    remap(mapped, fd, offset) {
      map(foreign, addresses.get(mapped)!, mapped.byteLength, fd, offset);
    },
    lock: (fd) => foreign.flock(fd, LOCK_EXCLUSIVE | LOCK_WITHOUT_WAITING) === 0,
    isUnlocked(fd) {
      if (foreign.flock(fd, LOCK_SHARED | LOCK_WITHOUT_WAITING) !== 0) return false;
      foreign.flock(fd, LOCK_RELEASE);
      return true;
    },
  };
}

/** Maps at `address`, in the place of what is there, or where the system likes for 0. */
function map(
  foreign: ForeignFunctions,
  at: bigint,
  length: number,
  fd: number,
  offset: number,
): bigint {
  const flags = at === 0n ? MAP_SHARED : MAP_SHARED | MAP_FIXED;
  let address: bigint;
  try {
    address = foreign.mmap(at, length, PROT_READ_WRITE, flags, fd, offset);
  } catch (cause) {
    throw refused(foreign, length, offset, reason(cause), { cause });
  }
  if (address !== 0n && BigInt.asUintN(64, address) !== MAP_FAILED) return address;
  throw refused(foreign, length, offset, 'MAP_FAILED');
}

function refused(
  { name, version }: ForeignFunctions,
  length: number,
  offset: number,
  got: string,
  options?: ErrorOptions,
): MetricsError {
  const message = `mapper "${name}": cannot map ${length} bytes at ${offset} with version ${version}, expected an address, got ${got}`;
  return new MetricsError('MAPPING_FAILED', message, options);
}

/** Names of the C library's file, for runtimes that cannot ask the process itself. */
export const C_LIBRARIES: readonly string[] =
  process.platform === 'darwin'
    ? ['/usr/lib/libSystem.B.dylib']
    : ['libc.so.6', 'libc.so', `libc.musl-${process.arch === 'x64' ? 'x86_64' : 'aarch64'}.so.1`];

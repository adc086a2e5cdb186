/**
 * Mapping on Bun, through `bun:ffi`. `Bun.mmap` was not taken: it corrects a wrong size or offset
 * without a word, unmaps what is collected, and the lock would need `bun:ffi` all the same.
 */

import { C_LIBRARIES, createMapper, type Mapper } from './mapper.ts';

interface Signature {
  readonly args: readonly string[];
  readonly returns: string;
}

/** The part of `bun:ffi` that is used here. */
interface BunFfi {
  dlopen(
    path: string,
    signatures: Readonly<Record<string, Signature>>,
  ): { readonly symbols: Readonly<Record<string, (...args: unknown[]) => unknown>> };
  toArrayBuffer(address: number, offset: number, length: number): ArrayBuffer;
}

/**
 * Returns the mapper on `bun:ffi`.
 *
 * @throws {TypeError} On other runtimes.
 */
export function bunMapper(): Mapper {
  if (!('Bun' in globalThis)) throw new TypeError('not Bun');
  const ffi = (process.getBuiltinModule as (id: string) => unknown)('bun:ffi') as BunFfi;
  const { mmap, flock } = openLibrary(ffi);
  return createMapper({
    name: 'bun',
    version: process.versions['bun'] ?? '',
    mmap: (address, length, protection, flags, fd, offset) =>
      BigInt(mmap!(Number(address), length, protection, flags, fd, offset) as number | bigint),
    flock: (fd, operation) => flock!(fd, operation) as number,
    view: (address, length) => ffi.toArrayBuffer(Number(address), 0, length),
  });
}

function openLibrary(ffi: BunFfi): Readonly<Record<string, (...args: unknown[]) => unknown>> {
  let failure: unknown;
  for (const path of C_LIBRARIES) {
    try {
      return ffi.dlopen(path, {
        mmap: { args: ['ptr', 'u64', 'i32', 'i32', 'i32', 'i64'], returns: 'ptr' },
        flock: { args: ['i32', 'i32'], returns: 'i32' },
      }).symbols;
    } catch (error) {
      failure ??= error;
    }
  }
  throw failure;
}

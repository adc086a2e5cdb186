/** Mapping on Deno, through its foreign function interface. It needs `--allow-ffi`. */

import { C_LIBRARIES, createMapper, type Mapper } from './mapper.ts';

interface Signature {
  readonly parameters: readonly string[];
  readonly result: string;
}

/** The part of `Deno` that is used here. Pointers are objects, and `null` for the null pointer. */
interface Deno {
  dlopen(
    path: string,
    signatures: Readonly<Record<string, Signature>>,
  ): { readonly symbols: Readonly<Record<string, (...args: unknown[]) => unknown>> };
  readonly permissions: { querySync(of: { readonly name: 'ffi' }): { readonly state: string } };
  readonly UnsafePointer: {
    value(pointer: unknown): bigint;
    create(address: bigint): unknown;
  };
  readonly UnsafePointerView: { getArrayBuffer(pointer: unknown, length: number): ArrayBuffer };
}

/**
 * Returns the mapper on Deno's foreign function interface.
 *
 * @throws {TypeError} On other runtimes, and the error of Deno where it is not allowed.
 */
export function denoMapper(): Mapper {
  const { Deno: deno } = globalThis as { Deno?: Deno };
  if (deno === undefined) throw new TypeError('not Deno');
  // Asked first: without the permission, opening a library would stop to ask the person at the keys.
  const { state } = deno.permissions.querySync({ name: 'ffi' });
  if (state !== 'granted') throw new TypeError('no --allow-ffi');
  const { mmap, flock } = openLibrary(deno);
  return createMapper({
    name: 'deno',
    version: process.versions['deno'] ?? '',
    mmap: (address, length, protection, flags, fd, offset) =>
      deno.UnsafePointer.value(
        mmap!(
          deno.UnsafePointer.create(address),
          BigInt(length),
          protection,
          flags,
          fd,
          BigInt(offset),
        ),
      ),
    flock: (fd, operation) => flock!(fd, operation) as number,
    view: (address, length) =>
      deno.UnsafePointerView.getArrayBuffer(deno.UnsafePointer.create(address), length),
  });
}

function openLibrary(deno: Deno): Readonly<Record<string, (...args: unknown[]) => unknown>> {
  let failure: unknown;
  for (const path of C_LIBRARIES) {
    try {
      return deno.dlopen(path, {
        mmap: { parameters: ['pointer', 'usize', 'i32', 'i32', 'i32', 'i64'], result: 'pointer' },
        flock: { parameters: ['i32', 'i32'], result: 'i32' },
      }).symbols;
    } catch (error) {
      failure ??= error;
    }
  }
  throw failure;
}

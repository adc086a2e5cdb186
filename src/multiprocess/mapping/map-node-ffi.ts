/**
 * Mapping through `node:ffi`, which Node has from version 26 on. It is experimental: Node says so in
 * a warning of its own when it is loaded, and wants `--allow-ffi` under `--permission`.
 */

import { MetricsError } from '../../model/error.ts';
import { reason } from '../system/system-error.ts';
import { createMapper, type Mapper } from './mapper.ts';

interface Signature {
  // Other spellings of these two keys are ignored without a word, and the call then returns rubbish.
  readonly arguments: readonly string[];
  readonly return: string;
}

/** The part of `node:ffi` that is used here. */
interface NodeFfi {
  dlopen(
    path: null,
    signatures: Readonly<Record<string, Signature>>,
  ): { readonly functions: Readonly<Record<string, (...args: unknown[]) => unknown>> };
  toArrayBuffer(address: bigint, length: number, copy: boolean): ArrayBuffer;
}

/**
 * Returns the mapper on `node:ffi`.
 *
 * @throws {TypeError} Where this version of Node has none.
 * @throws {MetricsError} `MAPPING_FAILED` where it has one and forbids its use.
 */
export function nodeFfiMapper(): Mapper {
  try {
    const ffi = builtin('node:ffi') as NodeFfi | undefined;
    if (ffi !== undefined) return mapperOn(ffi);
  } catch (cause) {
    if (cause instanceof MetricsError) throw cause;
    throw new MetricsError(
      'MAPPING_FAILED',
      `mapper "node-ffi": cannot be loaded, expected Node ${process.version} to allow node:ffi, got ${reason(cause)}`,
      { cause },
    );
  }
  throw new TypeError('no node:ffi');
}

function mapperOn(ffi: NodeFfi): Mapper {
  const { mmap, flock } = ffi.dlopen(null, {
    mmap: { arguments: ['pointer', 'u64', 'i32', 'i32', 'i32', 'i64'], return: 'pointer' },
    flock: { arguments: ['i32', 'i32'], return: 'i32' },
  }).functions;
  return createMapper({
    name: 'node-ffi',
    version: process.version,
    mmap: (address, length, protection, flags, fd, offset) =>
      mmap!(address, BigInt(length), protection, flags, fd, BigInt(offset)) as bigint,
    flock: (fd, operation) => flock!(fd, operation) as number,
    view: (address, length) => ffi.toArrayBuffer(address, length, false),
  });
}

function builtin(name: string): unknown {
  const { getBuiltinModule } = process as { getBuiltinModule?: (id: string) => unknown };
  return getBuiltinModule?.(name);
}

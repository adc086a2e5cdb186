/**
 * Mapping through `koffi`, an optional peer dependency: the stable way on every version of Node.
 * Loading it costs 6 ms and 3.6 MiB, so that it happens with the first metric and not at import.
 */

import { createRequire } from 'node:module';
import { join } from 'node:path';
import { createMapper, type Mapper } from './mapper.ts';

/** The part of koffi that is used here. */
interface Koffi {
  load(path: null): { func(declaration: string): (...args: unknown[]) => unknown };
  address(pointer: unknown): bigint;
  view(address: bigint, length: number): ArrayBuffer;
}

/**
 * Returns the mapper on koffi.
 *
 * @throws The error of the module loader, where koffi is not installed.
 */
export function koffiMapper(): Mapper {
  const koffi = requireKoffi();
  const process = koffi.load(null);
  const mmap = process.func(
    'void *mmap(void *addr, size_t length, int prot, int flags, int fd, int64_t offset)',
  );
  const flock = process.func('int flock(int fd, int operation)');
  return createMapper({
    name: 'koffi',
    mmap: (length, protection, flags, fd, offset) =>
      koffi.address(mmap(null, length, protection, flags, fd, offset)),
    flock: (fd, operation) => flock(fd, operation) as number,
    view: (address, length) => koffi.view(address, length),
  });
}

/** As this package sees it, else as the application does: a peer may be visible to it alone. */
function requireKoffi(): Koffi {
  let missing: unknown;
  for (const from of [import.meta.url, join(process.cwd(), 'package.json'), process.argv[1]]) {
    if (from === undefined) continue;
    try {
      return createRequire(from)('koffi') as Koffi;
    } catch (error) {
      missing ??= error;
    }
  }
  throw missing;
}

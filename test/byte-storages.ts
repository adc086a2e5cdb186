/** Storages on the heap, for tests of instruments that lie in bytes where they can, and else in cells. */

import { MemoryStorage } from '../src/storage/memory.ts';
import type { ByteStorage, Storage } from '../src/storage/storage.ts';

/** A storage that hands out cells alone, as one that others read does. */
export function cellsAlone(): Storage {
  const memory = new MemoryStorage();
  return { declare: (family) => memory.declare(family) };
}

/** A storage on the heap that tells how many bytes were asked for and, below 0, given back. */
export function watched(): { readonly storage: Storage; readonly asked: number[] } {
  const memory = new MemoryStorage();
  const asked: number[] = [];
  const bytes: ByteStorage = {
    allocate(count) {
      asked.push(count);
      return memory.bytes.allocate(count);
    },
    release(place, count) {
      asked.push(-count);
      memory.bytes.release(place, count);
    },
  };
  return { storage: { declare: (family) => memory.declare(family), bytes }, asked };
}

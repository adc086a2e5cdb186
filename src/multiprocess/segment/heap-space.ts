/** Segments on this process's heap, for when there is no room anywhere that others could read. */

import type { Space } from './record-places.ts';

/** Grows without a file. Only the process itself can show what is counted here. */
export class HeapSpace implements Space {
  /** {@inheritDoc Space.grow} */
  grow(length: number): ArrayBuffer {
    return new ArrayBuffer(length);
  }
}

/**
 * Segments that are mapped files: what is written into them is the kernel's the moment it is
 * written, and outlives the process however it ends.
 *
 * On Node 24 `cells[index] += 1` takes as long here as on the heap; see bench/storage.ts.
 */

import type { Mapper } from './mapper.ts';
import type { SegmentFile } from './segment-file.ts';
import type { Space } from './segment-writer.ts';

/** Grows a file and maps what was added. */
export class MappedSpace implements Space {
  readonly #file: SegmentFile;
  readonly #mapper: Mapper;
  // Held for ever, since Bun would unmap what is collected, under the feet of a live view.
  readonly #mapped: ArrayBuffer[] = [];

  /** Maps `file`, which nobody else writes, with `mapper`. */
  constructor(file: SegmentFile, mapper: Mapper) {
    this.#file = file;
    this.#mapper = mapper;
  }

  /** {@inheritDoc Space.grow} */
  grow(length: number): ArrayBuffer {
    const offset = this.#file.size;
    this.#file.grow(length);
    const buffer = this.#mapper.map(this.#file.fd, offset, length);
    this.#mapped.push(buffer);
    return buffer;
  }
}

/** Numbers on this process's heap: what a registry uses unless it is given something else. */

import { cellCount, type StoredFamily } from '../model/cells.ts';
import type { Cells, SeriesStorage, Storage } from './storage.ts';

/** Cells in the first page, and in the largest: a small program wastes 2 KiB, a large one 128 KiB. */
const FIRST_PAGE_CELLS = 256;
const LARGEST_PAGE_CELLS = 16_384;

/** Keeps numbers in this process's memory. */
export class MemoryStorage implements Storage {
  #page: Float64Array = new Float64Array(FIRST_PAGE_CELLS);
  #used = 0;
  /** Runs of cells that were given back, by their length. */
  readonly #free = new Map<number, Cells[]>();

  /** {@inheritDoc Storage.declare} */
  declare(family: StoredFamily): SeriesStorage {
    const count = cellCount(family);
    return {
      allocate: () => this.#free.get(count)?.pop() ?? this.#take(count),
      release: (place) => this.#release(place, count),
    };
  }

  #take(count: number): Cells {
    // A page that is full is left to its series and another begun: growing would move cells in use.
    if (this.#used + count > this.#page.length) {
      const doubled = Math.min(this.#page.length * 2, LARGEST_PAGE_CELLS);
      this.#page = new Float64Array(Math.max(doubled, count));
      this.#used = 0;
    }
    const index = this.#used;
    this.#used += count;
    return { cells: this.#page, index };
  }

  #release({ cells, index }: Cells, count: number): void {
    cells.fill(0, index, index + count);
    const free = this.#free.get(count);
    if (free === undefined) this.#free.set(count, [{ cells, index }]);
    else free.push({ cells, index });
  }
}

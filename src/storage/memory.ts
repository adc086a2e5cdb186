/** Numbers on this process's heap: what a registry uses unless it is given something else. */

import { cellCount, type StoredFamily } from '../model/cells.ts';
import type { ByteStorage, Bytes, Cells, SeriesStorage, Storage } from './storage.ts';

/** Cells in the first page, and in the largest: a small program wastes 2 KiB, a large one 128 KiB. */
const FIRST_PAGE_CELLS = 256;
const LARGEST_PAGE_CELLS = 16_384;

/** Keeps numbers in this process's memory. */
export class MemoryStorage implements Storage {
  #page: Float64Array = new Float64Array(FIRST_PAGE_CELLS);
  #pageCells = FIRST_PAGE_CELLS;
  #used = 0;
  /** The page as bytes. */
  #view: DataView = new DataView(this.#page.buffer);
  /** Runs of cells that were given back, by their length. */
  readonly #free = new Map<number, Cells[]>();
  readonly #freeBytes = new Map<number, Bytes[]>();

  /** Bytes for series of families that were declared, which then ask for no cells. */
  readonly bytes: ByteStorage = {
    allocate: (count) => {
      // Nothing was given back yet, as a rule.
      const free = this.#freeBytes.size === 0 ? undefined : this.#freeBytes.get(count)?.pop();
      if (free !== undefined) return free;
      const size = Float64Array.BYTES_PER_ELEMENT;
      const offset = this.#reserve(count / size) * size;
      return { view: this.#view, offset };
    },
    release: ({ view, offset }, count) => {
      new Uint8Array(view.buffer, offset, count).fill(0);
      keep(this.#freeBytes, count, { view, offset });
    },
  };

  /** Declares a family, once, and returns what hands out cells for its series. */
  declare(family: StoredFamily): SeriesStorage {
    const count = cellCount(family);
    const free = this.#freeOf(count);
    return {
      allocate: () => (free.length > 0 ? free.pop()! : this.#take(count)),
      release({ cells, index }) {
        cells.fill(0, index, index + count);
        free.push({ cells, index });
      },
    };
  }

  #take(count: number): Cells {
    const index = this.#reserve(count);
    return { cells: this.#page, index };
  }

  /** The place of `count` cells of the page, which is another one where they had no room. */
  #reserve(count: number): number {
    // A page that is full is left to its series and another begun: growing would move cells in use.
    if (this.#used + count > this.#pageCells) {
      this.#pageCells = Math.max(Math.min(this.#pageCells * 2, LARGEST_PAGE_CELLS), count);
      this.#page = new Float64Array(this.#pageCells);
      this.#used = 0;
      this.#view = new DataView(this.#page.buffer);
    }
    const index = this.#used;
    this.#used += count;
    return index;
  }

  /** The runs of this length that were given back, of all families. */
  #freeOf(count: number): Cells[] {
    const free = this.#free.get(count) ?? [];
    this.#free.set(count, free);
    return free;
  }
}

/** Keeps a run that was given back for the next one of its length. */
function keep<Run>(free: Map<number, Run[]>, count: number, run: Run): void {
  const runs = free.get(count);
  if (runs === undefined) free.set(count, [run]);
  else runs.push(run);
}

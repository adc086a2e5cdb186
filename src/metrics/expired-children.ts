/**
 * Children that were let go because nothing happened to them, and that a program may have kept: what
 * it still counts there is not lost.
 */

import type { Cells } from '../storage/storage.ts';

interface Expired<Child> {
  readonly child: WeakRef<Child & object>;
  /** Where the child counts now: cells of its own. Held here, so that its last counts outlive it. */
  readonly place: Cells;
  /** What was taken from there so far. */
  readonly taken: Float64Array;
}

/** Takes what is counted on expired children. */
export class ExpiredChildren<Child> {
  readonly #count: number;
  readonly #expired = new Set<Expired<Child>>();

  /** @param count - How many cells are counts, from the first on. */
  constructor(count: number) {
    this.#count = count;
  }

  /** Remembers a child that was detached, with the cells it has now. */
  add(child: Child, place: Cells): void {
    const taken = place.cells.slice(place.index, place.index + this.#count);
    this.#expired.add({ child: new WeakRef(child as Child & object), place, taken });
  }

  /** Adds what was counted since the last time to `target()`, which is asked where there is any. */
  takeTo(target: () => Cells): void {
    for (const expired of this.#expired) {
      const { child, place, taken } = expired;
      if (child.deref() === undefined) this.#expired.delete(expired);
      const now = place.cells.slice(place.index, place.index + this.#count);
      if (now.every((value, i) => value === taken[i])) continue;
      const { cells, index } = target();
      // Less than before is a reset, after which all there is was counted.
      const isReset = now[0]! < taken[0]!;
      now.forEach((value, i) => {
        cells[index + i]! += isReset ? value : value - taken[i]!;
      });
      taken.set(now);
    }
  }
}

/**
 * Children that were let go because nothing happened to them, and that a program may have kept: what
 * it still counts there is not lost.
 */

import type { Cells } from '../storage/storage.ts';

interface Expired<Child> {
  readonly child: WeakRef<Child & object>;
  /** Where the child counts now: cells of its own. Held here, so that its last counts outlive it. */
  readonly place: Cells;
  /** What was taken from there so far, and the start time at which it was. */
  readonly taken: Float64Array;
}

/** Takes what is counted on expired children. */
export class ExpiredChildren<Child> {
  readonly #count: number;
  readonly #expired = new Set<Expired<Child>>();

  /** @param count - How many cells are counts and sums, from the first on; a start time follows. */
  constructor(count: number) {
    this.#count = count;
  }

  /** Remembers a child that was detached, with the cells it has now. */
  add(child: Child, place: Cells): void {
    const taken = this.#read(place);
    this.#expired.add({ child: new WeakRef(child as Child & object), place, taken });
  }

  /** Adds what was counted since the last time to `target()`, which is asked where there is any. */
  takeTo(target: () => Cells): void {
    for (const expired of this.#expired) {
      const { child, place, taken } = expired;
      if (child.deref() === undefined) this.#expired.delete(expired);
      const now = this.#read(place);
      if (now.every((value, i) => Object.is(value, taken[i]))) continue;
      const { cells, index } = target();
      // After a reset, all there is was counted since.
      const before = this.#isReset(now, taken) ? undefined : taken;
      for (let i = 0; i < this.#count; i++) {
        // What is the same adds nothing, an infinite sum included, which less itself is NaN.
        if (!Object.is(now[i], before?.[i])) cells[index + i]! += now[i]! - (before?.[i] ?? 0);
      }
      taken.set(now);
    }
  }

  /** The counts, and behind them the time they began. */
  #read({ cells, index }: Cells): Float64Array {
    return cells.slice(index, index + this.#count + 1);
  }

  /** Counts only grow; sums, which are last where there are several cells, may fall by themselves. */
  #isReset(now: Float64Array, taken: Float64Array): boolean {
    if (now[this.#count] !== taken[this.#count]) return true;
    const counts = this.#count === 1 ? 1 : this.#count - 1;
    return now.subarray(0, counts).some((value, i) => value < taken[i]!);
  }
}

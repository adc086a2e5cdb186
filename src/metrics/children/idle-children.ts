/**
 * Which children have not changed for too long. Counting costs nothing for it: what the cells hold
 * is compared, from time to time, with what they held before.
 */

import type { Cells } from '../../storage/storage.ts';

interface Seen {
  readonly cells: Float64Array;
  since: number;
}

/** Remembers the numbers of a metric's children and since when they are what they are. */
export class IdleChildren<Child> {
  readonly #maxIdleSeconds: number;
  readonly #cellCount: number;
  readonly #placeOf: (child: Child) => Cells | undefined;
  #seen = new Map<Child, Seen>();
  #sweptAt = -Infinity;

  constructor(
    maxIdleSeconds: number,
    cellCount: number,
    placeOf: (child: Child) => Cells | undefined,
  ) {
    this.#maxIdleSeconds = maxIdleSeconds;
    this.#cellCount = cellCount;
    this.#placeOf = placeOf;
  }

  /** True when half the time has passed since the last sweep: often enough between scrapes. */
  isDue(now: number): boolean {
    return now - this.#sweptAt >= this.#maxIdleSeconds / 2;
  }

  /** Compares all children with what they were, and returns those that were idle too long. */
  sweep<Entry extends readonly [values: readonly string[], child: Child]>(
    now: number,
    entries: Iterable<Entry>,
  ): Entry[] {
    this.#sweptAt = now;
    const idle: Entry[] = [];
    const seen = new Map<Child, Seen>();
    for (const entry of entries) {
      const child = entry[1];
      const place = this.#placeOf(child);
      if (place === undefined) continue;
      const last = this.#seen.get(child);
      if (last === undefined || !this.#refresh(last, place)) {
        const { cells, index } = place;
        const copy = last?.cells ?? cells.slice(index, index + this.#cellCount);
        seen.set(child, { cells: copy, since: now });
      } else if (now - last.since >= this.#maxIdleSeconds) idle.push(entry);
      else seen.set(child, last);
    }
    // Built anew, so that it never holds a child that is gone.
    this.#seen = seen;
    return idle;
  }

  /** True when nothing has changed; takes over what has. */
  #refresh({ cells: last }: Seen, { cells, index }: Cells): boolean {
    let same = true;
    for (let i = 0; i < last.length; i++) {
      // NaN is a gauge's value like any other.
      if (Object.is(last[i], cells[index + i])) continue;
      last[i] = cells[index + i]!;
      same = false;
    }
    return same;
  }
}

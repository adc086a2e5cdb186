/**
 * Children that were let go because nothing happened to them, and that a program may have kept: what
 * happens to one later is not lost, and gives it its place back.
 */

import type { Cells } from '../../storage/storage.ts';

/** A child that expired. */
export interface Expired<Child> {
  /** Its label values. No child of the metric has them meanwhile. */
  readonly values: readonly string[];
  readonly child: WeakRef<Child & object>;
  /** Where it counts now: cells of its own. Held here, so that its last counts outlive it. */
  readonly place: Cells;
  /** What was there when it expired. */
  before: Float64Array;
}

/** Remembers expired children for as long as a program does, or there is something to show. */
export class ExpiredChildren<Child> {
  readonly #count: number;
  readonly #expired = new Map<string, Expired<Child>>();

  /** @param count - How many cells tell that a child was used, from the first on. */
  constructor(count: number) {
    this.#count = count;
  }

  /** Remembers a child that was detached, with the cells it has now. */
  add(values: readonly string[], child: Child, place: Cells): void {
    const before = this.#read(place);
    const expired = { values, child: new WeakRef(child as Child & object), place, before };
    this.#expired.set(keyOf(values), expired);
  }

  /** The one with these values, if there is one, which is forgotten here. */
  take(values: readonly string[]): Expired<Child> | undefined {
    // Hardly ever one of them: no key is made for nothing.
    if (this.#expired.size === 0) return undefined;
    const key = keyOf(values);
    const expired = this.#expired.get(key);
    this.#expired.delete(key);
    return expired;
  }

  /** Forgets those whose values match. */
  forget(matches: (values: readonly string[]) => boolean): void {
    for (const [key, { values }] of this.#expired) if (matches(values)) this.#expired.delete(key);
  }

  /** Calls `reset` with each that a program still has, and forgets what the others counted. */
  reset(reset: (child: Child) => void): void {
    for (const [key, expired] of this.#expired) {
      const child = expired.child.deref();
      if (child === undefined) this.#expired.delete(key);
      else {
        reset(child);
        expired.before = this.#read(expired.place);
      }
    }
  }

  /** True of one to which something happened since. */
  isUsed({ place: { cells, index }, before }: Expired<Child>): boolean {
    // NaN is a gauge's value like any other.
    return before.some((value, i) => !Object.is(value, cells[index + i]));
  }

  /** Those to which something happened. Of the others, those that nobody has are forgotten. */
  used(): Expired<Child>[] {
    const used: Expired<Child>[] = [];
    for (const [key, expired] of this.#expired) {
      // Looked for first: who is gone afterwards has counted before.
      const isGone = expired.child.deref() === undefined;
      if (this.isUsed(expired)) used.push(expired);
      else if (isGone) this.#expired.delete(key);
    }
    return used;
  }

  #read({ cells, index }: Cells): Float64Array {
    return cells.slice(index, index + this.#count);
  }
}

/** Different for different values, whatever characters they hold. */
function keyOf(values: readonly string[]): string {
  return JSON.stringify(values);
}

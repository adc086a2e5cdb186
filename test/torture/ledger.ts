/**
 * What must be in the last scrape: what the killed had acknowledged, and no more beyond it than what each
 * of them may have done of the batch it was in.
 */

import { BATCH, effects, type Key, workload } from './workload.ts';

/** The bounds of one number. */
export interface Bounds {
  readonly least: number;
  readonly most: number;
}

/** Adds up what processes said they had counted. */
export class Ledger {
  readonly #least = new Map<Key, number>();
  readonly #most = new Map<Key, number>();
  #operations = 0;

  /** How many operations were acknowledged. */
  get operations(): number {
    return this.#operations;
  }

  /** All numbers that are known of. */
  get keys(): Iterable<Key> {
    return this.#most.keys();
  }

  /** Takes down that a process of this seed was killed after it had acknowledged so many batches. */
  enter(seed: number, batches: number): void {
    const operations = workload(seed);
    const acknowledged = batches * BATCH;
    this.#operations += acknowledged;
    for (let i = 0; i < acknowledged; i++) {
      for (const [key, amount] of effects(operations.next().value)) {
        add(this.#least, key, amount);
        add(this.#most, key, amount);
      }
    }
    // What it may have been at: whatever the point it was killed at, between these.
    const now = new Map<Key, number>();
    const lowest = new Map<Key, number>();
    const highest = new Map<Key, number>();
    for (let i = 0; i < BATCH; i++) {
      for (const [key, amount] of effects(operations.next().value)) {
        const value = add(now, key, amount);
        lowest.set(key, Math.min(lowest.get(key) ?? 0, value));
        highest.set(key, Math.max(highest.get(key) ?? 0, value));
      }
    }
    for (const [key, value] of lowest) add(this.#least, key, value);
    for (const [key, value] of highest) add(this.#most, key, value);
  }

  /** What a number has to be. One that nobody counted may be shown, as 0. */
  boundsOf(key: Key): Bounds {
    return { least: this.#least.get(key) ?? 0, most: this.#most.get(key) ?? 0 };
  }
}

function add(sums: Map<Key, number>, key: Key, amount: number): number {
  const sum = (sums.get(key) ?? 0) + amount;
  sums.set(key, sum);
  return sum;
}

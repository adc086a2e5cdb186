/** A clock that stands still until a test moves it. */

import type { Clock } from '../src/metrics/timing/clock.ts';

/** Time by hand: `pass` moves it and runs what has come due, in order. */
export class ManualClock implements Clock {
  #seconds = 1000;
  readonly #due = new Set<{ readonly at: number; readonly run: () => void }>();

  /** Unix time, 1700000000 when the clock is made. */
  now(): number {
    return 1_699_999_000 + this.#seconds;
  }

  elapsed(): number {
    return this.#seconds;
  }

  after(seconds: number, run: () => void): () => void {
    const timer = { at: this.#seconds + seconds, run };
    this.#due.add(timer);
    return () => this.#due.delete(timer);
  }

  /** How many timers nobody has called off. */
  get waiting(): number {
    return this.#due.size;
  }

  /** Lets time pass; negative for a clock that is set back. */
  pass(seconds: number): void {
    this.#seconds += seconds;
    for (const timer of [...this.#due].sort((one, other) => one.at - other.at)) {
      if (timer.at <= this.#seconds && this.#due.delete(timer)) timer.run();
    }
  }
}

/** Long work in short pieces: a scrape of many series must not keep a program from its requests. */

import { setImmediate } from 'node:timers/promises';

/** How long a program is kept waiting at a time. */
const LONGEST_MS = 4;

/** Lets others run whenever a few milliseconds have passed. */
export class Pace {
  #resumed: number = performance.now();

  /** Call it often: it waits only when it is time. */
  async breathe(): Promise<void> {
    if (performance.now() - this.#resumed < LONGEST_MS) return;
    await this.pause();
  }

  /** Lets everyone else have a turn of the event loop. */
  async pause(): Promise<void> {
    await setImmediate();
    this.#resumed = performance.now();
  }

  /** Runs `steps` to its end and returns what it comes to. */
  async run<Result>(steps: Generator<undefined, Result>): Promise<Result> {
    for (;;) {
      const step = steps.next();
      if (step.done) return step.value;
      if (performance.now() - this.#resumed >= LONGEST_MS) await this.pause();
    }
  }
}

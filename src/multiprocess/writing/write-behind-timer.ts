/**
 * When to write behind: soon after the program did something, and not at all while it does nothing.
 *
 * Nothing tells when a cell changes, and a timer that looks every 50 ms costs an idle program
 * measurable time. But a cell changes only while the event loop turns, and an immediate without a
 * reference waits, at no cost, for its next turn. So: a turn, then the timer, then the pass.
 * Bun runs such an immediate at once, where this comes to a timer that always runs.
 */

/** Catches what was counted between a pass and the end of the same turn of the event loop. */
const BACKSTOP_MS = 1000;

/** Calls a function some time after the event loop turned. Keeps no program alive. */
export class WriteBehindTimer {
  readonly #pass: () => void;
  readonly #intervalMs: number;
  readonly #backstop: NodeJS.Timeout;
  #stopped = false;

  /** Calls `pass`, which must not throw, at the most every `intervalMs` milliseconds. */
  constructor(pass: () => void, intervalMs: number) {
    this.#pass = pass;
    this.#intervalMs = intervalMs;
    this.#backstop = setInterval(pass, BACKSTOP_MS).unref();
    this.#awaitActivity();
  }

  /** Ends it. A pass that is due is left out. */
  stop(): void {
    this.#stopped = true;
    clearInterval(this.#backstop);
  }

  #awaitActivity(): void {
    if (this.#stopped) return;
    setImmediate(() => this.#awaitPass()).unref();
  }

  #awaitPass(): void {
    if (this.#stopped) return;
    // The pass itself comes after the requests of its turn, not before them.
    setTimeout(() => setImmediate(() => this.#run()), this.#intervalMs).unref();
  }

  #run(): void {
    if (this.#stopped) return;
    this.#pass();
    this.#awaitActivity();
  }
}

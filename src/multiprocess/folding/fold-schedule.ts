/**
 * When the dead are folded: after a scrape that met some, once it is answered, and never twice at
 * once in a process. What goes wrong costs the folding alone, and is said once.
 */

import { Pace } from '../system/pace.ts';
import { reason } from '../system/system-error.ts';
import type { Warnings } from '../system/warnings.ts';
import type { Folding } from './folding.ts';

/** Time for the scrape's own bytes to be written first. */
const AFTER_SCRAPE_MS = 10;

/** How long to leave a directory alone that refused. */
const RETRY_MS = 60_000;

/** What is folded, and where it is said that it cannot be. */
export interface FoldScheduleOptions {
  /** The directory, for the sentence. */
  readonly directory: string;
  /** What folds. */
  readonly folding: Pick<Folding, 'run'>;
  /** Where faults are said. */
  readonly warnings: Warnings;
}

/** Folds in the background. Keeps no program alive to begin with it. */
export class FoldSchedule {
  readonly #options: FoldScheduleOptions;
  #timer: NodeJS.Timeout | undefined;
  #isRunning = false;
  #retryAt = 0;
  #stopped = false;

  /** Nothing is begun yet. */
  constructor(options: FoldScheduleOptions) {
    this.#options = options;
  }

  /** To be called after each scrape that met something to fold. */
  request(): void {
    if (this.#isRunning || this.#timer !== undefined || this.#stopped) return;
    if (performance.now() < this.#retryAt) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      void this.#run();
    }, AFTER_SCRAPE_MS).unref();
  }

  /** Begins no more. */
  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  async #run(): Promise<void> {
    this.#isRunning = true;
    try {
      await this.#options.folding.run(new Pace());
    } catch (error) {
      this.#retryAt = performance.now() + RETRY_MS;
      this.#warn(error);
    } finally {
      this.#isRunning = false;
    }
  }

  #warn(error: unknown): void {
    const { directory, warnings } = this.#options;
    const got = reason(error);
    // The directory went away, as it may when the service ends.
    if (this.#stopped || got === 'ENOENT') return;
    const message = `directory "${directory}": files of ended processes pile up, expected to fold them by links and renames, got ${got}`;
    warnings.warn('fold', { message, code: 'PROMETHIUM_NOT_FOLDED' });
  }
}

/** How a call or an iteration begins and ends. */

/** With an error or without. */
export type Outcome =
  | { readonly failed: false }
  | { readonly failed: true; readonly error: unknown };

/** What is to happen at the end. */
export type End = (outcome: Outcome) => void;

/** Throws what was thrown, though `ended`, which may call a filter of the user's, throws as well. */
export function rethrow(error: unknown, ended: End): never {
  try {
    ended({ failed: true, error });
  } catch {
    // One of the two is lost: the one that says less about the program.
  }
  throw error;
}

/** An iteration that somebody watches: it begins once, ends once, and does not begin after its end. */
export class WatchedRun {
  readonly #begin: () => End;
  #ended: End | undefined;
  #isOver = false;

  /** `begin` is called with the beginning, and what it returned with the end. */
  constructor(begin: () => End) {
    this.#begin = begin;
  }

  /** Begins, unless it has. */
  begin(): void {
    if (!this.#isOver) this.#ended ??= this.#begin();
  }

  /** Ends, unless it has. One that never began is over all the same. */
  end(outcome: Outcome): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#ended?.(outcome);
  }

  /** Ends by what was thrown, and throws it on. */
  fail(error: unknown): never {
    return rethrow(error, (outcome) => this.end(outcome));
  }
}

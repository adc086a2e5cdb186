/** How a call or an iteration ended. */

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

/** How a call or an iteration ended. */

/** With an error or without. */
export type Outcome =
  | { readonly failed: false }
  | { readonly failed: true; readonly error: unknown };

/** Waiting for what other programs do in their own time: asks again and again, within a bound. */

import { setTimeout as delay } from 'node:timers/promises';

/** How {@linkcode until} waits. */
export interface UntilOptions {
  /** How long at most, in milliseconds. */
  readonly withinMs: number;
  /** Says what there is instead, for the error. */
  readonly instead?: () => unknown;
}

/**
 * Calls `ask` until it returns something other than `undefined`, and returns that.
 *
 * @throws {Error} When it has not within the bound; the message ends with what `instead` says.
 */
export async function until<Answer>(
  what: string,
  ask: () => Answer | undefined | Promise<Answer | undefined>,
  { withinMs, instead }: UntilOptions,
): Promise<Answer> {
  const end = performance.now() + withinMs;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (performance.now() > end) {
      throw new Error(
        `test "${what}": did not come about, expected it within ${withinMs} ms, got ${await instead?.()}`,
      );
    }
    await delay(20);
  }
}

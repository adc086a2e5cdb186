/** How often a scrape lets the event loop turn, where a turn is dear. */

/**
 * Milliseconds that scrapes may take between two turns. The way to a turn that all runtimes have is a timer,
 * which takes a millisecond itself: with one after each chunk, a million counters took 1.7 s on Node 24 and
 * Bun 1.3 and 2.8 s on Deno 2.
 */
const HOLD_MS = 2;

/** Returns what gives the event loop its turn, unless the last one it gave was less than 2 ms ago. */
export function paced(now: () => number = () => performance.now()): () => Promise<void> {
  let turnedAt = Number.NEGATIVE_INFINITY;
  return async () => {
    if (now() - turnedAt < HOLD_MS) return;
    await new Promise<void>((resolve) => {
      setTimeout(resolve, 0);
    });
    turnedAt = now();
  };
}

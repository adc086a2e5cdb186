/** Time as a registry sees it, so that tests can say what time it is instead of waiting for it. */

// Declared here, since this ring is built without the types of any runtime: all of them have these.
declare const performance: { now(): number };
declare function setTimeout(run: () => void, ms: number): number | { unref?(): void };
declare function clearTimeout(timer: unknown): void;

/** The clock of a registry. */
export interface Clock {
  /** Unix time, seconds. */
  now(): number;
  /** Seconds since some fixed moment, never going back: for durations. */
  elapsed(): number;
  /**
   * Calls `run` once `seconds` have passed, and returns what calls it off. In the background, the
   * program may end before.
   */
  after(seconds: number, run: () => void, inBackground?: boolean): () => void;
}

/** The clock of the machine. */
export const SYSTEM_CLOCK: Clock = {
  now: () => Date.now() / 1000,
  elapsed: () => performance.now() / 1000,
  after(seconds, run, inBackground) {
    const timer = setTimeout(run, seconds * 1000);
    if (inBackground === true && typeof timer === 'object') timer.unref?.();
    return () => clearTimeout(timer);
  },
};

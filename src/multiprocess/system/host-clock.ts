/**
 * A clock that all processes of a machine share and that nobody sets back, for telling which of two
 * processes wrote last. Wall time would do until the first correction by NTP.
 *
 * It is the system's uptime, which goes on while the machine is suspended. What runtimes count in
 * stands still then, so that processes begun before and after would differ by as long: each looks again
 * every few seconds.
 */

import { readFileSync } from 'node:fs';
import { uptime } from 'node:os';

/** How far the kernel's two clocks may differ and still be the same one, read in ticks of 10 ms. */
const TICK_SECONDS = 0.05;

/** How often to look whether the machine was suspended. Reading the uptime takes 10 µs of a processor (Node 24). */
const LOOK_SECONDS = 5;

/** The clocks that there are, in seconds. */
export interface ClockSources {
  /** What the process counts in, from some moment on. */
  readonly elapsed: () => number;
  /** What the runtime says is the time of the system, or of the process. */
  readonly hrtime: () => number;
  /**
   * Since the machine started, as long as it was suspended included: the first of these that answers
   * is asked from then on. One that does not throws, or returns `NaN`.
   */
  readonly uptimes: readonly (() => number)[];
}

const SYSTEM: ClockSources = {
  elapsed: () => performance.now() / 1000,
  hrtime: () => Number(process.hrtime.bigint()) / 1e9,
  uptimes: [
    () => Number.parseFloat(readFileSync('/proc/uptime', 'latin1')),
    // Where there is no /proc.
    uptime,
    // Deno without its permissions. Wall time is at least shared by processes that all lack them.
    () => Date.now() / 1000,
  ],
};

/**
 * Returns a clock of seconds since the machine started.
 *
 * Where `process.hrtime` counts from there (Node on Linux) it is exact between processes, up to the
 * first suspension of the machine; elsewhere (Bun and Deno count from the start of the process) the
 * system's uptime sets it, to about 10 ms. For five seconds after a suspension it may be behind.
 */
export function hostClock({ elapsed, hrtime, uptimes }: ClockSources = SYSTEM): () => number {
  const [first, at] = readTogether(hrtime, elapsed);
  // Not another one later: they differ by years, and the clock never goes back.
  const [uptime, seconds] = firstAnswering(uptimes);
  let offset = (Math.abs(seconds - first) < TICK_SECONDS ? first : seconds) - at;
  let lookAt = at + LOOK_SECONDS;
  return () => {
    const now = elapsed();
    if (now >= lookAt) {
      lookAt = now + LOOK_SECONDS;
      // In this order: an interruption between the two makes it less, which is none of the clock's.
      const up = answerOf(uptime) - elapsed();
      // Never back, and not for a tick: the exact clock would be no longer. Nor where there was no
      // answer, as with no file descriptor left: nothing is greater then.
      if (up > offset + TICK_SECONDS) offset = up;
    }
    return offset + now;
  };
}

/** Two clocks at one moment; read again where the process was interrupted between the two. */
function readTogether(clock: () => number, elapsed: () => number): [seconds: number, at: number] {
  let best: [number, number] = [0, 0];
  let shortest = Infinity;
  for (let attempt = 0; attempt < 3; attempt++) {
    const before = elapsed();
    const seconds = clock();
    const after = elapsed();
    if (after - before >= shortest) continue;
    shortest = after - before;
    best = [seconds, (before + after) / 2];
  }
  return best;
}

function firstAnswering(
  sources: readonly (() => number)[],
): [source: () => number, answer: number] {
  for (const source of sources) {
    const answer = answerOf(source);
    if (!Number.isNaN(answer)) return [source, answer];
  }
  throw new RangeError(
    'clock "uptime": cannot be read, expected one source that answers, got none',
  );
}

function answerOf(source: () => number): number {
  try {
    return source();
  } catch {
    return Number.NaN;
  }
}

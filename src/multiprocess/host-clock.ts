/**
 * A clock that all processes of a machine share and that nobody sets back, for telling which of two
 * processes wrote last. Wall time would do until the first correction by NTP.
 */

import { readFileSync } from 'node:fs';
import { uptime } from 'node:os';

/** How far the kernel's two clocks may differ and still be the same one, read in ticks of 10 ms. */
const TICK_SECONDS = 0.05;

/**
 * Returns a clock of seconds since the machine started.
 *
 * Where `process.hrtime` counts from there (Node on Linux) it is exact between processes; elsewhere
 * (Bun and Deno count from the start of the process) the system's uptime sets it, to about 10 ms.
 */
export function hostClock(): () => number {
  const [hrtime, elapsed] = readTogether();
  const seconds = readUptime();
  const begin = Math.abs(seconds - hrtime) < TICK_SECONDS ? hrtime : seconds;
  const offset = begin - elapsed / 1000;
  return () => offset + performance.now() / 1000;
}

/** Both clocks at one moment; read again where the process was interrupted between the two. */
function readTogether(): [hrtimeSeconds: number, elapsedMs: number] {
  let best: [number, number] = [0, 0];
  let shortest = Infinity;
  for (let attempt = 0; attempt < 3; attempt++) {
    const before = performance.now();
    const hrtime = Number(process.hrtime.bigint()) / 1e9;
    const after = performance.now();
    if (after - before >= shortest) continue;
    shortest = after - before;
    best = [hrtime, (before + after) / 2];
  }
  return best;
}

function readUptime(): number {
  try {
    const seconds = Number.parseFloat(readFileSync('/proc/uptime', 'latin1'));
    if (Number.isFinite(seconds)) return seconds;
  } catch {
    // No /proc: the system is asked in its own way below.
  }
  try {
    return uptime();
  } catch {
    // Deno without its permissions. Wall time is at least shared by processes that all lack them.
    return Date.now() / 1000;
  }
}

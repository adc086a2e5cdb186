/**
 * How long the values of single processes outlive them. What processes have together is a sum, and
 * stays; what each has by itself is a series for each, and must not grow for ever.
 */

/** How long the `all` gauges and enums of a process that ended are shown. */
const SHOWN_SECONDS = 3600;

/** Of how many processes: those that ended last. */
const SHOWN_PROCESSES = 100;

/**
 * True while what ended at `endedAt` is shown, both in seconds of the host's clock. What ended
 * before the machine restarted may lie in its future, and is shown as long at the most.
 */
export function isShownStill(endedAt: number, now: number): boolean {
  return Math.abs(now - endedAt) < SHOWN_SECONDS;
}

/** Those of `processes` that are shown still, the last ones first. */
export function shownStill<Process extends { readonly endedAt: number }>(
  processes: readonly Process[],
  now: number,
): Process[] {
  return processes
    .filter(({ endedAt }) => isShownStill(endedAt, now))
    .sort((one, other) => other.endedAt - one.endedAt)
    .slice(0, SHOWN_PROCESSES);
}

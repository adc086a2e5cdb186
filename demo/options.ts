/** What the demo's command line asks for. */

import { parseArgs } from 'node:util';

/** How the demo runs. */
export interface DemoOptions {
  /** How long the load lasts. */
  readonly seconds: number;
  /** Processes that serve. */
  readonly workers: number;
  /** Workers killed with SIGKILL while the load lasts, each replaced. */
  readonly kills: number;
}

/**
 * Reads the options.
 *
 * @throws {RangeError} When one is out of range.
 */
export function readOptions(args: readonly string[]): DemoOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      seconds: { type: 'string', default: '20' },
      workers: { type: 'string', default: '4' },
      kills: { type: 'string', default: '1' },
    },
  });
  const kills = wholeNumber('kills', values.kills, 0, 100);
  return {
    seconds: wholeNumber('seconds', values.seconds, 1, 3600),
    // One stays when one is killed: with its last listener the port would be gone.
    workers: wholeNumber('workers', values.workers, kills === 0 ? 1 : 2, 64),
    kills,
  };
}

function wholeNumber(name: string, text: string, least: number, most: number): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  throw new RangeError(
    `demo "--${name}": out of range, expected a whole number from ${least} to ${most}, got "${text}"`,
  );
}

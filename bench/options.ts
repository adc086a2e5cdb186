/** What is given on the command line. */

import { parseArgs } from 'node:util';
import { CASE_NAMES } from './cases.ts';

/** How the benchmark is run. */
export interface Options {
  /** How often each contender is measured. */
  readonly rounds: number;
  /** The cases, by their names. */
  readonly names: readonly string[];
  /** Whether data is printed instead of a table. */
  readonly json: boolean;
}

const DEFAULT_ROUNDS = 5;

/**
 * Reads `--rounds N`, `--only NAME` (repeatable, also the beginning of names) and `--json`.
 *
 * @throws {RangeError} When there is no such case, or the rounds are not a whole number above 0.
 * @throws {TypeError} When there is no such option.
 */
export function parseOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      rounds: { type: 'string', default: String(DEFAULT_ROUNDS) },
      only: { type: 'string', multiple: true, default: [''] },
      json: { type: 'boolean', default: false },
    },
  });
  const rounds = Number(values.rounds);
  if (!(Number.isSafeInteger(rounds) && rounds > 0)) {
    throw new RangeError(`bench --rounds: expected a whole number above 0, got "${values.rounds}"`);
  }
  for (const only of values.only) {
    if (CASE_NAMES.some((name) => name.startsWith(only))) continue;
    throw new RangeError(
      `bench --only: no such case, expected ${CASE_NAMES.join(', ')}, got "${only}"`,
    );
  }
  const names = CASE_NAMES.filter((name) => values.only.some((only) => name.startsWith(only)));
  return { rounds, names, json: values.json };
}

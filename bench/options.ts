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
  /** What runs the contenders. */
  readonly runtime: Runtime;
}

/** What can run the contenders: the Node that runs the benchmark, or another runtime of the tests. */
export type Runtime = 'node' | 'bun' | 'deno';

const RUNTIMES: readonly string[] = ['node', 'bun', 'deno'] satisfies Runtime[];

/** What is measured on other runtimes unless cases are named: what programs do all the time, and the writers. */
const HOT_PATHS = [
  'increment-',
  'labels-',
  'observe-',
  'timer',
  'expose-counters-',
  'expose-histograms-',
];

const DEFAULT_ROUNDS = 5;

/**
 * Reads `--rounds N`, `--only NAME` (repeatable, also the beginning of names), `--runtime NAME` and `--json`.
 *
 * @throws {RangeError} When there is no such case or runtime, or the rounds are not a whole number above 0.
 * @throws {TypeError} When there is no such option.
 */
export function parseOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      rounds: { type: 'string', default: String(DEFAULT_ROUNDS) },
      only: { type: 'string', multiple: true },
      runtime: { type: 'string', default: 'node' },
      json: { type: 'boolean', default: false },
    },
  });
  const rounds = Number(values.rounds);
  if (!(Number.isSafeInteger(rounds) && rounds > 0)) {
    throw new RangeError(`bench --rounds: expected a whole number above 0, got "${values.rounds}"`);
  }
  if (!RUNTIMES.includes(values.runtime)) {
    throw new RangeError(
      `bench --runtime: no such runtime, expected ${RUNTIMES.join(', ')}, got "${values.runtime}"`,
    );
  }
  const runtime = values.runtime as Runtime;
  const wanted = values.only ?? (runtime === 'node' ? [''] : HOT_PATHS);
  for (const only of wanted) {
    if (CASE_NAMES.some((name) => name.startsWith(only))) continue;
    throw new RangeError(
      `bench --only: no such case, expected ${CASE_NAMES.join(', ')}, got "${only}"`,
    );
  }
  const names = CASE_NAMES.filter((name) => wanted.some((only) => name.startsWith(only)));
  return { rounds, names, json: values.json, runtime };
}

/** The switch that turns a program into one process of many, without a change to its code. */

import { MultiprocessStorage } from './multiprocess-storage.ts';

/** The names it may have, the one that wins first. The second is what Python's client had first. */
const VARIABLES = ['PROMETHEUS_MULTIPROC_DIR', 'prometheus_multiproc_dir'] as const;

/**
 * Returns the storage that the environment asks for, or `undefined` where it asks for none: the
 * variable is unset or empty.
 *
 * The directory is not looked at yet: a program that merely loads this library must not fail for
 * it. If it proves unusable, the first metric says so in a warning and the program counts on.
 */
export function storageFromEnvironment(
  environment: Readonly<Record<string, string | undefined>>,
): MultiprocessStorage | undefined {
  for (const variable of VARIABLES) {
    const directory = environment[variable];
    if (directory !== undefined && directory !== '') return new MultiprocessStorage({ directory });
  }
  return undefined;
}

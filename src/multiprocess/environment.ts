/** The switch that turns a program into one process of many, without a change to its code. */

import { isAbsolute } from 'node:path';
import { show } from '../model/error.ts';
import { MultiprocessStorage } from './multiprocess-storage.ts';

/** The names it may have, the one that wins first. The second is what Python's client had first. */
const VARIABLES = ['PROMETHEUS_MULTIPROC_DIR', 'prometheus_multiproc_dir'] as const;

/**
 * Returns the storage that the environment asks for, or `undefined` where it asks for none: the
 * variable is unset or empty.
 *
 * The directory is not looked at yet: a program that merely loads this library must not fail for
 * it. If it proves unusable, the first metric says so in a warning and the program counts on. A relative
 * path is one from the working directory of this moment, with a warning.
 */
export function storageFromEnvironment(
  environment: Readonly<Record<string, string | undefined>>,
): MultiprocessStorage | undefined {
  for (const variable of VARIABLES) {
    const directory = environment[variable];
    if (directory === undefined || directory === '') continue;
    const storage = new MultiprocessStorage({ directory });
    if (!isAbsolute(directory)) warnOfRelative(variable, directory, storage.directory);
    return storage;
  }
  return undefined;
}

/** The variable is handed down to processes with working directories of their own. */
function warnOfRelative(variable: string, directory: string, taken: string): void {
  const message = `environment "${variable}": a relative path, which processes of another working directory take for another directory, expected an absolute one, got ${show(directory)}; this process shares ${show(taken)}`;
  process.emitWarning(message, { type: 'MetricsWarning', code: 'PROMETHIUM_RELATIVE_DIRECTORY' });
}

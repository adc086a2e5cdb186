/**
 * Uses a directory as a user without rights, and prints what came of it: root may read and write
 * whatever the mode says. The rights are given up for good, since `access(2)` goes by the real user.
 */

import type { MetricsError } from '../../src/model/error.ts';
import { openMultiprocessStorage } from '../../src/multiprocess/multiprocess-storage.ts';

/** What was printed. */
export interface WithoutRights {
  /** Code and message of what opening threw, for writing and for reading. */
  readonly refused: readonly string[];
}

function refusal(directory: string, readOnly: boolean): string {
  try {
    openMultiprocessStorage({ directory, readOnly }).close();
    return 'none';
  } catch (error) {
    const { code, message } = error as MetricsError;
    return `${code}: ${message}`;
  }
}

if (process.getuid?.() === 0) {
  process.setgroups!([]);
  process.setgid!(65_534);
  process.setuid!(65_534);
}
const refused = process.argv
  .slice(2)
  .flatMap((directory) => [refusal(directory, false), refusal(directory, true)]);
console.log(JSON.stringify({ refused } satisfies WithoutRights));

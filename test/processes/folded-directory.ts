/** Directories whose processes are dead, and what folds them, for tests to look at. */

import { readdirSync } from 'node:fs';
import { Folding, type FoldingOptions } from '../../src/multiprocess/folding/folding.ts';
import { koffiMapper } from '../../src/multiprocess/mapping/map-koffi.ts';
import type { MapperChoice } from '../../src/multiprocess/mapping/mapper-choice.ts';
import { openMultiprocessStorage } from '../../src/multiprocess/multiprocess-storage.ts';
import { DirectoryReader } from '../../src/multiprocess/reading/directory-reader.ts';
import { hostClock } from '../../src/multiprocess/system/host-clock.ts';
import { Pace } from '../../src/multiprocess/system/pace.ts';
import { currentIdentity } from '../../src/multiprocess/system/process-identity.ts';
import { count, lines } from './storage.ts';

/** What folds a directory in this process. */
export function folder(
  directory: string,
  options: Partial<FoldingOptions> = {},
): { readonly reader: DirectoryReader; readonly folding: Folding; fold(): Promise<number> } {
  const about = { directory, mapper: koffiMapper(), self: currentIdentity(), clock: hostClock() };
  const reader = new DirectoryReader({ ...about, ...options });
  const folding = new Folding({ ...about, reader, fileMode: 0o600, ...options });
  return {
    reader,
    folding,
    async fold() {
      await reader.read({ own: undefined, missing: false }, new Pace());
      return folding.run(new Pace());
    },
  };
}

/** Processes of this one that count and are closed, which is what being dead looks like. */
export function leave(
  directory: string,
  amounts: readonly number[],
  mapper: MapperChoice = 'koffi',
): void {
  for (const amount of amounts) {
    const storage = openMultiprocessStorage({ directory, mapper });
    count(storage, '/', amount);
    storage.close();
  }
}

/** What a scrape of a directory shows, as lines. */
export async function total(directory: string): Promise<string[]> {
  const storage = openMultiprocessStorage({ directory, mapper: 'koffi', readOnly: true });
  try {
    return lines(await storage.collect());
  } finally {
    storage.close();
  }
}

/** The names in a directory; those of processes' files by their endings alone. */
export function names(directory: string): string[] {
  return readdirSync(directory)
    .map((name) => name.replace(/^[0-9a-f]{32}/, 'ID'))
    .sort();
}

/** What a scrape shows of so many requests to "/". */
export const COUNTED = (amount: number): string[] => [`requests_total{"path":"/"} ${amount}`];

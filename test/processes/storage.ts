/** What tests of the multi-process storage begin with and look at. */

import type { MetricFamily } from '../../src/model/family.ts';
import type { MultiprocessStorageOptions } from '../../src/multiprocess/multiprocess-options.ts';
import {
  type MultiprocessStorage,
  openMultiprocessStorage,
} from '../../src/multiprocess/multiprocess-storage.ts';
import { REQUESTS } from './counting-process.ts';
import type { Ending } from './temporary-folder.ts';

/** Opens a storage that is closed after the test. */
export function open(context: Ending, options: MultiprocessStorageOptions): MultiprocessStorage {
  const storage = openMultiprocessStorage(options);
  context.after(() => storage.close());
  return storage;
}

/** Counts `amount` requests of a path that was not counted before. */
export function count(storage: MultiprocessStorage, path: string, amount: number): void {
  const { cells, index } = storage.declare(REQUESTS).allocate([path]);
  cells[index]! += amount;
}

/** Families as lines, for tests to compare whole. */
export function lines(families: readonly MetricFamily[]): string[] {
  return families.flatMap(({ samples }) =>
    Array.from(samples, ({ name, labels, value }) => `${name}${JSON.stringify(labels)} ${value}`),
  );
}

/** The storage of a single process that is to be seen from its threads. */

import { MapperSelection } from './mapping/mapper-choice.ts';
import { MultiprocessStorage } from './multiprocess-storage.ts';
import {
  createPrivateDirectory,
  privatePlaces,
  removeDirectory,
  removeForsaken,
} from './private-directory.ts';
import { currentIdentity } from './system/process-identity.ts';

/**
 * Opens a storage in a directory that only this process knows, in memory where possible and gone when
 * the process ends: for a process whose own worker threads count with it, or show what it counts,
 * and that is one of no service of many. Threads open `storage.directory`.
 *
 * What it counted is gone with it, as it is with a registry on the heap. A process that is killed
 * leaves its directory behind for the next one of the same user, which removes it.
 *
 * @example
 * ```ts
 * const storage = openPrivateStorage();
 * REGISTRY.useStorage(storage); // before the first metric
 * new Worker('./work.js', { env: { ...process.env, PROMETHEUS_MULTIPROC_DIR: storage.directory } });
 * ```
 * @throws {MetricsError} `DIRECTORY_UNUSABLE` when no directory can be made in any place for such.
 */
export function openPrivateStorage(): MultiprocessStorage {
  const places = privatePlaces();
  const directory = createPrivateDirectory(places);
  const mappers = new MapperSelection('auto');
  const liveness = {
    // Loaded where there is a file to ask about.
    get mapper() {
      return mappers.mapper;
    },
    self: currentIdentity(),
  };
  for (const place of places) removeForsaken(place, liveness, Date.now());
  const storage = new MultiprocessStorage({ directory });
  process.on('exit', () => {
    // What it would write on its own way out would bring the directory back.
    storage.close();
    removeDirectory(directory);
  });
  return storage;
}

/**
 * Metrics of a service that runs as many processes, shown as one by any of them.
 *
 * Most programs never import this: they set `PROMETHEUS_MULTIPROC_DIR`.
 *
 * @module
 */

export { storageFromEnvironment } from './environment.ts';
export type { MapperChoice } from './mapping/mapper-choice.ts';
export type { MultiprocessStorageOptions } from './multiprocess-options.ts';
export { MultiprocessStorage, openMultiprocessStorage } from './multiprocess-storage.ts';
export { openPrivateStorage } from './private-storage.ts';

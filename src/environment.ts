/**
 * The one place that reads the environment. With `PROMETHEUS_MULTIPROC_DIR` set, the default registry
 * keeps its numbers in that directory, which all processes of the service share.
 *
 * Loaded by every entry through which a program on Node, Bun or Deno may meet the default registry: a
 * process that only serves metrics imports no instrument, and must show what the others count.
 */

import { createRequire } from 'node:module';
import { extname } from 'node:path';
import { REGISTRY } from './metrics/default-registry.ts';

useStorageOfEnvironment();

/**
 * Loads the multi-process part only where it is wanted, since a program on its own should not pay
 * for it, and at once, since the next line may declare a metric: `import()` would come too late.
 */
function useStorageOfEnvironment(): void {
  const env = readEnvironment();
  if (!env['PROMETHEUS_MULTIPROC_DIR'] && !env['prometheus_multiproc_dir']) return;
  const require = createRequire(import.meta.url);
  // Source, ES modules and the CommonJS bundle each find the entry with their own ending.
  const entry = `./multiprocess/index${extname(import.meta.filename)}`;
  const { storageFromEnvironment } = require(entry) as typeof import('./multiprocess/index.ts');
  const storage = storageFromEnvironment(env);
  // Another copy of this package may have been here before, and the registry is the same.
  if (storage !== undefined && !REGISTRY.hasStorage) REGISTRY.useStorage(storage);
}

/** Nothing where the runtime does not let this program see it, as Deno does unless allowed to. */
function readEnvironment(): Readonly<Record<string, string | undefined>> {
  try {
    const { PROMETHEUS_MULTIPROC_DIR, prometheus_multiproc_dir } = process.env;
    return { PROMETHEUS_MULTIPROC_DIR, prometheus_multiproc_dir };
  } catch {
    return {};
  }
}

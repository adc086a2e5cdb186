/**
 * The one place that reads the environment. With `PROMETHEUS_MULTIPROC_DIR` set, the default registry
 * keeps its numbers in that directory, which all processes of the service share.
 *
 * Called by every entry through which a program on Node, Bun or Deno may meet the default registry: a
 * process that only serves metrics imports no instrument, and must show what the others count. Called,
 * and not done where this file is, so that the entries need no file beside the one that they share.
 */

import { REGISTRY } from './metrics/registry/default-registry.ts';
import { multiprocessPart } from './parts.ts';

const VARIABLES = ['PROMETHEUS_MULTIPROC_DIR', 'prometheus_multiproc_dir'] as const;

let followed = false;

/**
 * Gives the default registry the storage that the environment names, once. For entries alone, as the
 * only thing that happens when they are loaded.
 *
 * Loads the multi-process part only where it is wanted, since a program on its own should not pay
 * for it.
 *
 * A variable must not keep a program from starting: what stands in the way is said in a warning, and
 * the program counts on its heap.
 */
export function followEnvironment(): void {
  if (followed) return;
  followed = true;
  const env = readEnvironment();
  const variable = VARIABLES.find((name) => env[name]);
  if (variable === undefined) return;
  let part: ReturnType<typeof multiprocessPart>;
  try {
    part = multiprocessPart();
  } catch (cause) {
    // A bundler has put this file elsewhere, and could not see that the other belongs to it.
    const { code, message } = cause as NodeJS.ErrnoException;
    process.emitWarning(
      `environment "${variable}": cannot be followed, this process counts for itself alone, expected promethium to be kept external to the bundle (esbuild --external:promethium), got ${code ?? message}`,
      { type: 'MetricsWarning', code: 'PROMETHIUM_BUNDLED' },
    );
    return;
  }
  const storage = part.storageFromEnvironment(env);
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

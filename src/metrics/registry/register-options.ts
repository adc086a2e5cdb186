/** How a collector of a program's own is registered. */

import { MULTIPROCESS_MODES, type MultiprocessMode, type StoredFamily } from '../../model/cells.ts';
import { show } from '../../model/error.ts';
import type { Collector } from '../../model/family.ts';
import type { Pairs } from '../../model/labels.ts';
import { validMode } from '../../model/option.ts';
import type { Storage } from '../../storage/storage.ts';
import { isStored, type Shown } from '../collection/collection-run.ts';
import { type RelabelOptions, toRelabelling } from '../collection/relabelled.ts';
import { joined } from '../labels/constant-labels.ts';

/**
 * Whose facts a collector tells, where a service is many processes: those of the service, such as the
 * length of a queue in a database, or those of the process, such as its cache.
 */
export type CollectorScope = 'service' | 'process';

/** How a collector is shown where a service is many processes. */
export interface ScopeOptions {
  /**
   * `'service'` unless given: the process that answers a scrape asks it, and shows the answer as it
   * is. `'process'`: each process's answer is part of the sum, as an instrument's numbers are.
   * Of no effect in a single process.
   */
  readonly scope?: CollectorScope;
  /** How the gauges of a collector of the process become one: `'all'`, each under a label `pid`, unless given. */
  readonly multiprocessMode?: MultiprocessMode;
}

/** What a registry's `register` takes. */
export interface RegisterOptions extends RelabelOptions, ScopeOptions {}

/** What of a registry decides how a collector is shown in it. */
export interface Showing {
  readonly constantLabels: Pairs;
  readonly hasStorage: boolean;
  readonly storage: Storage;
}

/**
 * Returns how a collector is shown that is registered with these options.
 *
 * @throws {TypeError} When an option is unknown or of the wrong type, or a mode is given for a
 * collector of the service.
 * @throws {RangeError} When scope or mode is none there is, or a label's name is not one.
 */
export function toShown(
  collector: Collector,
  options: RegisterOptions | undefined,
  registry: Showing,
): Shown {
  const { mode: given, ...relabel } = apart(options);
  const { constantLabels } = registry;
  // An instrument counts for its process, wherever it does that.
  const mode = given ?? (isStored(collector) ? declaredMode(collector) : undefined);
  // Instruments have the registry's labels from their declaration.
  const isPlain =
    Object.keys(relabel).length === 0 && (constantLabels.length === 0 || isStored(collector));
  if (isPlain) {
    // Asking for the storage would choose one.
    const isKept =
      isStored(collector) &&
      registry.hasStorage &&
      collector.isKeptIn?.(registry.storage) !== false;
    return { collector, isKept, relabelling: undefined, mode };
  }
  const { prefix, labels } = toRelabelling('registry "register"', relabel, OTHER_OPTIONS);
  const relabelling = { prefix, labels: joined(constantLabels, labels) };
  return { collector, isKept: false, relabelling, mode };
}

const OTHER_OPTIONS = ['scope', 'multiprocessMode'];

function declaredMode(instrument: Collector): MultiprocessMode {
  const [family] = (instrument.describe?.() ?? []) as Iterable<Partial<StoredFamily>>;
  return family?.mode ?? 'all';
}

/** The mode of a collector of the process, which one of the service has not, and all other options. */
function apart(
  options: RegisterOptions = {},
): RelabelOptions & { readonly mode: MultiprocessMode | undefined } {
  if (typeof options !== 'object' || options === null) {
    throw new TypeError(
      `registry "register": no options, expected { prefix, labels, scope, multiprocessMode }, got ${show(options)}`,
    );
  }
  const { scope = 'service', multiprocessMode, ...relabel } = options;
  if (scope !== 'service' && scope !== 'process') {
    throw new RangeError(
      `registry "register": unknown scope, expected "service" or "process", got ${show(scope)}`,
    );
  }
  if (scope === 'process') {
    const mode = multiprocessMode ?? 'all';
    return { ...relabel, mode: validMode('registry "register"', mode, MULTIPROCESS_MODES) };
  }
  if (multiprocessMode === undefined) return { ...relabel, mode: undefined };
  throw new TypeError(
    `registry "register": a mode for a collector of the service, expected scope "process" or no multiprocessMode, got ${show(multiprocessMode)}`,
  );
}

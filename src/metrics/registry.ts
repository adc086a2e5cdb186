/** The registry: who has which names, and what a scrape shows. */

import { MetricsError, show } from '../model/error.ts';
import type { Collector, FamilyHeader, MetricFamily } from '../model/family.ts';
import { claimedNames, isMetricType } from '../model/name.ts';
import { MemoryStorage } from '../storage/memory.ts';
import type { Storage } from '../storage/storage.ts';
import { type Clock, SYSTEM_CLOCK } from './clock.ts';
import { CollectionRun, isStored, nameOf } from './collection-run.ts';
import { CollectorFailures, type FailureReason, reportOnce } from './failures.ts';
import { restrict } from './restricted.ts';

/** How a registry is set up. */
export interface CollectorRegistryOptions {
  /** Where its metrics keep their numbers: this process's heap unless given. */
  readonly storage?: Storage;
  /** How long an asynchronous collector may take, in milliseconds: 5000 unless given, < 2^31. */
  readonly collectTimeoutMs?: number;
  /**
   * Told of every collector that failed, beside the metric that counts them. Unless given, each
   * failure is written to the console the first time it happens.
   */
  readonly onError?: (error: MetricsError) => void;
  /** The time; the machine's unless given. For tests. */
  readonly clock?: Clock;
}

/** A name is taken. Carries the collector that has it, for programs that load their modules anew. */
export class AlreadyRegisteredError extends MetricsError {
  /** The collector that was registered first. */
  readonly existing: Collector;

  /** Made by registries. */
  constructor(message: string, existing: Collector) {
    super('ALREADY_REGISTERED', message);
    this.name = 'AlreadyRegisteredError';
    this.existing = existing;
  }
}

/**
 * The metrics of a program, or of a part of one.
 *
 * Instruments register themselves; objects of your own with a `collect()` are handed to
 * {@linkcode CollectorRegistry.register}.
 */
export class CollectorRegistry implements Collector {
  /** The registry's clock. */
  readonly clock: Clock;
  readonly #collectors = new Map<Collector, readonly string[]>();
  readonly #owners = new Map<string, Collector>();
  readonly #failures = new CollectorFailures();
  readonly #hanging = new Set<Collector>();
  readonly #timeoutMs: number;
  readonly #onError: (error: MetricsError) => void;
  #storage: Storage | undefined;

  /**
   * @throws {TypeError} When an option is unknown or of the wrong type.
   * @throws {RangeError} When the time limit is not above 0 or longer than timers can wait.
   */
  constructor(options: CollectorRegistryOptions = {}) {
    validateOptions(options);
    const { storage, collectTimeoutMs = 5000, clock = SYSTEM_CLOCK } = options;
    this.clock = clock;
    this.#storage = storage;
    this.#timeoutMs = collectTimeoutMs;
    this.#onError = options.onError ?? reportOnce();
  }

  /** Where the metrics of this registry keep their numbers. */
  get storage(): Storage {
    this.#storage ??= new MemoryStorage();
    return this.#storage;
  }

  /** True once a storage was given or a metric has made the registry choose one. */
  get hasStorage(): boolean {
    return this.#storage !== undefined;
  }

  /**
   * Gives the registry a storage before its first metric.
   *
   * @throws {MetricsError} With code `STORAGE_IN_USE` when a metric has its numbers elsewhere by now.
   */
  useStorage(storage: Storage): void {
    if (this.#storage !== undefined && this.#storage !== storage) {
      throw new MetricsError(
        'STORAGE_IN_USE',
        'registry "storage": already in use, expected a registry without metrics, got one that has some',
      );
    }
    this.#storage = storage;
  }

  /**
   * Adds a collector, and claims every name that its families' lines may bear. A collector with a
   * `describe()` has its names claimed now, one without is checked at each scrape.
   *
   * @throws {TypeError} When it has no `collect()`, is this registry, or describes a family of unknown type.
   * @throws {AlreadyRegisteredError} When one of its names is taken.
   */
  register(collector: Collector): void {
    if (typeof collector?.collect !== 'function') {
      throw new TypeError(
        `registry "register": no collector, expected an object with collect(), got ${show(collector)}`,
      );
    }
    // Its scrape would begin another one of itself, without end.
    if ((collector as Collector) === this) {
      throw new TypeError(
        'registry "register": a registry in itself, expected another collector, got the registry',
      );
    }
    const families = [...(collector.describe?.() ?? [])];
    for (const { name, type } of families) {
      if (isMetricType(type)) continue;
      throw new TypeError(
        `collector ${show(name)}: described by an unknown type, expected a MetricType, got ${show(type)}`,
      );
    }
    const names = families.flatMap(claimedNames);
    if (this.#collectors.has(collector)) this.#refuseTaken(collector, families, collector);
    for (const name of names) {
      const owner = this.#owners.get(name);
      if (owner !== undefined) this.#refuseTaken(collector, families, owner);
    }
    for (const name of names) this.#owners.set(name, collector);
    this.#collectors.set(collector, names);
  }

  /**
   * Removes a collector, whose families are exposed no more. A metric counts on unseen; where
   * several processes share the storage it stays unseen even if it is registered again.
   *
   * @throws {MetricsError} With code `NOT_REGISTERED` when it is not in this registry.
   */
  unregister(collector: Collector): void {
    const names = this.#collectors.get(collector);
    if (names === undefined) {
      throw new MetricsError(
        'NOT_REGISTERED',
        `registry "unregister": unknown collector, expected a registered one, got ${nameOf(collector)}`,
      );
    }
    this.#collectors.delete(collector);
    for (const name of names) this.#owners.delete(name);
    // What lies in files that others read as well would be exposed for ever.
    if (this.#storage?.collect !== undefined && isStored(collector)) collector.withdraw();
  }

  /** Removes all collectors: for tests, and for programs that load their modules anew. */
  clear(): void {
    for (const collector of [...this.#collectors.keys()]) this.unregister(collector);
  }

  /**
   * The collector that has claimed `name`, with or without a suffix such as `_total`: for modules
   * that are loaded anew. Its type is the caller's to know.
   */
  get<Known extends Collector = Collector>(name: string): Known | undefined {
    return this.#owners.get(name) as Known | undefined;
  }

  /**
   * Returns the families as they are now: in the order of registration or, where several processes
   * share the storage, theirs by name and then those of this process's own collectors.
   *
   * Never throws. A collector that throws, rejects or takes longer than the time limit costs its
   * own families; `promethium_collector_failures_total` counts it.
   */
  collect(): AsyncGenerator<MetricFamily> {
    return this.#run(this.#collectors.keys());
  }

  /**
   * A view that shows only what bears one of these names: whole families by the family's name or,
   * by a sample's name such as `x_sum`, these samples alone.
   */
  restrictedTo(names: readonly string[]): Collector {
    const wanted = new Set(names);
    const source = (): AsyncGenerator<MetricFamily> =>
      this.#run(
        [...this.#collectors]
          .filter(([, claimed]) => claimed.length === 0 || claimed.some((name) => wanted.has(name)))
          .map(([collector]) => collector),
      );
    return { collect: () => restrict(source(), wanted) };
  }

  /** Makes what was counted visible to other processes, where the storage writes behind. */
  flush(): void {
    this.#storage?.flush?.();
  }

  #run(collectors: Iterable<Collector>): AsyncGenerator<MetricFamily> {
    return new CollectionRun({
      collectors,
      shared: this.#storage?.collect === undefined ? undefined : this.#storage,
      failures: this.#failures,
      clock: this.clock,
      timeoutMs: this.#timeoutMs,
      hanging: this.#hanging,
      onFailure: (collector, reason, cause) => this.#fail(collector, reason, cause),
    }).families();
  }

  #fail(collector: string, reason: FailureReason, cause: unknown): void {
    this.#failures.count(this.storage, this.clock.now(), collector, reason);
    const what =
      reason === 'timeout'
        ? `expected an answer within ${this.#timeoutMs} ms, got none`
        : reason === 'duplicate'
          ? 'expected families of its own, got a name that was exposed already'
          : `expected families, got ${cause instanceof Error ? cause.message : show(cause)}`;
    const code = reason === 'timeout' ? 'COLLECT_TIMEOUT' : 'COLLECT_FAILED';
    try {
      this.#onError(new MetricsError(code, `collector "${collector}": failed, ${what}`, { cause }));
    } catch {
      // The listener's own mistake must not cost the scrape.
    }
  }

  #refuseTaken(
    collector: Collector,
    families: readonly Pick<FamilyHeader, 'name' | 'type'>[],
    owner: Collector,
  ): never {
    const type = families[0]?.type ?? 'collector';
    const taken = families.flatMap(claimedNames).find((name) => this.#owners.has(name));
    const got =
      taken === undefined
        ? 'it again'
        : `${show(taken)}, see registry.get(), of "${nameOf(owner)}"`;
    throw new AlreadyRegisteredError(
      `${type} "${nameOf(collector)}": already registered, expected a free name, got ${got}`,
      owner,
    );
  }
}

/** What each option has to be, as errors say it, and whether a value is that. */
const OPTIONS: Readonly<
  Record<string, readonly [expected: string, is: (value: unknown) => boolean]>
> = {
  storage: ['a Storage', hasMethod('declare')],
  collectTimeoutMs: ['a number', (value) => typeof value === 'number'],
  onError: ['a function', (value) => typeof value === 'function'],
  clock: ['a Clock', hasMethod('elapsed')],
};

/** The longest time that timers can wait; they take what is longer for no time at all. */
const LONGEST_TIMEOUT_MS = 2 ** 31 - 1;

function validateOptions(options: CollectorRegistryOptions): void {
  if (typeof options !== 'object' || options === null) {
    throw new TypeError(`registry: no options, expected an object, got ${show(options)}`);
  }
  for (const [name, value] of Object.entries(options)) {
    const [expected, is] = (Object.hasOwn(OPTIONS, name) && OPTIONS[name]) || [];
    if (is === undefined) {
      throw new TypeError(
        `registry: unknown option, expected ${Object.keys(OPTIONS).join(', ')}, got ${show(name)}`,
      );
    }
    if (value === undefined || is(value)) continue;
    throw new TypeError(
      `registry "${name}": of the wrong type, expected ${expected}, got ${show(value)}`,
    );
  }
  const { collectTimeoutMs = 1 } = options;
  if (!(collectTimeoutMs > 0 && collectTimeoutMs <= LONGEST_TIMEOUT_MS)) {
    throw new RangeError(
      `registry "collectTimeoutMs": not a time limit, expected milliseconds > 0 and < 2^31, got ${collectTimeoutMs}`,
    );
  }
}

function hasMethod(name: string): (value: unknown) => boolean {
  return (value) => typeof (value as Record<string, unknown> | null)?.[name] === 'function';
}

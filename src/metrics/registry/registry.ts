/**
 * The registry: what is registered, under which names, and what a program sets for all of it. What a
 * scrape shows of that, `registry-scrapes.ts` knows.
 */

import type { MetricsError } from '../../model/error.ts';
import type { Collector, MetricFamily } from '../../model/family.ts';
import type { Pairs } from '../../model/labels.ts';
import { claimedNames } from '../../model/name.ts';
import { MemoryStorage } from '../../storage/memory.ts';
import type { Storage } from '../../storage/storage.ts';
import { isStored } from '../collection/collection-run.ts';
import type { RelabelOptions } from '../collection/relabelled.ts';
import type { ExemplarDropReason } from '../exemplars/exemplar-keeper.ts';
import {
  type ExemplarOptions,
  type ExemplarSampling,
  toExemplarSampling,
} from '../exemplars/exemplar-options.ts';
import { toCommonPairs } from '../labels/constant-labels.ts';
import { type Clock, SYSTEM_CLOCK } from '../timing/clock.ts';
import type { InstrumentRegistry } from './instrument-registry.ts';
import { type RegisterOptions, toShown } from './register-options.ts';
import { Registrations, requireCollector } from './registrations.ts';
import {
  type CollectorRegistryOptions,
  requireUsable,
  type TargetInfo,
  validateMaxChildren,
  validateOptions,
} from './registry-options.ts';
import { RegistryScrapes } from './registry-scrapes.ts';
import { RegistryView } from './registry-view.ts';
import { Target } from './target.ts';

const DEFAULTS: CollectorRegistryOptions = {};

/**
 * The metrics of a program, or of a part of one.
 *
 * Instruments register themselves; objects of your own with a `collect()` are handed to
 * {@linkcode CollectorRegistry.register}.
 */
export class CollectorRegistry implements Collector, InstrumentRegistry {
  /** The registry's clock. */
  readonly clock: Clock;
  /** Nothing: names are as they were declared. */
  readonly prefix: string = '';
  /** The labels that every series carries. */
  readonly constantLabels: Pairs;
  readonly #registered = new Registrations();
  readonly #scrapes: RegistryScrapes;
  #storage: Storage | undefined;
  #maxChildren: number;
  #exemplars: ExemplarSampling | undefined;

  /**
   * @throws {TypeError} When an option is unknown or of the wrong type.
   * @throws {RangeError} When the time limit is not above 0 or longer than timers can wait, the
   * limit of children is none, or a label's name is not one.
   */
  constructor(options: CollectorRegistryOptions = DEFAULTS) {
    // What is not given runs nothing here, which every import of this package would wait for.
    if (options !== DEFAULTS) validateOptions(options);
    const { storage, collectTimeoutMs = 5000, clock = SYSTEM_CLOCK, constantLabels } = options;
    this.clock = clock;
    this.constantLabels =
      constantLabels === undefined
        ? []
        : toCommonPairs('registry "constantLabels"', constantLabels);
    this.#storage = storage;
    this.#maxChildren = options.maxChildren ?? Infinity;
    this.#scrapes = new RegistryScrapes({
      registry: this,
      registered: this.#registered,
      storageInUse: () => this.#storage,
      timeoutMs: collectTimeoutMs,
      onError: options.onError,
    });
    if (options.targetInfo !== undefined) this.targetInfo = options.targetInfo;
    if (options.exemplars !== undefined) this.exemplars = options.exemplars;
  }

  /** The registry itself: what it has in common with its views. */
  get root(): this {
    return this;
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
   * @throws {TypeError} When it is no storage.
   * @throws {MetricsError} With code `STORAGE_IN_USE` when a metric has its numbers elsewhere by now.
   */
  useStorage(storage: Storage): void {
    requireUsable(storage, this.#storage);
    this.#storage = storage;
    if (this.collectors.length > 0 || this.#scrapes.target !== undefined) {
      this.#scrapes.share();
    }
  }

  /** How many children a metric may have that does not say it itself. Can be changed at any time. */
  get maxChildren(): number {
    return this.#maxChildren;
  }

  /** @throws {TypeError | RangeError} When it is not a whole number > 0 or Infinity. */
  set maxChildren(limit: number) {
    validateMaxChildren(limit);
    this.#maxChildren = limit;
  }

  /** Where exemplars come from that nobody gave. Can be changed at any time, for all metrics. */
  get exemplars(): ExemplarSampling | undefined {
    return this.#exemplars;
  }

  /** @throws {TypeError | RangeError} When there is no provider, or an age or interval is none. */
  set exemplars(options: ExemplarOptions | undefined) {
    this.#exemplars =
      options === undefined ? undefined : toExemplarSampling('registry "exemplars"', options);
    for (const collector of this.collectors) {
      if (isStored(collector)) collector.followExemplars?.(this.#exemplars);
    }
  }

  /** Told of what fails; the console is unless set. See {@linkcode CollectorRegistryOptions}. */
  get onError(): ((error: MetricsError) => void) | undefined {
    return this.#scrapes.report.onError;
  }

  /** @throws {TypeError} When it is no function. */
  set onError(listener: ((error: MetricsError) => void) | undefined) {
    validateOptions(listener === undefined ? {} : { onError: listener });
    this.#scrapes.report.onError = listener;
  }

  /** Facts about the program, shown as `target_info` before everything else; none unless set. */
  get targetInfo(): TargetInfo | undefined {
    return this.#scrapes.target?.facts;
  }

  /**
   * @throws {TypeError | RangeError} When they are not facts as `Info` takes them. Those from before stay.
   * @throws {AlreadyRegisteredError} When a metric has the name `target` or `target_info`.
   */
  set targetInfo(facts: TargetInfo | undefined) {
    const target = facts === undefined ? undefined : new Target(facts);
    const { claims } = this.#registered;
    const before = this.#scrapes.target;
    if (before !== undefined) claims.release(before, before.describe().flatMap(claimedNames));
    if (target !== undefined) claims.claim(target, target.describe());
    this.#scrapes.target = target;
    this.#scrapes.share();
  }

  /** The collectors that are registered, in that order. */
  get collectors(): readonly Collector[] {
    return this.#registered.collectors;
  }

  /** The names that are claimed: of families, and with the suffixes that their lines may bear. */
  get names(): readonly string[] {
    return this.#registered.claims.names;
  }

  /** A view for a library or a part of the program, all of whose names and series bear something. */
  with(options: RelabelOptions): RegistryView {
    return new RegistryView(this, options);
  }

  /**
   * Adds a collector, and claims every name that its families' lines may bear. A collector with a
   * `describe()` has its names claimed now, one without is checked at each scrape.
   *
   * @param options - A prefix for its names, labels for its series, and whose facts it tells.
   * @throws {TypeError} When it has no `collect()`, is this registry or has it among its own
   * collectors, or describes a family of unknown type; when an option is unknown.
   * @throws {RangeError} When the scope or the mode of its gauges is none there is.
   * @throws {AlreadyRegisteredError} When one of its names is taken.
   */
  register(collector: Collector, options?: RegisterOptions): void {
    requireCollector(collector, 'register');
    this.#registered.add(this, toShown(collector, options, this));
    this.#scrapes.share();
  }

  /**
   * Removes a collector, whose families are exposed no more. A metric counts on unseen; where
   * several processes share the storage it stays unseen even if it is registered again.
   *
   * @throws {TypeError} When it is none, such as what `get()` returned where nobody has the name.
   * @throws {MetricsError} With code `NOT_REGISTERED` when it is not in this registry.
   */
  unregister(collector: Collector): void {
    const { isKept } = this.#registered.delete(collector);
    // What lies in files that others read as well would be exposed for ever.
    const isShared = isKept && this.#storage?.collect !== undefined;
    if (isShared && isStored(collector)) collector.withdraw();
    this.#scrapes.withdraw(collector);
  }

  /** Removes all collectors: for tests, and for programs that load their modules anew. */
  clear(): void {
    for (const collector of this.collectors) this.unregister(collector);
  }

  /**
   * Sets the numbers of all metrics to what they were at the beginning: for tests. Children stay,
   * also those that the program keeps; take them away with a metric's `clear()`. Where several
   * processes share the storage, the others' numbers stay as they are.
   */
  reset(): void {
    for (const collector of this.collectors) {
      if (isStored(collector)) collector.resetAll();
    }
    this.#scrapes.report.reset();
  }

  /** Counts that a metric had no room for a child. Instruments call it. */
  countOverflow(metric: string): void {
    this.#scrapes.report.overflowed(metric);
  }

  /** Counts that an exemplar of a metric was dropped. Instruments call it. */
  countDroppedExemplar(metric: string, reason: ExemplarDropReason, cause: unknown): void {
    this.#scrapes.report.exemplarDropped(metric, reason, cause);
  }

  /**
   * The collector that has claimed `name`, with or without a suffix such as `_total`: for modules
   * that are loaded anew. Its type is the caller's to know: `get<Counter<['method']>>('x_total')`.
   */
  get<Known extends Collector = Collector>(name: string, labels: Pairs = []): Known | undefined {
    return this.#registered.claims.ownerOf(name, labels) as Known | undefined;
  }

  /**
   * Returns the families as they are now: in the order of registration or, where several processes
   * share the storage, theirs by name and then those of this process's own collectors.
   *
   * Never throws. A collector that throws, rejects or takes longer than the time limit costs its
   * own families; `promethium_collector_failures_total` counts it.
   */
  collect(): AsyncGenerator<MetricFamily> {
    return this.#scrapes.families();
  }

  /**
   * A view that shows only what bears one of these names: whole families by the family's name or,
   * by a sample's name such as `x_sum`, these samples alone.
   */
  restrictedTo(names: readonly string[]): Collector {
    return this.#scrapes.restrictedTo(names);
  }

  /** Makes what was counted visible to other processes, where the storage writes behind. */
  flush(): void {
    this.#storage?.flush?.();
  }
}

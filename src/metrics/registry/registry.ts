/** The registry: who has which names, and what a scrape shows. */

import type { MetricsError } from '../../model/error.ts';
import type { Collector, MetricFamily } from '../../model/family.ts';
import type { Pairs } from '../../model/labels.ts';
import { claimedNames } from '../../model/name.ts';
import { MemoryStorage } from '../../storage/memory.ts';
import type { Storage } from '../../storage/storage.ts';
import { CollectionRun, isStored } from '../collection/collection-run.ts';
import { CollectorCalls } from '../collection/collector-calls.ts';
import type { RelabelOptions } from '../collection/relabelled.ts';
import { restrict } from '../collection/restricted.ts';
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
import { RegistryPublication } from './registry-publication.ts';
import { RegistryReport } from './registry-report.ts';
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
  readonly #report: RegistryReport;
  readonly #calls: CollectorCalls;
  #publication: RegistryPublication | undefined;
  #storage: Storage | undefined;
  #maxChildren: number;
  #exemplars: ExemplarSampling | undefined;
  #target: Target | undefined;

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
    this.#report = new RegistryReport({
      storage: () => this.storage,
      clock,
      constantLabels: this.constantLabels,
      timeoutMs: collectTimeoutMs,
      onError: options.onError,
    });
    this.#calls = new CollectorCalls({
      clock,
      timeoutMs: collectTimeoutMs,
      onFailure: (collector, reason, cause) => this.#report.failed(collector, reason, cause),
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
    if (this.collectors.length > 0 || this.#target !== undefined) this.#share();
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
    return this.#report.onError;
  }

  /** @throws {TypeError} When it is no function. */
  set onError(listener: ((error: MetricsError) => void) | undefined) {
    validateOptions(listener === undefined ? {} : { onError: listener });
    this.#report.onError = listener;
  }

  /** Facts about the program, shown as `target_info` before everything else; none unless set. */
  get targetInfo(): TargetInfo | undefined {
    return this.#target?.facts;
  }

  /**
   * @throws {TypeError | RangeError} When they are not facts as `Info` takes them. Those from before stay.
   * @throws {AlreadyRegisteredError} When a metric has the name `target` or `target_info`.
   */
  set targetInfo(facts: TargetInfo | undefined) {
    const target = facts === undefined ? undefined : new Target(facts);
    const { claims } = this.#registered;
    const before = this.#target;
    if (before !== undefined) claims.release(before, before.describe().flatMap(claimedNames));
    if (target !== undefined) claims.claim(target, target.describe());
    this.#target = target;
    this.#share();
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
    this.#share();
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
    this.#publication?.withdraw(collector);
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
    this.#report.reset();
  }

  /** Counts that a metric had no room for a child. Instruments call it. */
  countOverflow(metric: string): void {
    this.#report.overflowed(metric);
  }

  /** Counts that an exemplar of a metric was dropped. Instruments call it. */
  countDroppedExemplar(metric: string, reason: ExemplarDropReason, cause: unknown): void {
    this.#report.exemplarDropped(metric, reason, cause);
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
    return this.#run();
  }

  /**
   * A view that shows only what bears one of these names: whole families by the family's name or,
   * by a sample's name such as `x_sum`, these samples alone.
   */
  restrictedTo(names: readonly string[]): Collector {
    const wanted = new Set(names);
    // So that a registry sees that this is a part of itself.
    const collectors = [this];
    const collect = () => restrict(this.#run(wanted), wanted);
    return { collectors, collect } as Collector;
  }

  /** Makes what was counted visible to other processes, where the storage writes behind. */
  flush(): void {
    this.#storage?.flush?.();
  }

  /** Has the storage ask this registry, where other processes read it. */
  #share(): RegistryPublication | undefined {
    const storage = this.#storage;
    if (storage?.collect === undefined) return undefined;
    if (this.#publication !== undefined) return this.#publication;
    const calls = this.#calls;
    const registered = this.#registered;
    const target = (): Target | undefined => this.#target;
    this.#publication = new RegistryPublication({ storage, calls, registered, target });
    storage.attach?.(this.#publication);
    return this.#publication;
  }

  #run(wanted?: ReadonlySet<string>): AsyncGenerator<MetricFamily> {
    const shared = this.#share();
    return new CollectionRun({
      collectors: this.#registered.shown(shared !== undefined, wanted),
      first: this.#target,
      ownerOf: (name) => this.#registered.ownerOf(name),
      shared,
      last: () => this.#report.counters,
      calls: this.#calls,
    }).families();
  }
}

/** A registry as a library sees it: what the library registers bears a prefix and labels of its host's. */

import type { Collector } from '../../model/family.ts';
import type { Pairs } from '../../model/labels.ts';
import type { Storage } from '../../storage/storage.ts';
import { type RelabelOptions, toRelabelling } from '../collection/relabelled.ts';
import { joined } from '../labels/constant-labels.ts';
import type { Clock } from '../timing/clock.ts';
import type { InstrumentRegistry, RootRegistry } from './instrument-registry.ts';
import type { ScopeOptions } from './register-options.ts';

/**
 * A part of a registry. Instruments take it for their `registry`, and it holds nothing itself: their
 * names are the registry's names, and a scrape of the registry shows them.
 *
 * @example
 * ```ts
 * const registry = REGISTRY.with({ prefix: 'pool_', labels: { database: 'orders' } });
 * new Gauge({ name: 'connections', help: 'Open connections.', registry }); // pool_connections{database="orders"}
 * ```
 */
export class RegistryView implements InstrumentRegistry {
  /** The registry behind this view and all others. */
  readonly root: RootRegistry;
  /** What the names of metrics declared here begin with. */
  readonly prefix: string;
  /** The labels that metrics declared here carry, with their values. */
  readonly constantLabels: Pairs;
  readonly #parent: InstrumentRegistry;

  /**
   * Programs call `registry.with()`.
   *
   * @throws {TypeError} When an option is unknown or of the wrong type.
   * @throws {RangeError} When a label's name is not one.
   */
  constructor(parent: InstrumentRegistry, options: RelabelOptions) {
    const { prefix, labels } = toRelabelling('registry "with"', options);
    this.#parent = parent;
    this.root = parent.root;
    this.prefix = parent.prefix + prefix;
    this.constantLabels = joined(parent.constantLabels, labels);
  }

  /** The registry's clock. */
  get clock(): Clock {
    return this.#parent.clock;
  }

  /** Where metrics declared here keep their numbers: the registry's storage. */
  get storage(): Storage {
    return this.#parent.storage;
  }

  /** A view of this view: prefixes and labels add up, and of two labels of one name this one's wins. */
  with(options: RelabelOptions): RegistryView {
    return viewOf(this, options);
  }

  /**
   * Adds a collector, whose families bear the prefix and the labels. Instruments are declared in
   * the view instead and need no registering.
   *
   * @param options - Whose facts it tells: the service's unless given.
   * @throws {TypeError | RangeError | AlreadyRegisteredError} As the registry's `register` does.
   */
  register(collector: Collector, options: ScopeOptions = {}): void {
    const { scope, multiprocessMode } = options;
    const labels = Object.fromEntries(this.constantLabels);
    this.root.register(collector, {
      prefix: this.prefix,
      labels,
      ...(scope !== undefined && { scope }),
      ...(multiprocessMode !== undefined && { multiprocessMode }),
    });
  }

  /**
   * Removes a collector or metric.
   *
   * @throws {MetricsError} With code `NOT_REGISTERED` when it is not in the registry.
   */
  unregister(collector: Collector): void {
    this.root.unregister(collector);
  }

  /** The collector that has claimed `name`, which is written here without the prefix. */
  get<Known extends Collector = Collector>(name: string): Known | undefined {
    return this.root.get<Known>(this.prefix + name, this.constantLabels);
  }
}

/** Outside of the class: bundlers rename one that speaks of itself. */
function viewOf(parent: InstrumentRegistry, options: RelabelOptions): RegistryView {
  return new RegistryView(parent, options);
}

/** What an instrument needs of the registry in which it is declared: a registry, or a view of one. */

import type { StoredFamily } from '../../model/cells.ts';
import type { Collector } from '../../model/family.ts';
import type { Pairs } from '../../model/labels.ts';
import { claimedNames } from '../../model/name.ts';
import type { Storage } from '../../storage/storage.ts';
import type { ExemplarDropReason } from '../exemplars/exemplar-keeper.ts';
import type { ExemplarSampling } from '../exemplars/exemplar-options.ts';
import type { Clock } from '../timing/clock.ts';
import type { RegisterOptions } from './register-options.ts';

/** The registry behind all views, as instruments and views use it. */
export interface RootRegistry {
  /** How many children a metric may have that does not say it itself. */
  readonly maxChildren: number;
  /** How exemplars are sampled; not at all where there is nothing. */
  readonly exemplars: ExemplarSampling | undefined;
  /** What is registered. */
  readonly collectors: readonly Collector[];
  /** Counts that a metric had no room for a child. */
  countOverflow(metric: string): void;
  /** Counts that an exemplar of a metric was dropped, and says so the first time. */
  countDroppedExemplar(metric: string, reason: ExemplarDropReason, cause: unknown): void;
  /** See `CollectorRegistry`. */
  register(collector: Collector, options?: RegisterOptions): void;
  /** See `CollectorRegistry`. */
  unregister(collector: Collector): void;
  /** See `CollectorRegistry`. */
  get<Known extends Collector = Collector>(name: string, labels?: Pairs): Known | undefined;
}

/** Where instruments can be declared: a registry, or a view that its `with()` returned. */
export interface InstrumentRegistry {
  /** The registry behind all views; a registry itself. */
  readonly root: RootRegistry;
  /** The time. */
  readonly clock: Clock;
  /** Where metrics keep their numbers. */
  readonly storage: Storage;
  /** What the names of metrics declared here begin with. */
  readonly prefix: string;
  /** The labels that metrics declared here carry, with their values. */
  readonly constantLabels: Pairs;
}

/**
 * Lets the registry refuse a name that is taken before the storage hears of the family, which would
 * take the last one declared under a name for the one that is meant.
 *
 * @throws {AlreadyRegisteredError} When somebody has it.
 */
export function refuseTaken(
  { name, family }: { readonly name: string; readonly family: StoredFamily },
  registry: RootRegistry,
): void {
  if (!claimedNames(family).some((claimed) => registry.get(claimed) !== undefined)) return;
  const probe = { name, describe: () => [family], collect: () => [] };
  registry.register(probe);
  // The name may be shared with metrics of other constant labels.
  registry.unregister(probe);
}

/** What an instrument needs of the registry in which it is declared: a registry, or a view of one. */

import type { Collector } from '../model/family.ts';
import type { Pairs } from '../model/labels.ts';
import type { Storage } from '../storage/storage.ts';
import type { Clock } from './clock.ts';
import type { ExemplarDropReason } from './exemplar-keeper.ts';
import type { ExemplarSampling } from './exemplar-options.ts';
import type { RelabelOptions } from './relabelled.ts';

/** The registry behind all views, as instruments and views use it. */
export interface RootRegistry {
  /** How many children a metric may have that does not say it itself. */
  readonly maxChildren: number;
  /** How exemplars are sampled; not at all where there is nothing. */
  readonly exemplars: ExemplarSampling | undefined;
  /** Counts that a metric had no room for a child. */
  countOverflow(metric: string): void;
  /** Counts that an exemplar of a metric was dropped, and says so the first time. */
  countDroppedExemplar(metric: string, reason: ExemplarDropReason, cause: unknown): void;
  /** See `CollectorRegistry`. */
  register(collector: Collector, options?: RelabelOptions): void;
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

/**
 * What a process shows to others beside its numbers: families that are somebody else's, which it was
 * told when it asked. One of several processes that publish the same is shown, and nothing is added up.
 */

import type { MultiprocessMode } from '../model/cells.ts';
import type { Collector, MetricFamily } from '../model/family.ts';

/** Somebody with something to publish: a registry. */
export interface Publishing {
  /** Asks what has to be asked, and gives the answers to the storage. Never rejects. */
  publish(): Promise<void>;
  /** The same on the way out of the program: only what answers at once. Never throws. */
  publishLast(): void;
}

/** What collectors of the process answered, kept like the numbers of instruments, to be merged like them. */
export interface CollectedFamilies {
  /** True where a collector other than this one has a family of the name. */
  isTaken(name: string, collector: Collector): boolean;
  /**
   * Puts the families in place of those that the collector had, and returns those that cannot be
   * kept.
   *
   * @throws What a family's walk throws. What was kept before stays.
   */
  put(
    collector: Collector,
    families: readonly MetricFamily[],
    mode: MultiprocessMode,
  ): readonly MetricFamily[];
  /** Takes out what the collector has kept. */
  withdraw(collector: Collector): void;
}

/** A family that another process published, or another registry of this one. */
export interface PublishedFamily extends MetricFamily {
  /** Who answered with it, and when. */
  readonly publication: Publication;
}

/** Where a published family is from. */
export interface Publication {
  /** The collector's name. */
  readonly collector: string;
  /** Seconds since it answered. */
  readonly ageSeconds: number;
}

/** True of a family that was published, rather than put together from numbers. */
export function isPublished(family: MetricFamily): family is PublishedFamily {
  return (family as Partial<PublishedFamily>).publication !== undefined;
}

/**
 * What a process shows to others beside its numbers: families that are somebody else's, which it was
 * told when it asked. One of several processes that publish the same is shown, and nothing is added up.
 */

import type { MetricFamily } from '../model/family.ts';

/** Somebody with something to publish: a registry. */
export interface Publishing {
  /** Asks what has to be asked, and gives the answers to the storage. Never rejects. */
  publish(): Promise<void>;
  /** The same on the way out of the program: only what answers at once. Never throws. */
  publishLast(): void;
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

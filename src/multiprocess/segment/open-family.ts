/** A family of one file while its records are parsed: its series, and what lies beside their cells. */

import type { ContributedFamily, ContributedSeries } from '../../aggregate/contribution.ts';
import { cellCount, type StoredFamily } from '../../model/cells.ts';
import type { BlockFamily } from './block-contents.ts';

/** A family on its way through the parser. */
export interface OpenFamily extends ContributedFamily, BlockFamily {
  readonly series: ContributedSeries[];
  readonly exemplars: BlockFamily['exemplars'];
  readonly windows: BlockFamily['windows'];
  readonly natives: BlockFamily['natives'];
  readonly nativeExemplars: BlockFamily['nativeExemplars'];
  readonly cellBytes: number;
  /** The larger is the newer. */
  readonly number: number;
}

/** A family without series yet. */
export function openFamily(family: StoredFamily, number: number): OpenFamily {
  return {
    family,
    series: [],
    exemplars: [],
    windows: [],
    natives: [],
    nativeExemplars: [],
    cellBytes: cellCount(family) * 8,
    number,
  };
}

/**
 * The families in the order they were declared. Declarations that have no series are left out where
 * the process has declared the same name again.
 */
export function shownFamilies(open: Iterable<OpenFamily | undefined>): ContributedFamily[] {
  const families = [...open].filter((family) => family !== undefined);
  const newest = new Map<string, number>();
  for (const { family, number } of families) {
    newest.set(family.name, Math.max(number, newest.get(family.name) ?? number));
  }
  return families
    .filter(({ family, series, number }) => series.length > 0 || number === newest.get(family.name))
    .sort((one, other) => one.number - other.number);
}

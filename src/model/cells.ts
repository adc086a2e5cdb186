/**
 * Where each type of metric keeps its numbers: the layout that instruments write, that the segment
 * files hold and that merging reads. A series is one run of consecutive float64 cells.
 *
 * | type | cells |
 * |---|---|
 * | counter | value, start time |
 * | gauge | value; then the time of the last write where the mode needs one ({@linkcode isStamped}) |
 * | summary | count, sum, start time |
 * | histogram | one count for each bucket and one for +Inf, each bucket alone; sum, start time |
 * | info | none: the series itself is the statement |
 * | stateset | 1 or 0 for each state; then the time of the last write where the mode needs one |
 *
 * Native buckets, whose number changes, lie beside the cells: a histogram that has no others has the
 * one for +Inf, which then is its count.
 *
 * Start times are Unix seconds. There is no cell for a histogram's count: it is the sum of the
 * buckets, so that no reader can see the two disagree.
 */

import type { FamilyHeader } from './family.ts';
import type { NativeSettings } from './native-resolution.ts';

/** How one gauge or enum becomes one number, or one for each process, when many processes have it. */
export const MULTIPROCESS_MODES = [
  'all',
  'liveall',
  'min',
  'livemin',
  'max',
  'livemax',
  'sum',
  'livesum',
  'mostrecent',
  'livemostrecent',
] as const;

/**
 * How the values that several processes hold for one gauge are shown.
 *
 * `all` shows each process's value under a label `pid`, `min`, `max` and `sum` what they say,
 * `mostrecent` the value set last. The same with `live` before it leaves out processes that ended.
 */
export type MultiprocessMode = (typeof MULTIPROCESS_MODES)[number];

/** The types that instruments have, and so the types that a storage is asked to keep. */
export type InstrumentType = 'counter' | 'gauge' | 'summary' | 'histogram' | 'info' | 'stateset';

/** All that has to be known of a family to keep, read and merge its numbers. */
export interface StoredFamily extends FamilyHeader {
  readonly type: InstrumentType;
  /** Bucket bounds of a histogram, ascending, without +Inf; empty for other types. */
  readonly bounds: readonly number[];
  /** With what the native buckets of a histogram begin, where it has any. */
  readonly native?: NativeSettings | undefined;
  /** The states of an enum, in their order; empty for other types. */
  readonly states: readonly string[];
  /** How gauges and enums merge; `sum` for all other types. */
  readonly mode: MultiprocessMode;
  /** How many children each process may have, and how many are kept of those that ended. */
  readonly maxChildren?: number;
}

/**
 * True when a cell keeps the time of the last write beside the value: where the latest one wins,
 * and where a process that never wrote must not pull the minimum or maximum to its initial 0.
 */
export function isStamped({ type, mode }: Pick<StoredFamily, 'type' | 'mode'>): boolean {
  if (type !== 'gauge' && type !== 'stateset') return false;
  return mode !== 'all' && mode !== 'liveall' && mode !== 'sum' && mode !== 'livesum';
}

/** How many cells a series of this family has. */
export function cellCount(
  family: Pick<StoredFamily, 'type' | 'mode' | 'bounds' | 'states'>,
): number {
  const stamp = isStamped(family) ? 1 : 0;
  switch (family.type) {
    case 'counter':
      return 2;
    case 'gauge':
      return 1 + stamp;
    case 'summary':
      return 3;
    case 'histogram':
      return family.bounds.length + 3;
    case 'info':
      return 0;
    case 'stateset':
      return family.states.length + stamp;
  }
}

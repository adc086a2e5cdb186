/**
 * How the numbers of one process's family get into the merged ones: prepared once as places and a
 * rule, and run at every scrape.
 *
 * Minima are the same in any order but for ties, so the caller runs the transfers of a family in one
 * order always: the newest process first. Sums do not depend on it at all, see {@linkcode Rests}.
 */

import { isStamped, type StoredFamily } from '../model/cells.ts';
import { isPerProcess } from './agreement.ts';
import type { ContributedExemplar, ContributedNative, ContributedWindow } from './contribution.ts';
import type { Rests } from './rests.ts';

/** How values that meet become one. */
type Rule = 'add' | 'copy' | 'min' | 'max' | 'latest';

/** What to take from one process's cells, and where to put it. */
export interface Transfer {
  /** The place of the process among the merged ones. */
  readonly contributor: number;
  readonly way: Way;
  /** The first cell of each series in the process's cells. */
  readonly sources: Int32Array;
  /** The first cell of each series in the merged ones, counted from the family's first cell. */
  readonly destinations: Int32Array;
  /** The exemplars that the process has of these series. */
  readonly exemplars?: readonly ContributedExemplar[] | undefined;
  /** What the process observed lately of these series. */
  readonly windows?: readonly ContributedWindow[] | undefined;
  /** What the process counted of these series in native buckets. */
  readonly natives?: readonly ContributedNative[] | undefined;
  /** The exemplars of native buckets that the process has of these series. */
  readonly nativeExemplars?: readonly ContributedExemplar[] | undefined;
  /** The bounds that the process's classic buckets have. */
  readonly bounds?: readonly number[] | undefined;
}

/** From the cells of one declaration to those of another. */
export interface Way {
  readonly rule: Rule;
  /** For each value cell, its place in the merged series. */
  readonly offsets: Int32Array;
  /** The place of the start time or the time of the last write, or -1 where there is none. */
  readonly timeSource: number;
  readonly timeDestination: number;
}

/**
 * A time of writing that stands for "never", above the 0 of a merged series nobody has reached yet.
 * The next larger number stands for "once, nobody knows when".
 */
const NEVER = Number.MIN_VALUE;
const SOMETIME: number = 2 * Number.MIN_VALUE;

/** Finds the way from a declaration's cells to the merged ones. Both are of the same type. */
export function wayBetween(source: StoredFamily, merged: StoredFamily): Way {
  const offsets = Int32Array.from(offsetsBetween(source, merged));
  const rule = ruleOf(merged);
  const size = merged.type === 'histogram' ? merged.bounds.length + 2 : valueCells(merged);
  const hasStart = source.type !== 'gauge' && source.type !== 'stateset';
  const isTimed = hasStart || (isStamped(merged) && isStamped(source));
  return {
    rule,
    offsets,
    timeSource: isTimed ? offsets.length : -1,
    timeDestination: hasStart || isStamped(merged) ? size : -1,
  };
}

type Combine = (
  transfer: Transfer,
  values: Float64Array,
  merged: Float64Array,
  base: number,
  rests: Rests,
) => void;

/**
 * Merges the series of `transfer` from `values` into `merged`, whose family begins at `base`. What
 * sums lost by rounding is in `rests`, at the same places, to be settled when all are added.
 */
export function run(
  transfer: Transfer,
  values: Float64Array,
  merged: Float64Array,
  base: number,
  rests: Rests,
): void {
  COMBINE[transfer.way.rule](transfer, values, merged, base, rests);
}

const COMBINE: Readonly<Record<Rule, Combine>> = {
  add,
  copy,
  min: (transfer, values, merged, base) => extreme(transfer, values, merged, base, 1),
  max: (transfer, values, merged, base) => extreme(transfer, values, merged, base, -1),
  latest,
};

function ruleOf(family: StoredFamily): Rule {
  if (family.type !== 'gauge' && family.type !== 'stateset') return 'add';
  if (isPerProcess(family)) return 'copy';
  switch (family.mode) {
    case 'sum':
    case 'livesum':
      return 'add';
    case 'min':
    case 'livemin':
      return family.type === 'gauge' ? 'min' : 'latest';
    case 'max':
    case 'livemax':
      return family.type === 'gauge' ? 'max' : 'latest';
    default:
      return 'latest';
  }
}

function valueCells({ type, states }: StoredFamily): number {
  if (type === 'stateset') return states.length;
  return type === 'summary' ? 2 : 1;
}

function offsetsBetween(source: StoredFamily, merged: StoredFamily): number[] {
  switch (source.type) {
    case 'histogram': {
      // An observation at most 0.3 is at most 0.5 as well, but nobody knows if it was at most 0.25.
      const buckets = source.bounds.map((bound) => {
        const place = merged.bounds.findIndex((other) => other >= bound);
        return place < 0 ? merged.bounds.length : place;
      });
      return [...buckets, merged.bounds.length, merged.bounds.length + 1];
    }
    case 'stateset':
      return source.states.map((state) => merged.states.indexOf(state));
    case 'summary':
      return [0, 1];
    default:
      return [0];
  }
}

function add(
  transfer: Transfer,
  values: Float64Array,
  merged: Float64Array,
  base: number,
  rests: Rests,
): void {
  const { sources, destinations, way } = transfer;
  const { offsets, timeSource, timeDestination } = way;
  // Read once: the loop over it is most often one cell long.
  const { length } = offsets;
  for (let i = 0; i < sources.length; i++) {
    const source = sources[i]!;
    const destination = base + destinations[i]!;
    for (let j = 0; j < length; j++) {
      const place = destination + offsets[j]!;
      const held = merged[place]!;
      const value = values[source + j]!;
      const sum = held + value;
      merged[place] = sum;
      const taken = sum - held;
      const rest = held - (sum - taken) + (value - taken);
      if (rest !== 0) rests.add(place, rest);
    }
    if (timeSource < 0) continue;
    const start = values[source + timeSource]!;
    const earliest = merged[destination + timeDestination]!;
    if (start > 0 && (earliest === 0 || start < earliest)) {
      merged[destination + timeDestination] = start;
    }
  }
}

function copy(transfer: Transfer, values: Float64Array, merged: Float64Array, base: number): void {
  const { sources, destinations, way } = transfer;
  const { offsets } = way;
  for (let i = 0; i < sources.length; i++) {
    const source = sources[i]!;
    const destination = base + destinations[i]!;
    for (let j = 0; j < offsets.length; j++) {
      merged[destination + offsets[j]!] = values[source + j]!;
    }
  }
}

/** The smallest value that anybody wrote, or with `sign` -1 the largest. */
function extreme(
  transfer: Transfer,
  values: Float64Array,
  merged: Float64Array,
  base: number,
  sign: 1 | -1,
): void {
  const { sources, destinations, way } = transfer;
  for (let i = 0; i < sources.length; i++) {
    const source = sources[i]!;
    const time = lastWrite(values, source, way);
    if (time <= NEVER) continue;
    const destination = base + destinations[i]!;
    const value = values[source]!;
    const held = merged[destination]!;
    // A NaN says that a process knows no value; it is shown only if none of them knows one.
    if (merged[destination + 1] === 0 || sign * value < sign * held || Number.isNaN(held)) {
      merged[destination] = value;
    }
    merged[destination + 1] = time;
  }
}

/** What was written last. Among equals the newest process's wins, being the first to come here. */
function latest(
  transfer: Transfer,
  values: Float64Array,
  merged: Float64Array,
  base: number,
): void {
  const { sources, destinations, way } = transfer;
  const { offsets, timeDestination } = way;
  for (let i = 0; i < sources.length; i++) {
    const source = sources[i]!;
    const destination = base + destinations[i]!;
    const time = lastWrite(values, source, way);
    if (time <= merged[destination + timeDestination]!) continue;
    merged.fill(0, destination, destination + timeDestination);
    for (let j = 0; j < offsets.length; j++) {
      merged[destination + offsets[j]!] = values[source + j]!;
    }
    merged[destination + timeDestination] = time;
  }
}

/**
 * When a series was written last. Where the process, declaring another mode, keeps no such time, a
 * gauge that is not the initial 0 must have been written, before all those whose time is known. Of
 * a state set, which is never all 0, that much is not to be seen.
 */
function lastWrite(values: Float64Array, source: number, { timeSource, offsets }: Way): number {
  if (timeSource < 0) return offsets.length === 1 && values[source] === 0 ? NEVER : SOMETIME;
  const time = values[source + timeSource]!;
  return time > 0 ? time : NEVER;
}

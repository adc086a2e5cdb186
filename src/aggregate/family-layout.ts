/**
 * Where the merged numbers of one family lie, and what brings each process's numbers there. Built
 * once for as long as no series comes or goes, in steps short enough to leave a server responsive.
 */

import { cellCount, type StoredFamily } from '../model/cells.ts';
import type { Pairs } from '../model/labels.ts';
import { type Agreement, infoPairs, isPerProcess, type Member, mergedValues } from './agreement.ts';
import type { Contribution } from './contribution.ts';
import { SeriesIndex } from './series-index.ts';
import { type Transfer, wayBetween } from './transfer.ts';

/** The merged series of one family, without their numbers. */
export interface FamilyLayout {
  readonly family: StoredFamily;
  /** Cells of one series; those of series `i` begin at `i * width`. */
  readonly width: number;
  /** For each series its label values, in the order that series are shown. */
  readonly labelValues: readonly (readonly string[])[];
  /**
   * For each series how many labels at the front it shares with the one before it, -1 as long as no
   * walk has looked.
   */
  readonly shared: Int16Array;
  /** For each series of an info metric what it says; empty for other types. */
  readonly pairs: readonly Pairs[];
  readonly transfers: readonly Transfer[];
}

/** A declaration's series as numbers of the index. */
interface Numbered {
  readonly revision: number;
  readonly process: string;
  readonly numbers: Int32Array;
  readonly sources: Int32Array;
}

/** Series that are looked up in one step: a fraction of a millisecond. */
const STEP = 512;

/** Series that are only copied in one step. */
const LONG_STEP = 8192;

/** What is remembered of a family between two layouts. */
interface Memory {
  /** What the label values mean; others cannot be told by the same index. */
  readonly shape: string;
  readonly index: SeriesIndex;
  /** The numbers in use, in the order of their label values. */
  order: Int32Array;
  /** What each number of an info metric says. */
  readonly pairs: Pairs[];
  /** By the declarations' keys. */
  numbered: ReadonlyMap<string, Numbered>;
}

/** Lays out one family again and again, and looks up only what changed in between. */
export class FamilyLayouter {
  #memory: Memory | undefined;

  /** Lays out what was agreed on. `contributions` says which process stands at which place. */
  *lay(
    { family, members }: Agreement,
    contributions: readonly Contribution[],
  ): Generator<undefined, FamilyLayout> {
    // Held here too, since another layout may begin, and forget, while this one is paused.
    const memory = this.#recall(family);
    const numbered = new Map<string, Numbered>();
    for (const member of members) {
      const known = memory.numbered.get(member.key);
      const isSame =
        known?.revision === member.contribution.revision && known.process === member.process;
      numbered.set(member.key, isSame ? known : yield* numberSeries(member, memory));
    }
    const order = yield* orderOf(numbered, memory);
    memory.order = order;
    memory.numbered = numbered;
    const width = cellCount(family);
    const places = new Int32Array(memory.index.size);
    for (let i = 0; i < order.length; i++) places[order[i]!] = i * width;
    const transfers: Transfer[] = [];
    for (const member of width === 0 ? [] : members) {
      const contributor = contributions.indexOf(member.contribution);
      transfers.push(transferOf(member, contributor, family, numbered.get(member.key)!, places));
      yield;
    }
    return {
      family,
      width,
      labelValues: yield* pick(memory.index.labelValues, order),
      pairs: family.type === 'info' ? yield* pick(memory.pairs, order) : [],
      shared: new Int16Array(order.length).fill(-1),
      transfers,
    };
  }

  /** Starts anew where numbers given before mean nothing now, or most of them nothing any more. */
  #recall(family: StoredFamily): Memory {
    const { type, constantLabels, labelNames } = family;
    // A program may have a label of the name that says which process it is.
    const shape = JSON.stringify([type, isPerProcess(family), constantLabels, labelNames]);
    const memory = this.#memory;
    if (memory?.shape === shape && memory.index.size <= 2 * memory.order.length + STEP) {
      return memory;
    }
    const index = new SeriesIndex(family.type === 'info' ? 1 : family.labelNames.length);
    this.#memory = { shape, index, order: new Int32Array(0), pairs: [], numbered: new Map() };
    return this.#memory;
  }
}

function* numberSeries(member: Member, memory: Memory): Generator<undefined, Numbered> {
  const { series, contribution, process } = member;
  const isInfo = member.family.type === 'info';
  const numbers = new Int32Array(series.length);
  const sources = new Int32Array(series.length);
  for (let from = 0; from < series.length; from += STEP) {
    const to = Math.min(from + STEP, series.length);
    for (let i = from; i < to; i++) {
      const one = series[i]!;
      sources[i] = one.index;
      numbers[i] = isInfo
        ? numberOfInfo(infoPairs(member, one), memory)
        : memory.index.numberOf(mergedValues(member, one));
    }
    yield;
  }
  return { revision: contribution.revision, process, numbers, sources };
}

/** What an info metric says is its identity, in whatever order it says it. */
function numberOfInfo(said: Pairs, { index, pairs }: Memory): number {
  const sorted = [...said].sort(([a], [b]) => (a < b ? -1 : 1));
  const number = index.numberOf([JSON.stringify(sorted)]);
  pairs[number] ??= said;
  return number;
}

/** The numbers in use, in order: those that were in order before, and the new ones among them. */
function* orderOf(
  numbered: ReadonlyMap<string, Numbered>,
  { index, order }: Memory,
): Generator<undefined, Int32Array> {
  const isUsed = new Uint8Array(index.size);
  for (const { numbers } of numbered.values()) {
    for (let i = 0; i < numbers.length; i++) isUsed[numbers[i]!] = 1;
    yield;
  }
  const kept = order.filter((number) => isUsed[number] === 1);
  for (const number of kept) isUsed[number] = 0;
  const added = new Int32Array(isUsed.length);
  let count = 0;
  for (let number = 0; number < isUsed.length; number++) {
    if (isUsed[number] === 1) added[count++] = number;
  }
  if (count === 0) return kept;
  const sorted = yield* index.sort(added.subarray(0, count));
  return yield* index.merge(kept, sorted);
}

function transferOf(
  member: Member,
  contributor: number,
  family: StoredFamily,
  { numbers, sources }: Numbered,
  places: Int32Array,
): Transfer {
  const destinations = new Int32Array(numbers.length);
  for (let i = 0; i < numbers.length; i++) destinations[i] = places[numbers[i]!]!;
  const way = wayBetween(member.family, family);
  const { exemplars, windows, natives, nativeExemplars } = member;
  const { bounds } = member.family;
  const beside = { exemplars, windows, natives, nativeExemplars };
  return { contributor, way, sources, destinations, bounds, ...beside };
}

/** Returns the items with these numbers, in their order. */
function* pick<T>(items: readonly T[], numbers: Int32Array): Generator<undefined, readonly T[]> {
  const picked: T[] = [];
  for (let from = 0; from < numbers.length; from += LONG_STEP) {
    for (const number of numbers.subarray(from, from + LONG_STEP)) picked.push(items[number]!);
    yield;
  }
  return picked;
}

/**
 * Folds what ended processes counted into as little as shows the same. What is shown depends on who
 * declared a family last, so that each declaration is kept with the time of the newest process that
 * made it, and the numbers of all that made the same one are merged by the rules of any scrape.
 */

import type { StoredFamily } from '../model/cells.ts';
import type { Pairs } from '../model/labels.ts';
import type { NativeNumbers } from '../model/native-counts.ts';
import { type Agreement, agree, type Declaration, isPerProcess, isSum } from './agreement.ts';
import type { Contribution, KeptExemplar, KeptWindow } from './contribution.ts';
import { FamilyLayouter } from './family-layout.ts';
import { foldBeside } from './folded-beside.ts';
import { withinLimit } from './folded-limit.ts';
import { newestFirst } from './merger.ts';
import { mergeNatives } from './native-merge.ts';
import { Rests } from './rests.ts';
import { run } from './transfer.ts';

/** What is kept of processes that ended. */
export interface FoldedPart extends Pick<Contribution, 'id' | 'process' | 'startTime' | 'folded'> {
  /** In the order they were declared. */
  readonly families: readonly FoldedFamily[];
}

/** One declaration and its series. */
export interface FoldedFamily {
  readonly family: StoredFamily;
  readonly series: readonly FoldedSeries[];
}

/** One series and its cells. */
export interface FoldedSeries {
  readonly labelValues: readonly string[];
  readonly pairs: Pairs;
  readonly cells: Float64Array;
  /** Of a histogram one for each bucket, else one. */
  readonly exemplars?: readonly (KeptExemplar | undefined)[] | undefined;
  /** What its quantiles are made of. */
  readonly window?: KeptWindow | undefined;
  /** Its native buckets, of a histogram that has any. */
  readonly native?: NativeNumbers | undefined;
  /** The exemplars of these. */
  readonly nativeExemplars?: readonly KeptExemplar[] | undefined;
}

/**
 * How many declarations of one name, type and mode are kept apart. More than a few come only where
 * each process declares its own, by constant labels most often: those are kept as one, with labels.
 */
const DECLARATIONS_KEPT = 8;

/** Series that are copied in one step. */
const STEP = 512;

/** The declarations of one text, newest first. */
interface Group {
  readonly declarations: Declaration[];
  /** Where the newest one stands among those of its process. */
  readonly place: number;
}

/**
 * Folds what `contributions`, none of which is alive, have to say as one. Those that were folded
 * before may be among them. What is shown of each process by itself is left out, see
 * {@linkcode ownPart}, and so is what is shown of processes that live alone.
 *
 * In steps of about a millisecond.
 */
export function* foldInSteps(
  contributions: readonly Contribution[],
): Generator<undefined, FoldedPart[]> {
  const ordered = [...contributions].sort(newestFirst);
  const parts = new PartsByProcess();
  for (const groups of groupsByName(ordered).values()) {
    for (const group of kept(groups)) {
      yield* foldGroup(group, ordered, parts);
      yield;
    }
  }
  return parts.all();
}

/** What is kept of one process by itself: `all` gauges and enums; `undefined` if it has none. */
export function ownPart(contribution: Contribution): FoldedPart | undefined {
  const { id, process, startTime, values } = contribution;
  const families = contribution.families
    .filter(({ family, series }) => isKeptApart(family) && series.length > 0)
    .map(({ family, series }): FoldedFamily => {
      const width = family.type === 'stateset' ? family.states.length : 1;
      const copies = series.map(({ labelValues, pairs, index }) => {
        return { labelValues, pairs, cells: values.slice(index, index + width) };
      });
      return { family, series: copies };
    });
  return families.length === 0 ? undefined : { id, process, startTime, families };
}

function isKeptApart(family: StoredFamily): boolean {
  return isPerProcess(family) && family.mode === 'all';
}

/** True for what vanishes with its process, or is kept for each of them: its declaration remains. */
function isDeclarationOnly(family: StoredFamily): boolean {
  return isPerProcess(family) || family.mode.startsWith('live');
}

function groupsByName(ordered: readonly Contribution[]): Map<string, Group[]> {
  const groups = new Map<string, Group>();
  const byName = new Map<string, Group[]>();
  for (const contribution of ordered) {
    const { id, families } = contribution;
    // The last declaration of a process is its newest one, where it declared a name twice.
    for (let place = families.length - 1; place >= 0; place--) {
      const declared = families[place]!;
      const { family, series } = declared;
      // What the newest process states that states anything is kept, and that is not the newest.
      const isStating = family.type === 'info' && series.length > 0;
      const key = JSON.stringify([family, isStating]);
      const declaration = { ...declared, contribution, process: '', key: `${place} ${id}` };
      const group = groups.get(key);
      if (group !== undefined) {
        group.declarations.push(declaration);
        continue;
      }
      const begun: Group = { declarations: [declaration], place };
      groups.set(key, begun);
      const others = byName.get(family.name);
      if (others === undefined) byName.set(family.name, [begun]);
      else others.push(begun);
    }
  }
  return byName;
}

/** Leaves out what is never shown again, and makes one of declarations that are too many. */
function kept(groups: readonly Group[]): Group[] {
  const byKind = new Map<string, Group[]>();
  for (const group of groups) {
    const [{ family, series }] = group.declarations as [Declaration];
    const kind = `${family.type} ${family.mode} ${family.type === 'info' && series.length > 0}`;
    const others = byKind.get(kind);
    if (others === undefined) byKind.set(kind, [group]);
    else others.push(group);
  }
  return [...byKind.values()].flatMap((kind) => {
    const { family } = kind[0]!.declarations[0]!;
    if (family.type === 'info') return kind.slice(0, 1);
    if (kind.length <= DECLARATIONS_KEPT) return kind;
    if (isDeclarationOnly(family)) return kind.slice(0, DECLARATIONS_KEPT);
    const older = kind.slice(DECLARATIONS_KEPT - 1);
    const { place } = older[0]!;
    const declarations = older.flatMap((group) => group.declarations).sort(newestDeclarationFirst);
    return [...kind.slice(0, DECLARATIONS_KEPT - 1), { declarations, place }];
  });
}

function newestDeclarationFirst(one: Declaration, other: Declaration): number {
  return one.contribution === other.contribution
    ? 0
    : newestFirst(one.contribution, other.contribution);
}

function* foldGroup(
  { declarations, place }: Group,
  contributions: readonly Contribution[],
  parts: PartsByProcess,
): Generator<undefined, void> {
  const [newest] = declarations as [Declaration];
  const { family, contribution } = newest;
  if (isDeclarationOnly(family)) return parts.add(contribution, place, { family, series: [] });
  if (family.type === 'info') {
    const cells = new Float64Array(0);
    const series = newest.series.map(({ labelValues, pairs }) => ({ labelValues, pairs, cells }));
    return parts.add(contribution, place, { family, series });
  }
  const { sums, rests } = yield* sumUp(agreed(declarations), contributions);
  parts.add(contribution, place, sums);
  if (rests.series.length > 0) parts.addRests(contribution, place, rests);
}

/** Of declarations that do not differ nothing has to be found out. */
function agreed(declarations: readonly Declaration[]): Agreement {
  const text = JSON.stringify(declarations[0]!.family);
  const isSame = declarations.every(({ family }) => JSON.stringify(family) === text);
  if (!isSame) return agree(declarations);
  const members = declarations.map((declaration) => ({ ...declaration, columns: undefined }));
  return { family: declarations[0]!.family, members, disagreements: [] };
}

function* sumUp(
  agreement: Agreement,
  contributions: readonly Contribution[],
): Generator<undefined, { readonly sums: FoldedFamily; readonly rests: FoldedFamily }> {
  const whole = yield* new FamilyLayouter().lay(agreement, contributions);
  const layout = withinLimit(whole, contributions);
  const { family, width, labelValues } = layout;
  const cells = new Float64Array(labelValues.length * width);
  const rests = new Rests(cells.length);
  for (const transfer of layout.transfers) {
    run(transfer, contributions[transfer.contributor]!.values, cells, 0, rests);
    yield;
  }
  if (isSum(family)) rests.normalize(cells);
  const now = Date.now() / 1000;
  const folded = yield* foldBeside(layout.transfers, family, width, now);
  const natives = yield* mergeNatives(layout, contributions);
  const sums: FoldedSeries[] = [];
  const lost: FoldedSeries[] = [];
  for (const [i, values] of labelValues.entries()) {
    const begin = i * width;
    const beside = {
      exemplars: folded.exemplars[i],
      window: folded.windows[i],
      native: natives?.[i],
      nativeExemplars: folded.nativeExemplars[i],
    };
    const own = cells.subarray(begin, begin + width);
    sums.push({ labelValues: values, pairs: [], cells: own, ...beside });
    const rest = Float64Array.from({ length: width }, (_, j) => rests.at(begin + j));
    if (rest.some(Boolean)) lost.push({ labelValues: values, pairs: [], cells: rest });
    if (i % STEP === STEP - 1) yield;
  }
  return { sums: { family, series: sums }, rests: { family, series: lost } };
}

/** A part on its way: its families with their places in the process that declared them. */
interface OpenPart extends FoldedPart {
  readonly families: FoldedFamily[];
  readonly places: number[];
}

/** The length of an id; behind it stands what tells parts of one process apart. */
const ID_LENGTH = 32;

/** Collects families by the process whose declaration they have. */
class PartsByProcess {
  readonly #parts = new Map<string, OpenPart>();

  /** Adds a family that `newest` declared as the `place`-th of its families. */
  add(newest: Contribution, place: number, family: FoldedFamily): void {
    this.#add(newest, place, family, 'sum');
  }

  /** Adds what sums of a family lost. */
  addRests(newest: Contribution, place: number, family: FoldedFamily): void {
    this.#add(newest, place, family, 'rest');
  }

  /** All parts. */
  all(): FoldedPart[] {
    return [...this.#parts.values()].map(({ places, families, ...part }) => ({
      ...part,
      families: families
        .map((family, i) => ({ family, place: places[i]! }))
        .sort((one, other) => one.place - other.place)
        .map(({ family }) => family),
    }));
  }

  #add(
    { id, startTime }: Contribution,
    place: number,
    family: FoldedFamily,
    folded: 'sum' | 'rest',
  ): void {
    const key = `${id.slice(0, ID_LENGTH)} ${folded}`;
    let part = this.#parts.get(key);
    if (part === undefined) {
      // Ordered as the process's own was, and never taken for that.
      const own = `${id.slice(0, ID_LENGTH)} ${folded}`;
      part = { id: own, process: '', startTime, folded, families: [], places: [] };
      this.#parts.set(key, part);
    }
    part.families.push(family);
    part.places.push(place);
  }
}

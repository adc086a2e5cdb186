/**
 * What the processes that have a family agree that it is. They differ while a new version is rolled
 * out: the newest process's declaration wins, and no count of an older one is lost for it.
 */

import type { MultiprocessMode, StoredFamily } from '../model/cells.ts';
import type { Pair, Pairs } from '../model/labels.ts';
import type { ContributedFamily, ContributedSeries, Contribution } from './contribution.ts';

/** In what two declarations of one family can differ. */
export type DisagreementAspect =
  | 'type'
  | 'help'
  | 'unit'
  | 'labels'
  | 'bounds'
  | 'native'
  | 'states'
  | 'mode';

/**
 * Processes that declare a family otherwise than the newest one does.
 *
 * Only a different type costs anything: what those processes counted is left out, since a counter
 * and a gauge of one name cannot be shown together.
 */
export interface Disagreement {
  /** The family's name. */
  readonly family: string;
  /** What differs. */
  readonly aspect: DisagreementAspect;
  /** How many declarations differ from the newest in it. */
  readonly declarations: number;
}

/** One declaration of a family, and whose it is. */
export interface Declaration extends ContributedFamily {
  readonly contribution: Contribution;
  /** What tells it from all other declarations of all processes. */
  readonly key: string;
  /** The process's name where processes are shown apart. */
  readonly process: string;
}

/** Where a label's value comes from: a place among the declared values, or always the same text. */
type Column = number | string;

/** A declaration that is shown, with the way from its labels to the merged ones. */
export interface Member extends Declaration {
  /** One for each merged label; `undefined` where the declared values are the merged ones. */
  readonly columns: readonly Column[] | undefined;
}

/** One family as all processes together have it. */
export interface Agreement {
  /** The merged declaration: its labels and states are those of all members. */
  readonly family: StoredFamily;
  /** Whose numbers are merged, newest first. */
  readonly members: readonly Member[];
  /** What they did not agree on. */
  readonly disagreements: readonly Disagreement[];
}

/**
 * Finds the declaration that holds for all, from at least one, newest first.
 *
 * Where label names differ, the family gets all of them, the newest process's first, and a series
 * has `''` for those it was not declared with: to Prometheus, an empty label is none.
 *
 * @see {@link https://prometheus.io/docs/concepts/data_model/#metric-names-and-labels | Data model}
 */
export function agree(given: readonly Declaration[]): Agreement {
  const declarations = completed(given);
  const newest = declarations[0]!.family;
  const known = declarations.filter(({ family }) => family.type === newest.type);
  const shown = known.filter((declaration) => isShown(declaration, newest, known));
  const labels = mergeLabels(newest, shown);
  const states = new Set(
    [newest, ...shown.map(({ family }) => family)].flatMap((one) => one.states),
  );
  return {
    family: {
      ...newest,
      states: [...states],
      labelNames: labels.names,
      constantLabels: labels.constant,
    },
    members: shown.map((declaration) => ({
      ...declaration,
      columns: columnsOf(declaration, labels),
    })),
    disagreements: disagreementsIn(declarations),
  };
}

/** Gives those that cannot say their unit or native buckets, and have no help, those of the newest that can. */
function completed(declarations: readonly Declaration[]): readonly Declaration[] {
  if (!declarations.some(({ isIncomplete }) => isIncomplete)) return declarations;
  return declarations.map((declaration) => {
    const { family, isIncomplete } = declaration;
    if (!isIncomplete) return declaration;
    const teller = declarations.find(
      (other) => !other.isIncomplete && other.family.type === family.type,
    );
    const { unit = '', help = '', native } = teller?.family ?? {};
    return { ...declaration, family: { ...family, unit, native, help: family.help || help } };
  });
}

/** The values of a member's series, one for each merged label. */
export function mergedValues({ columns }: Member, series: ContributedSeries): readonly string[] {
  if (columns === undefined) return series.labelValues;
  return columns.map((column) =>
    typeof column === 'number' ? series.labelValues[column]! : column,
  );
}

/**
 * All labels of an info metric, identifying and describing, without the empty ones.
 *
 * Versions of a program may turn one kind into the other. In every format they look the same.
 */
export function infoPairs({ family }: Member, { labelValues, pairs }: ContributedSeries): Pairs {
  const labels = family.labelNames.map((name, i): Pair => [name, labelValues[i]!]);
  return [...family.constantLabels, ...labels, ...pairs].filter(([, value]) => value !== '');
}

/** True for the modes that show each process by itself. */
export function isPerProcess({ type, mode }: Pick<StoredFamily, 'type' | 'mode'>): boolean {
  return (type === 'gauge' || type === 'stateset') && (mode === 'all' || mode === 'liveall');
}

const LIVE_MODES: ReadonlySet<MultiprocessMode> = new Set([
  'liveall',
  'livemin',
  'livemax',
  'livesum',
  'livemostrecent',
]);

/** True for families whose processes are added up. */
export function isSum({ type, mode }: Pick<StoredFamily, 'type' | 'mode'>): boolean {
  if (type === 'info') return false;
  return (type !== 'gauge' && type !== 'stateset') || mode === 'sum' || mode === 'livesum';
}

function isShown(
  { contribution, series }: Declaration,
  newest: StoredFamily,
  all: readonly Declaration[],
): boolean {
  const { alive, folded } = contribution;
  if (folded === 'rest' && !isSum(newest)) return false;
  if (folded !== undefined && isPerProcess(newest) && series.length > 0) return false;
  if (alive) return true;
  const { type, mode } = newest;
  if (type === 'gauge' || type === 'stateset') return !LIVE_MODES.has(mode);
  // An info metric states what is so, and a version that ended must not be shown for ever. Where
  // nobody who lives has anything to state, the last word of the dead is better than none.
  if (type === 'info' && series.length > 0) {
    const stating = all.filter((one) => one.series.length > 0);
    return stating[0]!.contribution === contribution && !stating.some(isAlive);
  }
  return type !== 'info';
}

function isAlive({ contribution }: Declaration): boolean {
  return contribution.alive;
}

interface MergedLabels {
  /** The merged names; the process's comes first where processes are shown apart. */
  readonly names: readonly string[];
  readonly constant: Pairs;
  readonly isPerProcess: boolean;
}

function mergeLabels(newest: StoredFamily, shown: readonly Declaration[]): MergedLabels {
  if (newest.type === 'info') return { names: [], constant: [], isPerProcess: false };
  const families = [newest, ...shown.map(({ family }) => family)];
  const isConstant = families.every((family) => sameLabels(family, newest));
  const constant = isConstant ? newest.constantLabels : [];
  const names = new Set<string>();
  for (const { constantLabels, labelNames } of families) {
    if (!isConstant) for (const [name] of constantLabels) names.add(name);
    for (const name of labelNames) names.add(name);
  }
  if (!isPerProcess(newest)) return { names: [...names], constant, isPerProcess: false };
  const taken = new Set([newest.name, ...constant.map(([name]) => name), ...names]);
  return { names: [processLabel(taken), ...names], constant, isPerProcess: true };
}

function sameLabels(one: StoredFamily, other: StoredFamily): boolean {
  return (
    one.constantLabels.length === other.constantLabels.length &&
    one.constantLabels.every(([name, value], i) => {
      const pair = other.constantLabels[i]!;
      return pair[0] === name && pair[1] === value;
    })
  );
}

/** `pid`; where the program uses that name itself, `process_pid`. */
function processLabel(taken: ReadonlySet<string>): string {
  let name = 'pid';
  while (taken.has(name)) name = `process_${name}`;
  return name;
}

function columnsOf({ family, process }: Declaration, labels: MergedLabels): Column[] | undefined {
  const constants = new Map(family.constantLabels);
  const columns = labels.names.map((name, i): Column => {
    if (i === 0 && labels.isPerProcess) return process;
    const place = family.labelNames.indexOf(name);
    return place >= 0 ? place : (constants.get(name) ?? '');
  });
  const isSame = columns.length === family.labelNames.length && columns.every((c, i) => c === i);
  return isSame ? undefined : columns;
}

function disagreementsIn(declarations: readonly Declaration[]): Disagreement[] {
  const newest = declarations[0]!.family;
  const counts = new Map<DisagreementAspect, number>();
  for (const { family, contribution } of declarations) {
    // Declared by the sums that it belongs to.
    if (contribution.folded === 'rest') continue;
    for (const aspect of aspectsIn(family, newest)) {
      counts.set(aspect, (counts.get(aspect) ?? 0) + 1);
    }
  }
  return Array.from(counts, ([aspect, count]) => ({
    family: newest.name,
    aspect,
    declarations: count,
  }));
}

function aspectsIn(one: StoredFamily, other: StoredFamily): DisagreementAspect[] {
  if (one === other) return [];
  // Nothing else can be compared where not even the type is the same.
  if (one.type !== other.type) return ['type'];
  const aspects: DisagreementAspect[] = [];
  if (one.help !== other.help) aspects.push('help');
  if (one.unit !== other.unit) aspects.push('unit');
  if (!sameSet(one.labelNames, other.labelNames)) aspects.push('labels');
  if (!sameList(one.bounds, other.bounds)) aspects.push('bounds');
  if (JSON.stringify(one.native) !== JSON.stringify(other.native)) aspects.push('native');
  if (!sameSet(one.states, other.states)) aspects.push('states');
  if (one.mode !== other.mode) aspects.push('mode');
  return aspects;
}

function sameList<T>(one: readonly T[], other: readonly T[]): boolean {
  return one.length === other.length && one.every((value, i) => value === other[i]);
}

function sameSet<T>(one: readonly T[], other: readonly T[]): boolean {
  return one.length === other.length && one.every((value) => other.includes(value));
}

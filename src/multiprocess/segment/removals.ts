/**
 * Series that a program removed, as far as ended processes counted them too: these lie in an archive
 * that nobody may write. So the remover says in its own file what is gone and since when. Scrapes hide
 * it, and the next archive is made without it; what is archived later stays.
 */

import type {
  ContributedBlock,
  ContributedFamily,
  ContributedSeries,
  Contribution,
} from '../../aggregate/contribution.ts';
import type { StoredFamily } from '../../model/cells.ts';
import type { Pairs } from '../../model/labels.ts';
import { IS_LITTLE } from './segment.ts';

/** The blocks that say what was removed, one for each thing. */
export const REMOVAL_KIND = 'removal';

/** How long what was written behind may take to be seen by a reading that began later. */
const LATE_SECONDS = 2;

/** What was removed, and when. */
export interface Removal {
  /** The block's key: what {@linkcode removalKey} returned. */
  readonly key: string;
  /** The family's name. */
  readonly family: string;
  /** The labels, constant ones included: those of the series, or of all series that have these. */
  readonly labels: Pairs;
  /** True when all of the family was removed. */
  readonly isWhole: boolean;
  /** When, in seconds of the host's clock. */
  readonly at: number;
}

/** What names a removal: of one series or, without `labelValues`, of all that were declared like it. */
export function removalKey(
  { name, labelNames, constantLabels }: StoredFamily,
  labelValues: readonly string[] | undefined,
): string {
  const labels = labelNames.map((label, i) => [label, labelValues?.[i] ?? '']);
  const given = labelValues === undefined ? constantLabels : [...constantLabels, ...labels];
  return JSON.stringify([name, labelValues === undefined, given]);
}

/** The contents of a block: when it was removed. */
export function removalContent(at: number): Uint8Array {
  return new Uint8Array(Float64Array.of(at).buffer);
}

/** What `contributions` say was removed after `since`, in seconds of the host's clock. */
export function removalsSince(contributions: readonly Contribution[], since: number): Removal[] {
  return contributions
    .flatMap(({ blocks = [] }) => blocks.map(parseRemoval))
    .filter((removal) => removal !== undefined && removal.at > since) as Removal[];
}

/**
 * Those of `removals` that `archived` does not know. An archive says itself which of the last moments
 * before it are done: who counts the same anew, and ends at once, is not to lose that as well.
 */
export function notYetDone(
  removals: readonly Removal[],
  archived: readonly Contribution[],
): readonly Removal[] {
  const done = new Map<string, number>();
  for (const { key, at } of removalsSince(archived, Number.NEGATIVE_INFINITY)) done.set(key, at);
  if (done.size === 0) return removals;
  return removals.filter(({ key, at }) => at > (done.get(key) ?? Number.NEGATIVE_INFINITY));
}

/** The last removal of each thing, of those from `since` to `until`, in seconds of the host's clock. */
export function lastOfEach(
  removals: readonly Removal[],
  since: number,
  until: number,
): ReadonlyMap<string, number> {
  const last = new Map<string, number>();
  for (const { key, at } of removals) {
    if (at > since && at <= until) last.set(key, Math.max(at, last.get(key) ?? at));
  }
  return last;
}

/** Up to when removals are sure to be known to a reading that began at `begun`. */
export function removalsKnownBy(begun: number): number {
  return begun - LATE_SECONDS;
}

function parseRemoval({ kind, key, content }: ContributedBlock): Removal | undefined {
  if (kind !== REMOVAL_KIND || content?.length !== 8) return undefined;
  const at = new DataView(content.buffer, content.byteOffset).getFloat64(0, IS_LITTLE);
  const [family, isWhole, labels] = JSON.parse(key) as [string, boolean, Pairs];
  return { key, family, isWhole, labels, at };
}

/** Makes the revisions of what was filtered: those of archives are never negative. */
let revisions = 0;

/**
 * Returns what is left of an archived contribution: itself where nothing of it was removed.
 */
export function withoutRemoved(
  contribution: Contribution,
  removals: readonly Removal[],
): Contribution {
  if (removals.length === 0) return contribution;
  let isChanged = false;
  const families = contribution.families.map((family): ContributedFamily => {
    const matching = removals.filter((removal) => removal.family === family.family.name);
    if (matching.length === 0) return family;
    const series = family.series.filter((one) => !isRemoved(family.family, one, matching));
    if (series.length === family.series.length) return family;
    isChanged = true;
    const places = new Set(series.map(({ index }) => index));
    const isKept = (beside: { readonly series: number }): boolean => places.has(beside.series);
    const { exemplars = [], windows = [], natives = [], nativeExemplars = [] } = family;
    return {
      ...family,
      series,
      exemplars: exemplars.filter(isKept),
      windows: windows.filter(isKept),
      natives: natives.filter(isKept),
      nativeExemplars: nativeExemplars.filter(isKept),
    };
  });
  return isChanged ? { ...contribution, families, revision: --revisions } : contribution;
}

function isRemoved(
  { labelNames, constantLabels }: StoredFamily,
  { labelValues }: ContributedSeries,
  removals: readonly Removal[],
): boolean {
  const labels = new Map(constantLabels);
  for (const [i, name] of labelNames.entries()) labels.set(name, labelValues[i]!);
  for (const [name, value] of labels) if (value === '') labels.delete(name);
  return removals.some(({ labels: removed, isWhole }) => {
    const given = removed.filter(([, value]) => value !== '');
    if (!isWhole && given.length !== labels.size) return false;
    return given.every(([name, value]) => labels.get(name) === value);
  });
}

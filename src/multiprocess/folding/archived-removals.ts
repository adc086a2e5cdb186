/**
 * What was removed since an archive was made, which nobody may write: the next one is made without it,
 * and says which of the later removals it knows.
 */

import type { Contribution } from '../../aggregate/contribution.ts';
import type { Archive, ArchivedPart } from '../archive/archive-part.ts';
import type { KnownRemovals } from '../archive/archived-contributions.ts';
import {
  lastOfEach,
  notYetDone,
  type Removal,
  removalsSince,
  withoutRemoved,
} from '../segment/removals.ts';

/** The parts of an archive, less what was removed since; the same list where nothing was. */
export function archivedWithout(
  archive: Archive | undefined,
  removals: readonly Removal[],
): readonly ArchivedPart[] {
  if (archive === undefined) return [];
  const { parts, foldedAt } = archive;
  const since = notYetDone(
    removals.filter(({ at }) => at > foldedAt),
    contributionsOf(archive),
  );
  const left = parts.map((part): ArchivedPart => {
    const contribution = withoutRemoved(part.contribution, since);
    return contribution === part.contribution ? part : { ...part, contribution };
  });
  return left.some((part, i) => part !== parts[i]) ? left : parts;
}

/**
 * What the next archive knows of removals: all up to a time, and of later ones those that it knows,
 * which must not take away what is in it of processes that counted on.
 */
export function removalsIn(
  archive: Archive | undefined,
  { removals, until }: KnownRemovals,
  now: number,
): { readonly foldedAt: number; readonly late: ReadonlyMap<string, number> } {
  const before = archive?.foldedAt ?? until;
  // Another scrape may have known more. What lies in the future is from before the machine restarted.
  const foldedAt = before > now ? until : Math.max(before, until);
  const all = [...removals, ...removalsSince(contributionsOf(archive), foldedAt)];
  return { foldedAt, late: lastOfEach(all, foldedAt, now) };
}

function contributionsOf(archive: Archive | undefined): Contribution[] {
  return (archive?.parts ?? []).map(({ contribution }) => contribution);
}

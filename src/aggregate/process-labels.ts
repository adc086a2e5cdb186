/** What the label `pid` says of each process, so that no two of them share a series. */

import type { Contribution } from './contribution.ts';

/** Characters of an id that are shown at first: 65,536 possibilities for the few that share a pid. */
const SHORT_ID = 4;

/**
 * Names each contribution, by its `id`: the process itself where it is the only one of that name,
 * else with the first characters of its id, as in `1-9f3c`.
 *
 * Containers that share a folder all have pid 1, and pids come again. All that share a name get the
 * suffix, not all but one: else a series would be renamed when the one without a suffix goes. What
 * was folded has no name.
 */
export function processLabels(
  all: readonly Pick<Contribution, 'id' | 'process' | 'folded'>[],
): Map<string, string> {
  const contributions = all.filter(({ folded }) => folded === undefined);
  const sharing = new Map<string, number>();
  for (const { process } of contributions) sharing.set(process, (sharing.get(process) ?? 0) + 1);
  const longest = Math.max(SHORT_ID, ...contributions.map(({ id }) => id.length));
  for (let length = SHORT_ID; length <= longest; length++) {
    const labels = new Map(
      contributions.map(({ id, process }) => [
        id,
        sharing.get(process) === 1 ? process : `${process}-${id.slice(0, length)}`,
      ]),
    );
    if (new Set(labels.values()).size === contributions.length) return labels;
  }
  // Somebody is named like another with its suffix. Ids hold no hyphen, so the last one parts them.
  return new Map(contributions.map(({ id, process }) => [id, `${process}-${id}`]));
}

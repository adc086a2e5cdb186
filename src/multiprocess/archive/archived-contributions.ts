/** What an archive holds as it is shown: less what was removed since it was made. */

import type { Contribution } from '../../aggregate/contribution.ts';
import { notYetDone, type Removal, removalsKnownBy, withoutRemoved } from '../segment/removals.ts';

/** What a reading knew to be removed. */
export interface KnownRemovals {
  /** What was removed after the archive was made that the reading found. */
  readonly removals: readonly Removal[];
  /** Up to when nothing is missing in them, in seconds of the host's clock. */
  readonly until: number;
}

/** Leaves out what was removed, and does it once for as long as nothing more is. */
export class ArchivedContributions {
  #known: KnownRemovals = { removals: [], until: Number.NEGATIVE_INFINITY };
  #key = '';
  #given: readonly Contribution[] = [];
  #left: readonly Contribution[] = [];

  /** What the last reading knew. */
  get known(): KnownRemovals {
    return this.#known;
  }

  /** Returns what is left of `archived`; the same list where nothing in it was removed. */
  without(
    archived: readonly Contribution[],
    found: readonly Removal[],
    begun: number,
  ): readonly Contribution[] {
    this.#known = { removals: found, until: removalsKnownBy(begun) };
    const removals = notYetDone(found, archived);
    if (removals.length === 0) return archived;
    const key = removals.map((removal) => removal.key).join('\n');
    const isSame =
      key === this.#key &&
      archived.length === this.#given.length &&
      archived.every((one, i) => one === this.#given[i]);
    if (!isSame) {
      const left = archived.map((one) => withoutRemoved(one, removals));
      this.#left = left.some((one, i) => one !== archived[i]) ? left : archived;
      this.#key = key;
      this.#given = archived;
    }
    return this.#left === this.#given ? archived : this.#left;
  }
}

/**
 * What the last reading found, for when a process has no file descriptor left to read with. Without it the
 * counts of all others would be gone for as long as that lasts, and be taken for new ones when they are back.
 */

import type { Contribution } from '../../aggregate/contribution.ts';
import { isForWantOfDescriptors } from '../system/open-file.ts';

/** What a reading came to. */
interface Found {
  readonly contributions: readonly Contribution[];
  /** Those of them that were read from the files of their writers, by their ids. */
  readonly files: ReadonlyMap<string, Contribution>;
  readonly failures: readonly { readonly error: Error }[];
}

/** Fills up readings that had to be given up. */
export class LastReading {
  #contributions: readonly Contribution[] = [];

  /**
   * Returns what is to be shown of a reading: all that it found or, where it ran out of descriptors, what
   * the one before it found. Of files that it read all the same the new contents are taken, since they
   * lie where the old ones did.
   */
  complete({ contributions, files, failures }: Found): readonly Contribution[] {
    const isCutOff = failures.some(({ error }) => isForWantOfDescriptors(error.cause));
    this.#contributions = isCutOff
      ? this.#contributions.map((last) => files.get(last.id) ?? last)
      : contributions;
    return this.#contributions;
  }
}

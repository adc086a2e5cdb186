/** What this process removed, said in its file to those who read what ended processes counted. */

import type { StoredFamily } from '../../model/cells.ts';
import { REMOVAL_KIND, removalContent, removalKey } from '../segment/removals.ts';
import type { BlockOptions, SegmentBlock } from '../segment/segment-block.ts';

/** Of how many things: those that were removed last. An archive that is made meanwhile frees all. */
const KEPT = 1000;

/** Where it is said. */
export interface OwnRemovalsOptions {
  /** Makes a block in this process's file; `undefined` where there is no room. */
  readonly allocate: (options: BlockOptions) => SegmentBlock | undefined;
  /** The host's clock, in seconds. */
  readonly clock: () => number;
}

/** A note of one removal. */
interface Note {
  readonly block: SegmentBlock;
  readonly at: number;
}

/** Notes removals, each in a block of its own that is used again for the same. */
export class OwnRemovals {
  readonly #options: OwnRemovalsOptions;
  /** By their keys, the last one last. */
  readonly #notes = new Map<string, Note>();

  /** Nothing was removed yet. */
  constructor(options: OwnRemovalsOptions) {
    this.#options = options;
  }

  /** Notes that a series, or without `labelValues` all of the family, was removed. Never throws. */
  note(family: StoredFamily, labelValues: readonly string[] | undefined): void {
    const { allocate, clock } = this.#options;
    const key = removalKey(family, labelValues);
    const block = this.#notes.get(key)?.block ?? allocate({ kind: REMOVAL_KIND, key, capacity: 8 });
    if (block === undefined) return;
    const at = clock();
    block.write(removalContent(at));
    this.#notes.delete(key);
    this.#notes.set(key, { block, at });
    if (this.#notes.size > KEPT) this.#forget(this.#notes.entries().next().value!);
  }

  /** Lets go of what an archive knows that was made of readings from `known` on. */
  prune(known: number): void {
    for (const entry of this.#notes) {
      if (entry[1].at > known) return;
      this.#forget(entry);
    }
  }

  #forget([key, { block }]: [string, Note]): void {
    block.release();
    this.#notes.delete(key);
  }
}

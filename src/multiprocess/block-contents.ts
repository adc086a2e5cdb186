/** The blocks found in one file, kept apart from its numbers: they change without any record's doing. */

import type { ContributedBlock } from '../aggregate/contribution.ts';
import { EXEMPLAR_KIND, StoredExemplar } from './exemplar-block.ts';
import { QUANTILE_KIND, StoredWindow } from './quantile-block.ts';
import { KIND, RECORD_HEADER_BYTES } from './segment.ts';
import { type BlockRecord, StoredBlock } from './stored-block.ts';

/** Reads a record of the file anew; false when the record may be another one by now. */
export type Reread = (record: BlockRecord) => boolean;

/** How often a block is looked at that is being written, before what was read last has to do. */
const ATTEMPTS = 3;

/** How many blocks are looked at between two looks at the clock: small ones take 0.2 ms. */
const BLOCKS_PER_STEP = 512;

/** Where a family has what belongs to its series. */
export interface BlockFamily {
  readonly exemplars: StoredExemplar[];
  readonly windows: StoredWindow[];
}

/** All blocks of a file. */
export class BlockContents {
  readonly #blocks = new Map<string, StoredBlock>();
  /** Those that belong to no series. */
  readonly ofProcess: ContributedBlock[] = [];
  /** Those that belong to a series which has not been looked for yet. */
  #unresolved: StoredBlock[] = [];

  /** Takes note of a record that holds a block. */
  add(kind: string, key: string, owner: number, record: BlockRecord): void {
    const name = `${owner} ${kind} ${key}`;
    let block = this.#blocks.get(name);
    if (block === undefined) {
      block = new StoredBlock(kind, key, owner);
      this.#blocks.set(name, block);
      if (owner === 0) this.ofProcess.push(block);
      else this.#unresolved.push(block);
    }
    block.add(record);
  }

  /**
   * Hands the new blocks that belong to a series to its family, once all records from `begin` to
   * `end` were parsed. Those whose series is gone are let go.
   */
  resolve(
    words: Int32Array,
    begin: number,
    end: number,
    familyOf: (number: number) => BlockFamily | undefined,
  ): void {
    for (const block of this.#unresolved) {
      const { owner, kind, key } = block;
      const isRecord = owner >= begin && owner % 8 === 0 && owner + RECORD_HEADER_BYTES <= end;
      const isSeries = isRecord && (words[owner / 4 + 1]! & 0xff) === KIND.series;
      const family = isSeries ? familyOf(words[owner / 4 + 2]!) : undefined;
      const series = (owner + RECORD_HEADER_BYTES) / 8;
      if (family === undefined) this.#blocks.delete(`${owner} ${kind} ${key}`);
      else if (kind === EXEMPLAR_KIND) family.exemplars.push(new StoredExemplar(block, series));
      else if (kind === QUANTILE_KIND) family.windows.push(new StoredWindow(block, series));
    }
    this.#unresolved = [];
  }

  /** Takes the contents of all blocks from the bytes that were read. Yields after every few hundred. */
  *refresh(
    bytes: Uint8Array,
    words: Int32Array,
    reread: Reread | undefined,
  ): Generator<undefined, void> {
    let count = 0;
    for (const block of this.#blocks.values()) {
      if (++count % BLOCKS_PER_STEP === 0) yield;
      for (let attempt = 1; !block.refresh(bytes, words) && attempt < ATTEMPTS; attempt++) {
        if (reread === undefined || !block.records.every(reread)) break;
      }
    }
  }
}

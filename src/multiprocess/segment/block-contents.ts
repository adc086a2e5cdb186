/**
 * What is found in one file beside the cells of its series, kept apart from them: it changes, and gets
 * more, without any series' doing.
 */

import type { ContributedBlock } from '../../aggregate/contribution.ts';
import { EXEMPLAR_KIND, NATIVE_EXEMPLAR_KIND, StoredExemplar } from './exemplar-block.ts';
import { QUANTILE_KIND, StoredWindow } from './quantile-block.ts';
import { KIND, RECORD_HEADER_BYTES } from './segment.ts';
import { type BlockRecord, StoredBlock } from './stored-block.ts';
import { type NativeSource, StoredNative, type StoredNativeRecord } from './stored-native.ts';

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
  readonly natives: StoredNative[];
  readonly nativeExemplars: StoredExemplar[];
}

/** All blocks of a file. */
export class BlockContents {
  readonly #blocks = new Map<string, StoredBlock>();
  /** Those that belong to no series. */
  readonly ofProcess: ContributedBlock[] = [];
  /** Those that belong to a series which has not been looked for yet. */
  #unresolved: StoredBlock[] = [];
  /** Native buckets by the places of their series, and those whose series was not looked for yet. */
  readonly #natives = new Map<number, StoredNative>();
  readonly #unresolvedNatives = new Map<number, StoredNative>();

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

  /** Takes note of a record that holds the native buckets of the series at `owner`. */
  addNative(source: NativeSource, owner: number, record: StoredNativeRecord): void {
    const native = this.#natives.get(owner);
    if (native !== undefined) {
      native.add(record);
      return;
    }
    const made = new StoredNative(source, owner, record);
    this.#natives.set(owner, made);
    this.#unresolvedNatives.set(owner, made);
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
    const familyAt = (owner: number): BlockFamily | undefined => {
      const isRecord = owner >= begin && owner % 8 === 0 && owner + RECORD_HEADER_BYTES <= end;
      const isSeries = isRecord && (words[owner / 4 + 1]! & 0xff) === KIND.series;
      return isSeries ? familyOf(words[owner / 4 + 2]!) : undefined;
    };
    for (const [owner, native] of this.#unresolvedNatives) {
      const family = familyAt(owner);
      if (family === undefined) this.#natives.delete(owner);
      else family.natives.push(native);
    }
    this.#unresolvedNatives.clear();
    for (const block of this.#unresolved) {
      const { owner, kind, key } = block;
      const family = familyAt(owner);
      const series = (owner + RECORD_HEADER_BYTES) / 8;
      if (family === undefined) this.#blocks.delete(`${owner} ${kind} ${key}`);
      else if (kind === EXEMPLAR_KIND) family.exemplars.push(new StoredExemplar(block, series));
      else if (kind === NATIVE_EXEMPLAR_KIND)
        family.nativeExemplars.push(new StoredExemplar(block, series));
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

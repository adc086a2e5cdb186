/** A block as it is read: the newest of its copies that is whole, or else what was read before. */

import type { ContributedBlock } from '../../aggregate/contribution.ts';
import { BLOCK_COPY_BYTES, COPY_WORD, copyChecksum, RECORD_HEADER_BYTES } from './segment.ts';

/** Where one record of a block lies, in bytes of the file. */
export interface BlockRecord {
  /** Where it begins. */
  readonly at: number;
  /** Where its text begins, which is behind both copies. */
  readonly end: number;
}

/** Reads one block from copies of its file. */
export class StoredBlock implements ContributedBlock {
  readonly kind: string;
  readonly key: string;
  /** The place of the record of the series that it belongs to; 0 for none. */
  readonly owner: number;
  content: Uint8Array | undefined;
  isDamaged = false;
  /** More than one while the block moves, and where its process died while it did. */
  readonly #records: BlockRecord[] = [];
  #sequence = 0;

  /** Nothing is read yet. */
  constructor(kind: string, key: string, owner: number) {
    this.kind = kind;
    this.key = key;
    this.owner = owner;
  }

  /** Adds a record of the same kind, key and owner. */
  add(record: BlockRecord): void {
    this.#records.push(record);
  }

  /** The records, for who can read them anew. */
  get records(): readonly BlockRecord[] {
    return this.#records;
  }

  /**
   * Takes the contents from the file's bytes, unless they are what was read before. False when there
   * are newer ones, none of which is whole: read the bytes again.
   */
  refresh(bytes: Uint8Array, words: Int32Array): boolean {
    let isNewer = false;
    // Newest first: the second look finds the one before it, should the first be half written.
    let below: number | undefined;
    for (;;) {
      const copy = this.#newest(words, below);
      if (copy === undefined) {
        this.isDamaged = isNewer;
        return !isNewer;
      }
      isNewer = true;
      const { sequence } = copy;
      if (this.#take(copy, bytes, words)) {
        this.#sequence = sequence;
        this.isDamaged = false;
        return true;
      }
      below = sequence;
    }
  }

  /** The newest copy that is newer than what was read, and older than `below`. */
  #newest(words: Int32Array, below: number | undefined): Copy | undefined {
    let newest: Copy | undefined;
    for (const record of this.#records) {
      const copyBytes = (record.end - record.at - RECORD_HEADER_BYTES) / 2;
      for (let i = 0; i < 2; i++) {
        const begin = record.at + RECORD_HEADER_BYTES + i * copyBytes;
        const sequence = words[begin / 4 + COPY_WORD.sequence]!;
        if (((sequence - this.#sequence) | 0) <= 0) continue;
        if (below !== undefined && ((below - sequence) | 0) <= 0) continue;
        if (newest !== undefined && ((sequence - newest.sequence) | 0) <= 0) continue;
        newest = { record, begin, sequence, capacity: copyBytes - BLOCK_COPY_BYTES };
      }
    }
    return newest;
  }

  #take(
    { record, begin, sequence, capacity }: Copy,
    bytes: Uint8Array,
    words: Int32Array,
  ): boolean {
    const length = words[begin / 4 + COPY_WORD.length]!;
    if (length < 0 || length > capacity) return false;
    const ownerWord = this.owner === 0 ? 0 : words[this.owner / 4 + 1]!;
    const seed = words[record.at / 4 + 1]! ^ ownerWord;
    const from = begin + BLOCK_COPY_BYTES;
    const checksum = copyChecksum(words, from / 4, length, sequence, seed);
    if (checksum !== words[begin / 4 + COPY_WORD.checksum]) return false;
    // A copy, since the bytes are read over at the next scrape; `slice` of a Buffer is none.
    this.content = new Uint8Array(bytes.subarray(from, from + length));
    return true;
  }
}

/** One of the copies in a record. */
interface Copy {
  readonly record: BlockRecord;
  readonly begin: number;
  readonly sequence: number;
  readonly capacity: number;
}

/** Native buckets as they are read: those of the newest of a series' records. */

import type { ContributedNative } from '../../aggregate/contribution.ts';
import { LentBuckets } from '../../model/lent-buckets.ts';
import type { NativeNumbers } from '../../model/native-counts.ts';
import type { NativeShape } from './native-record.ts';
import { RECORD_HEADER_BYTES } from './segment.ts';

/** Where the bytes of a file are, at any time. */
export interface NativeSource {
  readonly values: Float64Array;
  readonly words: Int32Array;
}

/** One record of native buckets. */
export interface StoredNativeRecord extends NativeShape {
  /** Where it begins, in bytes of the file. */
  readonly at: number;
  /** How many buckets it has room for. */
  readonly capacity: number;
}

/** Reads the native buckets of one series from copies of its file. */
export class StoredNative implements ContributedNative {
  readonly series: number;
  readonly #source: NativeSource;
  #newest: StoredNativeRecord;

  /** `owner` is the place of the series' record. */
  constructor(source: NativeSource, owner: number, record: StoredNativeRecord) {
    this.#source = source;
    this.series = (owner + RECORD_HEADER_BYTES) / 8;
    this.#newest = record;
  }

  /** Adds a record: there are two while one takes the place of the other, and after a death at that. */
  add(record: StoredNativeRecord): void {
    if (((record.sequence - this.#newest.sequence) | 0) > 0) this.#newest = record;
  }

  /** {@inheritDoc ContributedNative.current} */
  get current(): NativeNumbers {
    const { at, capacity, schema, zeroThreshold } = this.#newest;
    const { values, words } = this.#source;
    const zero = (at + RECORD_HEADER_BYTES) / 8;
    const firstWord = (zero + 1 + capacity) * 2;
    POSITIVE.reserve(capacity);
    NEGATIVE.reserve(capacity);
    let positive = 0;
    let negative = 0;
    for (let i = 0; i < capacity; i++) {
      const word = words[firstWord + i]!;
      const count = values[zero + 1 + i]!;
      // A bucket of which only one half is there was read while it was begun.
      if (word === 0 || !(count > 0)) continue;
      const isNegative = (word & 2) !== 0;
      const lent = isNegative ? NEGATIVE : POSITIVE;
      const place = isNegative ? negative++ : positive++;
      lent.indices[place] = word >> 2;
      lent.counts[place] = count;
    }
    POSITIVE.length = positive;
    NEGATIVE.length = negative;
    // Damage must not make a histogram of it that nobody takes.
    const zeroCount = values[zero]! > 0 ? values[zero]! : 0;
    return { schema, zeroThreshold, zeroCount, positive: POSITIVE, negative: NEGATIVE };
  }
}

// Not those that counts on the heap lend: what is read, and the sum that it is added to, are held at once.
const POSITIVE: LentBuckets = /* @__PURE__ */ new LentBuckets();
const NEGATIVE: LentBuckets = /* @__PURE__ */ new LentBuckets();

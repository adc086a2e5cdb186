/**
 * The native buckets of one series of this process, counted in its file. Which bucket lies where is
 * known here, on the heap; the counts are the file's alone, so that a process that is killed has lost
 * none of them.
 *
 * An observation finds its bucket's cell and adds to it. All else is rare, and is done on the heap by
 * {@linkcode NativeCounts}, whose result is written as another record.
 */

import { LentBuckets } from '../../model/lent-buckets.ts';
import { type NativeIndex, nativeIndex, nativeUpperBound } from '../../model/native-bounds.ts';
import { NativeCounts, type NativeNumbers, type NativeTally } from '../../model/native-counts.ts';
import type { NativeBuckets } from '../../model/native-histogram.ts';
import type { NativeSettings } from '../../model/native-resolution.ts';
import { NativeWindow } from '../../model/native-window.ts';
import {
  bucketWord,
  type NativeRecord,
  nativeCellBytes,
  nativeContent,
} from '../segment/native-record.ts';

/** Buckets that a record has room for at first, 424 bytes; it doubles. */
const FIRST_CAPACITY = 32;

/** Where the buckets lie. */
export interface OwnNativeOptions {
  /** With which resolution it begins, and how far it may go from there. */
  readonly settings: NativeSettings;
  /** The record in the file. */
  readonly record: NativeRecord;
  /** Runs what may find no room; `undefined` when it found none, which is said elsewhere. */
  readonly attempt: <Result>(write: () => Result) => Result | undefined;
}

/** Native buckets in a record. */
export class OwnNative implements NativeTally {
  readonly #options: OwnNativeOptions;
  #find: NativeIndex;
  #zeroThreshold: number;
  /** The segment's cells. */
  #cells!: Float64Array;
  /** The cell of the zero bucket; that of slot `i`, counted from 1 on, is `i` behind it. */
  #zero = 0;
  /** The segment's words, and the one before that of slot 1. */
  #words!: Int32Array;
  #word = 0;
  #capacity = 0;
  #used = 0;
  /** The slot of each bucket. */
  #positive: NativeWindow = new NativeWindow();
  #negative: NativeWindow | undefined;
  /** The slots of buckets that there was no room for, by their words. */
  #substitutes: Map<number, number> | undefined;

  /**
   * Takes the room for it.
   *
   * @throws {MetricsError} When there is none.
   */
  constructor(options: OwnNativeOptions) {
    this.#options = options;
    const { schema, zeroThreshold } = options.settings;
    this.#find = nativeIndex(schema);
    this.#zeroThreshold = zeroThreshold;
    this.#write(schema, zeroThreshold, new Float64Array(nativeCellBytes(FIRST_CAPACITY) / 8));
  }

  /** {@inheritDoc NativeHistogram.schema} */
  get schema(): number {
    return this.#find.schema;
  }

  /** {@inheritDoc NativeHistogram.zeroThreshold} */
  get zeroThreshold(): number {
    return this.#zeroThreshold;
  }

  /** {@inheritDoc NativeHistogram.zeroCount} */
  get zeroCount(): number {
    return this.#cells[this.#zero]!;
  }

  /** The buckets above the zero bucket: arrays that all share, until the next call. */
  get positive(): NativeBuckets {
    return this.#lend(POSITIVE, this.#positive);
  }

  /** The buckets below the zero bucket: arrays that all share, until the next call. */
  get negative(): NativeBuckets {
    return this.#lend(NEGATIVE, this.#negative);
  }

  /** {@inheritDoc NativeTally.isOverfull} */
  get isOverfull(): boolean {
    return this.#used > this.#options.settings.maxBuckets;
  }

  /** {@inheritDoc NativeTally.observe} */
  observe(value: number, count: number): boolean {
    const threshold = this.#zeroThreshold;
    let slot = 0;
    if (value > threshold) {
      const index = this.#find.find(value);
      slot = this.#positive.get(index);
      if (slot === 0) return this.#addBucket(index, false, count);
    } else if (value < -threshold) {
      const index = this.#find.find(-value);
      slot = this.#negative === undefined ? 0 : this.#negative.get(index);
      if (slot === 0) return this.#addBucket(index, true, count);
    }
    this.#cells[this.#zero + slot]! += count;
    return false;
  }

  /** {@inheritDoc NativeTally.limit} */
  limit(): void {
    if (!this.isOverfull) return;
    this.#become(() => {
      const counts = this.copy();
      counts.limit();
      return counts;
    });
  }

  /** {@inheritDoc NativeTally.clear} */
  clear(): void {
    if (this.#become(() => new NativeCounts(this.#options.settings))) return;
    // As coarse as it was, where there is no room for another.
    this.#cells.fill(0, this.#zero, this.#zero + this.#used + 1);
  }

  /** {@inheritDoc NativeTally.add} */
  add(other: NativeNumbers): void {
    const isAdded = this.#become(() => {
      const counts = this.copy();
      counts.add(other);
      return counts;
    });
    if (!isAdded) this.#addRoughly(other);
  }

  /** {@inheritDoc NativeTally.copy} */
  copy(): NativeCounts {
    return NativeCounts.of(this, this.#options.settings);
  }

  #addBucket(index: number, isNegative: boolean, count: number): boolean {
    if (count === 0) return false;
    if (this.#used === this.#capacity && !this.#grow()) {
      this.#cells[this.#zero + this.#nearest(index, isNegative)]! += count;
      return false;
    }
    const slot = ++this.#used;
    this.#words[this.#word + slot] = bucketWord(index, isNegative);
    this.#cells[this.#zero + slot] = count;
    if (isNegative) this.#negative ??= new NativeWindow();
    (isNegative ? this.#negative! : this.#positive).add(index, slot);
    return true;
  }

  /**
   * Where what has no room is counted: with the next larger values, as counts of buckets that are
   * missing go. It is looked for once for each bucket, until there is another record.
   */
  #nearest(index: number, isNegative: boolean): number {
    const bucket = bucketWord(index, isNegative);
    this.#substitutes ??= new Map();
    let slot = this.#substitutes.get(bucket);
    if (slot === undefined) {
      slot = this.#findNearest(index, isNegative);
      this.#substitutes.set(bucket, slot);
    }
    return slot;
  }

  #findNearest(index: number, isNegative: boolean): number {
    let slot = 0;
    let distance = Infinity;
    const window = isNegative ? this.#negative : this.#positive;
    window?.forEach((other, its) => {
      const steps = isNegative ? index - other : other - index;
      // Those on the other side where there are none on this.
      const far = steps < 0 ? 2 ** 32 - steps : steps;
      if (far >= distance) return;
      distance = far;
      slot = its;
    });
    return slot;
  }

  #addRoughly({ schema, zeroCount, positive, negative }: NativeNumbers): void {
    this.#cells[this.#zero]! += zeroCount;
    for (let i = 0; i < positive.length; i++) {
      this.observe(nativeUpperBound(schema, positive.indices[i]!), positive.counts[i]!);
    }
    for (let i = 0; i < negative.length; i++) {
      this.observe(-nativeUpperBound(schema, negative.indices[i]!), negative.counts[i]!);
    }
  }

  /** Moves to a record of twice the room. The slots are the same in it. */
  #grow(): boolean {
    return this.#attempt(() => {
      const before = this.#capacity;
      const content = new Float64Array(nativeCellBytes(before * 2) / 8);
      const words = new Int32Array(content.buffer);
      content.set(this.#cells.subarray(this.#zero, this.#zero + 1 + before));
      const begin = this.#word + 1;
      words.set(this.#words.subarray(begin, begin + before), 2 + before * 4);
      this.#write(this.schema, this.#zeroThreshold, content);
    });
  }

  /** Moves to a record that holds the counts that are made. False where there is no room for it. */
  #become(make: () => NativeCounts): boolean {
    return this.#attempt(() => {
      const counts = make();
      const { schema, zeroThreshold } = counts;
      let capacity = FIRST_CAPACITY;
      while (capacity < counts.bucketCount) capacity *= 2;
      this.#write(schema, zeroThreshold, nativeContent(counts, capacity));
      this.#find = nativeIndex(schema);
      this.#zeroThreshold = zeroThreshold;
      this.#used = 0;
      this.#positive = this.#slotsOf(counts.positive);
      const { negative } = counts;
      this.#negative = negative.length > 0 ? this.#slotsOf(negative) : undefined;
    });
  }

  #slotsOf({ length, indices }: NativeBuckets): NativeWindow {
    const slots = new NativeWindow();
    for (let i = 0; i < length; i++) slots.add(indices[i]!, ++this.#used);
    return slots;
  }

  /**
   * Runs what moves to another record. Where there was no room a moment ago, or the file is let go
   * of, it is refused before anything is copied: with 2,048 buckets that is 0.3 µs for each observation
   * without a bucket instead of 21 (Node 24).
   */
  #attempt(move: () => void): boolean {
    const { record, attempt } = this.#options;
    // Another series may have its place: who counts on here counts for nobody.
    if (record.isReleased) return false;
    const write = (): true => {
      move();
      return true;
    };
    return attempt(write) === true;
  }

  #write(schema: number, zeroThreshold: number, content: Float64Array): void {
    const { segment, at } = this.#options.record.replace({ schema, zeroThreshold }, content);
    const capacity = ((content.length - 1) / 3) * 2;
    this.#cells = segment.cells;
    this.#zero = at / 8;
    this.#words = segment.words;
    this.#word = at / 4 + 1 + capacity * 2;
    this.#capacity = capacity;
    this.#substitutes = undefined;
  }

  #lend(lent: LentBuckets, window: NativeWindow | undefined): LentBuckets {
    lent.filled(window);
    const { length, counts } = lent;
    for (let i = 0; i < length; i++) counts[i] = this.#cells[this.#zero + counts[i]!]!;
    return lent;
  }
}

// Not those that counts on the heap lend: these, and a copy of them, are held at once.
const POSITIVE: LentBuckets = /* @__PURE__ */ new LentBuckets();
const NEGATIVE: LentBuckets = /* @__PURE__ */ new LentBuckets();

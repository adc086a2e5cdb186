/**
 * A native histogram while it is counted, alone or as the sum of several. Which resolution it has
 * follows from what was counted and added: it goes down, and the zero bucket up, and never back.
 */

import { coarserIndex, type NativeIndex, nativeIndex, nativeUpperBound } from './native-bounds.ts';
import type { NativeBuckets, NativeHistogram } from './native-histogram.ts';
import { NativeWindow } from './native-window.ts';

/** The resolution a native histogram has, or begins with. */
export interface NativeResolution {
  /** From -4 to 8: how many times the buckets from a power of two to the next were halved. */
  readonly schema: number;
  /** The greatest absolute value in the zero bucket, >= 0. */
  readonly zeroThreshold: number;
}

/** A native histogram that can be added to another: one whose bounds are powers of a base. */
export type NativeNumbers = Omit<NativeHistogram, 'exemplars' | 'customBounds'>;

/** Observations in native buckets. */
export class NativeCounts {
  #find: NativeIndex;
  #zeroThreshold: number;
  #zeroCount = 0;
  #positive: NativeWindow = new NativeWindow();
  /** Made with the first negative value, which most histograms never have. */
  #negative: NativeWindow | undefined;

  constructor({ schema, zeroThreshold }: NativeResolution) {
    this.#find = nativeIndex(schema);
    this.#zeroThreshold = zeroThreshold;
  }

  /** From -4 to 8. */
  get schema(): number {
    return this.#find.schema;
  }

  /** The greatest absolute value in the zero bucket. */
  get zeroThreshold(): number {
    return this.#zeroThreshold;
  }

  /** What is in the zero bucket. */
  get zeroCount(): number {
    return this.#zeroCount;
  }

  /** How many buckets there are, the zero bucket left out. */
  get bucketCount(): number {
    return this.#positive.size + (this.#negative?.size ?? 0);
  }

  /** How many observations there are. */
  get count(): number {
    let count = this.#zeroCount;
    const add = (_: number, of: number) => {
      count += of;
    };
    this.#positive.forEach(add);
    this.#negative?.forEach(add);
    return count;
  }

  /**
   * Counts `count` observations of a value that is not NaN. True when there is a bucket more, so that
   * somebody may have to look how many there are.
   */
  observe(value: number, count: number): boolean {
    const threshold = this.#zeroThreshold;
    if (value > threshold) return this.#positive.add(this.#find.find(value), count);
    if (value < -threshold) {
      this.#negative ??= new NativeWindow();
      return this.#negative.add(this.#find.find(-value), count);
    }
    this.#zeroCount += count;
    return false;
  }

  /** The buckets of values above the zero bucket: arrays that all share, until the next call. */
  get positive(): NativeBuckets {
    return POSITIVE.filled(this.#positive);
  }

  /** The buckets of values below the zero bucket: arrays that all share, until the next call. */
  get negative(): NativeBuckets {
    return NEGATIVE.filled(this.#negative);
  }

  /**
   * Adds another histogram, in powers of a base as well. The sum has the lower of the two schemas and,
   * of zero buckets that differ, the wider; where that one ends within a bucket that holds something,
   * it reaches to the end of it. So it does not matter in which order many are added.
   */
  add(other: NativeNumbers): void {
    this.reduceTo(other.schema);
    this.#addBuckets(other);
    if (other.zeroThreshold === this.#zeroThreshold) return;
    this.#zeroThreshold = Math.max(this.#zeroThreshold, other.zeroThreshold);
    this.#absorb();
  }

  /** Lowers the schema to this one; does nothing where it is that or less. */
  reduceTo(schema: number): void {
    const steps = this.schema - schema;
    if (steps <= 0) return;
    this.#find = nativeIndex(schema);
    this.#positive = reduced(this.#positive, steps);
    this.#negative &&= reduced(this.#negative, steps);
  }

  /**
   * Puts the buckets next to the zero bucket into it, of both signs, as far as it is allowed to
   * reach. False where that is not far enough for one.
   */
  widenZero(most: number): boolean {
    if (this.#zeroThreshold >= most) return false;
    const least = Math.min(this.#positive.least, this.#negative?.least ?? Infinity);
    if (least === Infinity) return false;
    const bound = nativeUpperBound(this.schema, least);
    if (bound > most) return false;
    this.#zeroThreshold = bound;
    this.#moveToZero(least);
    return true;
  }

  /** Forgets all observations and takes on a resolution again. */
  clear({ schema, zeroThreshold }: NativeResolution): void {
    this.#find = nativeIndex(schema);
    this.#zeroThreshold = zeroThreshold;
    this.#zeroCount = 0;
    this.#positive.clear();
    this.#negative = undefined;
  }

  /** Another one that holds the same. */
  copy(): NativeCounts {
    const copy = new NativeCounts(this);
    copy.#addBuckets(this);
    return copy;
  }

  #addBuckets({ schema, zeroCount, positive, negative }: NativeNumbers): void {
    const steps = schema - this.schema;
    this.#zeroCount += zeroCount;
    addAll(this.#positive, positive, steps);
    if (negative.length === 0) return;
    this.#negative ??= new NativeWindow();
    addAll(this.#negative, negative, steps);
  }

  /** Widens the zero bucket to the end of the bucket that it ends in, and empties those below. */
  #absorb(): void {
    for (;;) {
      const least = Math.min(this.#positive.least, this.#negative?.least ?? Infinity);
      if (least === Infinity) return;
      if (nativeUpperBound(this.schema, least - 1) >= this.#zeroThreshold) return;
      this.#zeroThreshold = Math.max(this.#zeroThreshold, nativeUpperBound(this.schema, least));
      this.#moveToZero(least);
    }
  }

  #moveToZero(index: number): void {
    this.#zeroCount += this.#positive.take(index) + (this.#negative?.take(index) ?? 0);
  }
}

function addAll(
  window: NativeWindow,
  { length, indices, counts }: NativeBuckets,
  steps: number,
): void {
  for (let i = 0; i < length; i++) window.add(coarserIndex(indices[i]!, steps), counts[i]!);
}

function reduced(window: NativeWindow, steps: number): NativeWindow {
  const coarse = new NativeWindow();
  window.forEach((index, count) => {
    coarse.add(coarserIndex(index, steps), count);
  });
  return coarse;
}

/** Buckets on loan: one pair of arrays for all histograms of a process, as large as the largest. */
class Scratch implements NativeBuckets {
  length = 0;
  indices: Int32Array = new Int32Array(0);
  counts: Float64Array = new Float64Array(0);

  filled(window: NativeWindow | undefined): this {
    this.length = window?.size ?? 0;
    if (this.length > this.indices.length) {
      this.indices = new Int32Array(this.length * 2);
      this.counts = new Float64Array(this.length * 2);
    }
    window?.copyTo(this.indices, this.counts);
    return this;
  }
}

const POSITIVE = /* @__PURE__ */ new Scratch();
const NEGATIVE = /* @__PURE__ */ new Scratch();

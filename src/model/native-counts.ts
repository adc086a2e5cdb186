/**
 * A native histogram while it is counted, alone or as the sum of several. Which resolution it has
 * follows from what was counted and added: it goes down, and the zero bucket up, and never back.
 */

import { LentBuckets } from './lent-buckets.ts';
import { coarserIndex, LEAST_SCHEMA, nativeUpperBound } from './native-bounds.ts';
import type { NativeBuckets, NativeHistogram } from './native-histogram.ts';
import {
  firstResolution,
  type NativeResolution,
  type NativeSettings,
} from './native-resolution.ts';
import { NativeWindow } from './native-window.ts';

/** A native histogram that can be added to another: one whose bounds are powers of a base. */
export type NativeNumbers = Omit<NativeHistogram, 'exemplars' | 'customBounds'>;

/**
 * The native buckets of one series while they are counted: on the heap ({@linkcode NativeCounts}), or
 * wherever a storage has them.
 */
export interface NativeTally extends NativeNumbers {
  /**
   * Counts `count` observations of a value that is not NaN. True when there is a bucket more, so that
   * somebody may have to look how many there are.
   */
  observe(value: number, count: number): boolean;
  /** True when there are more buckets than there may be. */
  readonly isOverfull: boolean;
  /** Makes the buckets as few as they may be. */
  limit(): void;
  /** Forgets all observations and takes on the resolution that it began with. */
  clear(): void;
  /** Adds another histogram: the sum has the lower schema and the wider zero bucket. */
  add(other: NativeNumbers): void;
  /** Another one that holds the same, on the heap. */
  copy(): NativeTally;
}

/** Observations in native buckets. */
export class NativeCounts implements NativeTally {
  #resolution: NativeResolution;
  #zeroCount = 0;
  #positive: NativeWindow = new NativeWindow();
  /** Made with the first negative value, which most histograms never have. */
  #negative: NativeWindow | undefined;

  /** @param settings - How it begins, and is again once it was cleared. */
  constructor(settings: NativeSettings) {
    this.#resolution = firstResolution(settings);
  }

  /** From -4 to 8. */
  get schema(): number {
    return this.#resolution.schema;
  }

  /** The greatest absolute value in the zero bucket. */
  get zeroThreshold(): number {
    return this.#resolution.zeroThreshold;
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
    const { index, zeroThreshold } = this.#resolution;
    if (value > zeroThreshold) return this.#positive.add(index.find(value), count);
    if (value < -zeroThreshold) {
      this.#negative ??= new NativeWindow();
      return this.#negative.add(index.find(-value), count);
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
   * Adds another histogram, in powers of a base as well. The sum has the lower of the two schemas and
   * the wider of the zero buckets, up to the next bound there is: a bucket that it ends in could not
   * be told apart. So it does not matter in which order many are added.
   */
  add(other: NativeNumbers): void {
    // With none of another, one is what it was, whatever its zero bucket.
    const threshold = Math.max(this.zeroThreshold, other.zeroThreshold);
    const isOne =
      (this.isEmpty && isAsFine(this, other)) || (isAsFine(other, this) && isEmpty(other));
    this.reduceTo(other.schema);
    this.#addBuckets(other);
    if (isOne) this.#resolution = this.#resolution.withZero(threshold);
    else this.#widenTo(threshold);
  }

  /** True while there is no observation. */
  get isEmpty(): boolean {
    return this.#zeroCount === 0 && this.bucketCount === 0;
  }

  /** Lowers the schema to this one; does nothing where it is that or less. */
  reduceTo(schema: number): void {
    const steps = this.schema - schema;
    if (steps <= 0) return;
    this.#resolution = this.#resolution.withSchema(schema);
    this.#positive = reduced(this.#positive, steps);
    this.#negative &&= reduced(this.#negative, steps);
  }

  /** True when there are more buckets than there may be. */
  get isOverfull(): boolean {
    return this.bucketCount > this.#resolution.settings.maxBuckets;
  }

  /**
   * Makes the buckets as few as they may be: the zero bucket takes in those next to it, as far as it
   * may reach; then the schema goes down, in the end to where all are in few.
   */
  limit(): void {
    while (this.isOverfull) {
      if (this.#widenZero()) continue;
      if (this.schema === LEAST_SCHEMA) return;
      this.reduceTo(this.schema - 1);
    }
  }

  /** Forgets all observations and takes on the resolution that it began with. */
  clear(): void {
    this.#resolution = firstResolution(this.#resolution.settings);
    this.#zeroCount = 0;
    this.#positive.clear();
    this.#negative = undefined;
  }

  /** Another one that holds the same. */
  copy(): NativeCounts {
    return NativeCounts.of(this, this.#resolution.settings);
  }

  /** One that holds these numbers, as fine and as coarse as they are. */
  static of(numbers: NativeNumbers, settings: NativeSettings): NativeCounts {
    const made = new NativeCounts(settings);
    const { schema, zeroThreshold } = numbers;
    made.#resolution = made.#resolution.withSchema(schema).withZero(zeroThreshold);
    made.#addBuckets(numbers);
    return made;
  }

  #widenZero(): boolean {
    const { settings, schema, zeroThreshold } = this.#resolution;
    if (zeroThreshold >= settings.maxZeroThreshold) return false;
    const least = this.#least;
    const bound = nativeUpperBound(schema, least);
    if (bound > settings.maxZeroThreshold) return false;
    this.#resolution = this.#resolution.withZero(bound);
    this.#moveToZero(least);
    return true;
  }

  #addBuckets({ schema, zeroCount, positive, negative }: NativeNumbers): void {
    const steps = schema - this.schema;
    this.#zeroCount += zeroCount;
    addAll(this.#positive, positive, steps);
    if (negative.length === 0) return;
    this.#negative ??= new NativeWindow();
    addAll(this.#negative, negative, steps);
  }

  /** Widens the zero bucket to the bound that is next to the threshold, and empties those below. */
  #widenTo(threshold: number): void {
    if (threshold === 0) return;
    const { index, schema } = this.#resolution;
    const last = index.find(threshold);
    const bound = Math.max(threshold, nativeUpperBound(schema, last));
    this.#resolution = this.#resolution.withZero(bound);
    let least = this.#least;
    for (; least <= last; least = this.#least) {
      this.#moveToZero(least);
    }
  }

  /** The index of the bucket next to 0, of either sign. */
  get #least(): number {
    return Math.min(this.#positive.least, this.#negative?.least ?? Infinity);
  }

  #moveToZero(index: number): void {
    this.#zeroCount += this.#positive.take(index) + (this.#negative?.take(index) ?? 0);
  }
}

/**
 * True where `empty`, which counts nothing, adds nothing to how coarse `other` is: where it is as
 * coarse, or finer, and without a zero bucket that is wider than a point. One with any other zero
 * bucket widens that of the sum, else the order in which many are added would matter.
 */
function isAsFine(empty: NativeNumbers, other: NativeNumbers): boolean {
  const { schema, zeroThreshold } = empty;
  if (zeroThreshold === 0) return schema >= other.schema;
  return schema === other.schema && zeroThreshold === other.zeroThreshold;
}

/** True of numbers of which none counts an observation. */
export function isEmpty({ zeroCount, positive, negative }: NativeNumbers): boolean {
  return zeroCount === 0 && positive.length === 0 && negative.length === 0;
}

function addAll(
  window: NativeWindow,
  { length, indices, counts }: NativeBuckets,
  steps: number,
): void {
  let least = Infinity;
  let greatest = -Infinity;
  for (let i = 0; i < length; i++) {
    if (indices[i]! < least) least = indices[i]!;
    if (indices[i]! > greatest) greatest = indices[i]!;
  }
  // Growing step by step took a third of the time of merging those of four processes (Node 24).
  if (length > 0) {
    window.reserve(coarserIndex(least, steps), coarserIndex(greatest, steps), length);
  }
  for (let i = 0; i < length; i++) window.addAny(coarserIndex(indices[i]!, steps), counts[i]!);
}

function reduced(window: NativeWindow, steps: number): NativeWindow {
  const coarse = new NativeWindow();
  window.forEach((index, count) => {
    coarse.addAny(coarserIndex(index, steps), count);
  });
  return coarse;
}

const POSITIVE: LentBuckets = /* @__PURE__ */ new LentBuckets();
const NEGATIVE: LentBuckets = /* @__PURE__ */ new LentBuckets();

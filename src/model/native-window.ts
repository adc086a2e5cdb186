/**
 * The buckets of one sign while they are counted: a window of consecutive ones, since values lie
 * together, and a map of those that are far from it, such as that of infinity.
 *
 * A program with many children pays for each count of each of them, and few count to 65,536 in any
 * bucket. So a count takes 16 bits, in one array until one needs more; their upper 16 bits are then put
 * behind the lower ones of all. Two kinds of array would cost an observation 3 ns (Node 24).
 */

const MOST_IN_16_BITS = 0xffff;
const AFTER_16_BITS = 2 ** 16;
const AFTER_32_BITS = 2 ** 32;

/** By how many buckets a window grows beyond the one that is needed. */
const SLACK = 8;

/** A window of so many buckets is made whatever they hold; a larger one if that much is in it. */
const SMALL = 64;
const MOST_FOR_EACH = 8;

/** What a window without buckets has: one for all. */
const NOTHING: Uint16Array = /* @__PURE__ */ new Uint16Array(0);

/** Counts by the index of a bucket. */
export class NativeWindow {
  /** The lower 16 bits of each bucket, and the upper ones of all behind them where any has some. */
  #counts: Uint16Array = NOTHING;
  /** The index of the first bucket in the window. */
  #first = 0;
  /** How many buckets are in the window. */
  #length = 0;
  /** By index, what 32 bits do not hold of those in the window: all above them, and fractions. */
  #beyond: Map<number, number> | undefined;
  /** Buckets that are not in the window. */
  #far: Map<number, number> | undefined;
  #size = 0;

  /** How many buckets hold something. */
  get size(): number {
    return this.#size;
  }

  /** What is in a bucket. */
  get(index: number): number {
    const place = index - this.#first;
    if (place >= 0 && place < this.#length) return this.#whole(place);
    return this.#far === undefined ? 0 : (this.#far.get(index) ?? 0);
  }

  /**
   * Makes room for so many buckets, those from `first` to `last`, where there is none yet: at once for
   * counts of 32 bits, since who knows the buckets beforehand adds up what others counted.
   */
  reserve(first: number, last: number, count: number): void {
    if (this.#length > 0 || last - first >= Math.max(SMALL, MOST_FOR_EACH * count)) return;
    this.#resize(first, last + 1, true);
  }

  /** Adds a whole number to a bucket. True when it held nothing before. */
  add(index: number, count: number): boolean {
    const place = index - this.#first;
    if (place >= 0 && place < this.#length) {
      const counts = this.#counts;
      const before = counts[place]!;
      const sum = before + count;
      // A bucket that may have been empty is looked at, and so is a sum that has more bits.
      if (before > 0 && sum <= MOST_IN_16_BITS) {
        counts[place] = sum;
        return false;
      }
    }
    return this.addAny(index, count);
  }

  /** The same of any number >= 0. */
  addAny(index: number, count: number): boolean {
    const counts = this.#counts;
    const length = this.#length;
    const place = index - this.#first;
    if (place < 0 || place >= length || this.#beyond !== undefined) {
      return this.#addRarely(index, count);
    }
    const isWide = counts.length > length;
    const before = counts[place]! + (isWide ? counts[length + place]! * AFTER_16_BITS : 0);
    const sum = before + count;
    if (sum >>> 0 !== sum || (sum > MOST_IN_16_BITS && !isWide)) {
      return this.#addRarely(index, count);
    }
    counts[place] = sum; // Its lower 16 bits.
    if (isWide) counts[length + place] = sum >>> 16;
    if (before > 0 || count === 0) return false;
    this.#size++;
    return true;
  }

  #addRarely(index: number, count: number): boolean {
    if (count === 0) return false;
    if (!this.#reach(index)) return this.#addFar(index, count);
    const place = index - this.#first;
    const before = this.#whole(place);
    this.#put(place, before + count);
    if (before > 0) return false;
    this.#size++;
    return true;
  }

  #holds(index: number): boolean {
    const place = index - this.#first;
    return place >= 0 && place < this.#length;
  }

  /** The count at a place, with all of its bits. */
  #whole(place: number): number {
    const counts = this.#counts;
    const lower = counts[place]!;
    if (counts.length === this.#length) return lower;
    const count = lower + counts[this.#length + place]! * AFTER_16_BITS;
    const beyond = this.#beyond;
    return beyond === undefined ? count : count + (beyond.get(this.#first + place) ?? 0);
  }

  #put(place: number, count: number): void {
    const first = this.#first;
    const isWide = this.#counts.length > this.#length;
    if (!isWide && !(count <= MOST_IN_16_BITS && Number.isInteger(count))) {
      this.#resize(first, first + this.#length, true);
    }
    // Infinity has no such part.
    const within = Math.floor(count) % AFTER_32_BITS || 0;
    this.#counts[place] = within; // Its lower 16 bits.
    if (this.#counts.length > this.#length) {
      this.#counts[this.#length + place] = within >>> 16;
    }
    if (within === count) this.#beyond?.delete(first + place);
    else {
      this.#beyond ??= new Map();
      this.#beyond.set(first + place, count - within);
    }
  }

  #addFar(index: number, count: number): boolean {
    const before = this.#far?.get(index) ?? 0;
    if (before > 0) {
      this.#far!.set(index, before + count);
      return false;
    }
    const far = this.#addFarAgain(index, count);
    // Most of them are elsewhere: the window was begun at one that lies apart.
    if (far.size > 2 * (this.#size - far.size) + SLACK / 4) this.#moveTo(index);
    return true;
  }

  #addFarAgain(index: number, count: number): Map<number, number> {
    this.#far ??= new Map();
    this.#far.set(index, count);
    this.#size++;
    return this.#far;
  }

  /** Has the window hold this bucket, larger if need be. False where it would hold too little. */
  #reach(index: number): boolean {
    const length = this.#length;
    if (this.#holds(index)) return true;
    if (length === 0) return this.#resize(index, index + SLACK, false);
    const first = Math.min(this.#first, index);
    const end = Math.max(this.#first + length, index + 1);
    const inside = this.#size - (this.#far?.size ?? 0);
    if (end - first > Math.max(SMALL, MOST_FOR_EACH * (inside + 1))) return false;
    return this.#resize(
      first < this.#first ? first - SLACK + 1 : first,
      end > this.#first + length ? end + SLACK - 1 : end,
      this.#counts.length > length,
    );
  }

  /** Has these buckets in the window, those that were in it among them, with room for upper bits if `isWide`. */
  #resize(first: number, end: number, isWide: boolean): true {
    const length = end - first;
    const counts = new Uint16Array(isWide ? length * 2 : length);
    const before = this.#length;
    const start = this.#first - first;
    if (this.#counts.length > before) {
      counts.set(this.#counts.subarray(0, before), start);
      counts.set(this.#counts.subarray(before), length + start);
    } else if (before > 0) counts.set(this.#counts, start);
    this.#counts = counts;
    this.#first = first;
    this.#length = length;
    // What was far is not any more, where the window has come to it.
    if (this.#far !== undefined) {
      const far = this.#far;
      this.#far = undefined;
      this.#size -= far.size;
      for (const [index, count] of far) {
        this.#addAgain(index, count, this.#holds(index));
      }
    }
    return true;
  }

  /** Begins the window anew at this bucket, with those around it. */
  #moveTo(index: number): void {
    const all: [number, number][] = [];
    this.forEach((bucket, count) => {
      all.push([bucket, count]);
    });
    all.sort(([one], [other]) => Math.abs(one - index) - Math.abs(other - index));
    this.clear();
    for (const [bucket, count] of all) {
      this.#addAgain(bucket, count, this.#reach(bucket));
    }
  }

  #addAgain(index: number, count: number, isInside: boolean): void {
    if (isInside) this.addAny(index, count);
    else this.#addFarAgain(index, count);
  }

  /** Takes all out of a bucket and returns it. */
  take(index: number): number {
    const count = this.get(index);
    if (count === 0) return 0;
    this.#size--;
    if (this.#far?.delete(index) !== true) this.#put(index - this.#first, 0);
    return count;
  }

  /** The index of the first bucket that holds something; `Infinity` where none does. */
  get least(): number {
    let least = Infinity;
    if (this.#far !== undefined)
      for (const index of this.#far.keys()) least = Math.min(least, index);
    for (let place = 0; place < this.#length; place++) {
      if (this.#whole(place) > 0) return Math.min(least, this.#first + place);
    }
    return least;
  }

  /** Calls `each` with the buckets that hold something, ascending. */
  forEach(each: (index: number, count: number) => void): void {
    const far = this.#far === undefined ? [] : [...this.#far].sort(([one], [other]) => one - other);
    let next = 0;
    for (; next < far.length && far[next]![0] < this.#first; next++) each(...far[next]!);
    const counts = this.#counts;
    const length = this.#length;
    const isWide = counts.length > length;
    const beyond = this.#beyond;
    for (let place = 0; place < length; place++) {
      let count = counts[place]!;
      if (isWide) count += counts[length + place]! * AFTER_16_BITS;
      if (beyond !== undefined) count += beyond.get(this.#first + place) ?? 0;
      if (count > 0) each(this.#first + place, count);
    }
    for (; next < far.length; next++) each(...far[next]!);
  }

  /** Writes the buckets that hold something, ascending, to the beginning of both arrays. */
  copyTo(indices: Int32Array, values: Float64Array): void {
    let length = 0;
    this.forEach((index, count) => {
      indices[length] = index;
      values[length++] = count;
    });
  }

  /** Empties all buckets, and gives back what they took up. */
  clear(): void {
    this.#counts = NOTHING;
    this.#first = 0;
    this.#length = 0;
    this.#beyond = undefined;
    this.#far = undefined;
    this.#size = 0;
  }
}

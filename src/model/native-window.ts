/**
 * The buckets of one sign while they are counted: a window of consecutive ones, since values lie
 * together, and a map of those that are far from it, such as that of infinity.
 *
 * Counts are of 32 bits until one needs more: half the memory, which a program with many children
 * pays for each of them. An array that holds more is made in the place of the other then.
 */

const MOST_IN_32_BITS = 2 ** 32 - 1;

/** By how many buckets a window grows beyond the one that is needed. */
const SLACK = 8;

/** A window of so many buckets is made whatever they hold; a larger one if that much is in it. */
const SMALL = 64;
const MOST_FOR_EACH = 8;

/** What a window without buckets has: one for all. */
const NOTHING: Uint32Array = /* @__PURE__ */ new Uint32Array(0);

/** Counts by the index of a bucket. */
export class NativeWindow {
  #counts: Uint32Array | Float64Array = NOTHING;
  /** The index of the first bucket in the window. */
  #first = 0;
  /** Buckets that are not in the window. */
  #far: Map<number, number> | undefined;
  #size = 0;

  /** How many buckets hold something. */
  get size(): number {
    return this.#size;
  }

  /** What is in a bucket. */
  get(index: number): number {
    const counts = this.#counts;
    const place = index - this.#first;
    if (place >= 0 && place < counts.length) return counts[place]!;
    return this.#far === undefined ? 0 : (this.#far.get(index) ?? 0);
  }

  /** Makes room for so many buckets, those from `first` to `last`, where there is none yet. */
  reserve(first: number, last: number, count: number): void {
    if (this.#counts.length > 0 || last - first >= Math.max(SMALL, MOST_FOR_EACH * count)) return;
    this.#resize(first, last + 1);
  }

  /** Adds a whole number to a bucket. True when it held nothing before. */
  add(index: number, count: number): boolean {
    const counts = this.#counts;
    const place = index - this.#first;
    if (place >= 0 && place < counts.length) {
      const before = counts[place]!;
      const sum = before + count;
      // A bucket that was empty is counted, a sum that does not fit needs another array.
      if (before > 0 && sum <= MOST_IN_32_BITS) {
        counts[place] = sum;
        return false;
      }
    }
    return this.#addRarely(index, count);
  }

  /** The same of any number above 0. */
  addAny(index: number, count: number): boolean {
    return count >>> 0 === count ? this.add(index, count) : this.#addRarely(index, count);
  }

  #addRarely(index: number, count: number): boolean {
    if (count === 0) return false;
    if (!this.#holds(index) && !this.#reach(index)) return this.#addFar(index, count);
    const place = index - this.#first;
    const before = this.#counts[place]!;
    const sum = before + count;
    if (sum >>> 0 !== sum) this.#counts = Float64Array.from(this.#counts);
    this.#counts[place] = sum;
    if (before > 0) return false;
    this.#size++;
    return true;
  }

  #holds(index: number): boolean {
    const place = index - this.#first;
    return place >= 0 && place < this.#counts.length;
  }

  #addFar(index: number, count: number): boolean {
    this.#far ??= new Map();
    const before = this.#far.get(index) ?? 0;
    this.#far.set(index, before + count);
    if (before > 0) return false;
    this.#size++;
    // Most of them are elsewhere: the window was begun at one that lies apart.
    if (this.#far.size > 2 * (this.#size - this.#far.size) + SLACK / 4) this.#moveTo(index);
    return true;
  }

  /** Makes the window larger so that it holds this bucket. False where it would hold too little. */
  #reach(index: number): boolean {
    const length = this.#counts.length;
    if (length === 0) return this.#resize(index, index + SLACK);
    const first = Math.min(this.#first, index);
    const end = Math.max(this.#first + length, index + 1);
    const inside = this.#size - (this.#far?.size ?? 0);
    if (end - first > Math.max(SMALL, MOST_FOR_EACH * (inside + 1))) return false;
    return this.#resize(
      first < this.#first ? first - SLACK + 1 : first,
      end > this.#first + length ? end + SLACK - 1 : end,
    );
  }

  #resize(first: number, end: number): true {
    const Counts = this.#counts instanceof Float64Array ? Float64Array : Uint32Array;
    const counts = new Counts(end - first);
    counts.set(this.#counts, this.#counts.length === 0 ? 0 : this.#first - first);
    this.#counts = counts;
    this.#first = first;
    // What was far is not any more, where the window has come to it.
    if (this.#far !== undefined) {
      const far = this.#far;
      this.#far = undefined;
      for (const [index, count] of far) {
        this.#size--;
        if (this.#holds(index)) this.#addRarely(index, count);
        else this.#addFarAgain(index, count);
      }
    }
    return true;
  }

  #addFarAgain(index: number, count: number): void {
    this.#far ??= new Map();
    this.#far.set(index, count);
    this.#size++;
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
      if (this.#holds(bucket) || this.#reach(bucket)) this.#addRarely(bucket, count);
      else this.#addFarAgain(bucket, count);
    }
  }

  /** Takes all out of a bucket and returns it. */
  take(index: number): number {
    const far = this.#far?.get(index);
    if (far !== undefined) {
      this.#far!.delete(index);
      this.#size--;
      return far;
    }
    if (!this.#holds(index)) return 0;
    const place = index - this.#first;
    const count = this.#counts[place]!;
    this.#counts[place] = 0;
    if (count > 0) this.#size--;
    return count;
  }

  /** The index of the first bucket that holds something; `Infinity` where none does. */
  get least(): number {
    let least = Infinity;
    if (this.#far !== undefined)
      for (const index of this.#far.keys()) least = Math.min(least, index);
    const place = this.#counts.findIndex((count: number) => count > 0);
    return place < 0 ? least : Math.min(least, this.#first + place);
  }

  /** Calls `each` with the buckets that hold something, ascending. */
  forEach(each: (index: number, count: number) => void): void {
    const far = this.#far === undefined ? [] : [...this.#far].sort(([one], [other]) => one - other);
    let next = 0;
    for (; next < far.length && far[next]![0] < this.#first; next++) each(...far[next]!);
    const counts = this.#counts;
    for (let place = 0; place < counts.length; place++) {
      if (counts[place]! > 0) each(this.#first + place, counts[place]!);
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
    this.#far = undefined;
    this.#size = 0;
  }
}

/**
 * Counts of observations in bins whose bounds grow by a constant factor: what quantiles are read
 * from, each within 1 % of a value that was observed.
 *
 * This is DDSketch (Masson, Rim and Lee, 2019). Node 24, 200,000 observations of three distributions,
 * the 0.5, 0.9, 0.99 and 0.999 quantile, against `tdigest` 0.1.3 of prom-client, and CKMS as the
 * clients for Go and Java have it, written for the comparison:
 *
 * | | ns per observation | error of the value | kept after 10,000 |
 * |---|---|---|---|
 * | this | 20–24 | 1 % at most, whatever the distribution | 2–6 KiB |
 * | `tdigest` | 215–277 | 0.7 % and less here, without a bound | 115 KiB |
 * | CKMS, rank within 1 %, 0.1 % at 0.99 | 272 | up to 4.6 % here, without a bound | about 5 KiB |
 *
 * A window of five ages has the other two take down every observation five times, since those
 * clients cannot add them up; these are added up at the scrape, and take down each once.
 */

/** How far from an observed value a quantile may be, as a part of that value. */
export const RELATIVE_ERROR = 0.01;

const GAMMA = (1 + RELATIVE_ERROR) / (1 - RELATIVE_ERROR);
const BINS_PER_E = 1 / Math.log(GAMMA);

/**
 * The most bins for one sign: values within a factor of 6e17 of the largest have bins of their own,
 * and smaller ones share the last. 16 KiB.
 */
const MAX_BINS = 2048;

/**
 * Bins are kept in groups of as many, enough for a factor of 1.4. The last group alone says which
 * bins are too far below, so that counts are the same in whatever order they came or were merged.
 */
const GROUP = 16;

/** Below it, floating point numbers are too coarse for 1 %: they count as 0. */
const SMALLEST = 2.2250738585072014e-308;

/** The bin of a value above 0: bin `i` is for values in (γ^(i-1), γ^i]. */
function binOf(value: number): number {
  return Math.ceil(Math.log(value) * BINS_PER_E);
}

/** The value that is at most 1 % from all in its bin. */
function middleOf(bin: number): number {
  // The highest bin's own bound is too large for a number.
  return Math.min(Math.exp(bin / BINS_PER_E) * (2 / (GAMMA + 1)), Number.MAX_VALUE);
}

/** Counts of bins that lie side by side. */
export interface BinCounts {
  /** The bin of the first count. */
  readonly first: number;
  readonly counts: ArrayLike<number>;
}

/** All that a sketch knows, for whoever carries it from one process to another. */
export interface QuantileState {
  readonly smallest: number;
  readonly largest: number;
  readonly zeros: number;
  readonly infinite: number;
  readonly negativeInfinite: number;
  /** Values above 0. */
  readonly above: BinCounts;
  /** Negative values, by the bins of what they are without their sign. */
  readonly below: BinCounts;
}

/** Counts of values above 0, by their bins, which lie without gaps. */
class Bins implements BinCounts {
  /** The bin of the first count. */
  first = 0;
  counts: Float64Array = new Float64Array(0);

  add(bin: number, count: number): void {
    let place = bin - this.first;
    if (!(place >= 0 && place < this.counts.length)) {
      this.#makeRoom(bin, bin + 1);
      place = Math.max(bin - this.first, 0);
    }
    this.counts[place]! += count;
  }

  addAll({ first, counts }: BinCounts): void {
    if (counts.length === 0) return;
    this.#makeRoom(first, first + counts.length);
    const offset = first - this.first;
    for (let i = 0; i < counts.length; i++) {
      this.counts[Math.max(i + offset, 0)]! += counts[i]!;
    }
  }

  /** Makes room for bins from `from` up to `to`, as far as they are not too far below the last. */
  #makeRoom(from: number, to: number): void {
    const { first, counts } = this;
    const isEmpty = counts.length === 0;
    const end = first + counts.length;
    const isFull = counts.length === MAX_BINS;
    let low = isEmpty || (from < first && !isFull) ? Math.floor(from / GROUP) * GROUP : first;
    const high = isEmpty || to > end ? Math.ceil(to / GROUP) * GROUP : end;
    low = Math.max(low, high - MAX_BINS);
    if (low === first && high === end) return;
    const grown = new Float64Array(high - low);
    counts.forEach((count, i) => {
      grown[Math.max(first + i - low, 0)]! += count;
    });
    this.first = low;
    this.counts = grown;
  }
}

const NO_BINS: BinCounts = { first: 0, counts: [] };

/** Counts of observations of any sign. */
export class QuantileSketch implements QuantileState {
  /** How many there are. */
  count = 0;
  /** The smallest and the largest; out of order while there are none. */
  smallest: number = Infinity;
  largest: number = -Infinity;
  zeros = 0;
  infinite = 0;
  negativeInfinite = 0;
  readonly #above = new Bins();
  /** By the bins of their negatives; made with the first of them, since most metrics have none. */
  #below: Bins | undefined;

  get above(): BinCounts {
    return this.#above;
  }

  get below(): BinCounts {
    return this.#below ?? NO_BINS;
  }

  /** Counts `count` observations of `value`, which is any number but NaN. */
  add(value: number, count: number): void {
    this.count += count;
    if (value < this.smallest) this.smallest = value;
    if (value > this.largest) this.largest = value;
    if (value >= SMALLEST && value < Infinity) this.#above.add(binOf(value), count);
    else this.#addOther(value, count);
  }

  /** Adds what `other` has counted. */
  addAll(other: QuantileState): void {
    const { above, below, zeros, infinite, negativeInfinite } = other;
    const count = total(above) + total(below) + zeros + infinite + negativeInfinite;
    if (count === 0) return;
    this.count += count;
    this.smallest = Math.min(this.smallest, other.smallest);
    this.largest = Math.max(this.largest, other.largest);
    this.#above.addAll(above);
    if (below.counts.length > 0) this.#negative().addAll(below);
    this.zeros += zeros;
    this.infinite += infinite;
    this.negativeInfinite += negativeInfinite;
  }

  /** Begins anew, with the room that there is. */
  clear(): void {
    this.count = 0;
    this.smallest = Infinity;
    this.largest = -Infinity;
    this.#above.counts.fill(0);
    this.#below?.counts.fill(0);
    this.zeros = 0;
    this.infinite = 0;
    this.negativeInfinite = 0;
  }

  /**
   * The value at each of `quantiles`, ascending: the smallest observed value that at least that part
   * of all observations do not exceed, within 1 %. There must be an observation.
   */
  values(quantiles: readonly number[]): number[] {
    const { smallest, largest } = this;
    const values: number[] = [];
    let seen = 0;
    const take = (value: number, count: number): void => {
      seen += count;
      while (values.length < quantiles.length) {
        const rank = this.#rank(quantiles[values.length]!);
        if (seen < rank) break;
        // The first and the last are known.
        const inside = Math.min(Math.max(value, smallest), largest);
        values.push(rank === 1 ? smallest : rank >= this.count ? largest : inside);
      }
    };
    if (this.negativeInfinite > 0) take(-Infinity, this.negativeInfinite);
    if (this.#below !== undefined) {
      const { first, counts } = this.#below;
      for (let i = counts.length - 1; i >= 0; i--) {
        if (counts[i]! > 0) take(-middleOf(first + i), counts[i]!);
      }
    }
    if (this.zeros > 0) take(0, this.zeros);
    const { first, counts } = this.#above;
    for (let i = 0; i < counts.length; i++) {
      if (counts[i]! > 0) take(middleOf(first + i), counts[i]!);
    }
    if (this.infinite > 0) take(Infinity, this.infinite);
    return values;
  }

  /** Which observation, counted from 1, a quantile is. */
  #rank(quantile: number): number {
    // 0.07 * 100 is 7.000000000000001, which is the seventh and not the eighth.
    return Math.max(Math.ceil(quantile * this.count * (1 - Number.EPSILON)), 1);
  }

  #addOther(value: number, count: number): void {
    if (value === Infinity) this.infinite += count;
    else if (value === -Infinity) this.negativeInfinite += count;
    else if (value <= -SMALLEST) this.#negative().add(binOf(-value), count);
    else this.zeros += count;
  }

  #negative(): Bins {
    this.#below ??= new Bins();
    return this.#below;
  }
}

function total({ counts }: BinCounts): number {
  let sum = 0;
  for (let i = 0; i < counts.length; i++) sum += counts[i]!;
  return sum;
}

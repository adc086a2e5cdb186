/**
 * The series that any process has of one family, each found by its label values and given a number
 * that stays its own, so that a process whose series did not change need not be looked up again.
 */

import { LabelTree } from '../model/label-tree.ts';

/** Numbers label values, and puts the numbers in the order of the values. */
export class SeriesIndex {
  /** The label values, each at the place of its number. */
  readonly labelValues: (readonly string[])[] = [];
  readonly #tree: LabelTree<number> | undefined;

  /** Begins without series, for values of `depth` labels. */
  constructor(depth: number) {
    // Without labels there is nothing to tell apart, and a tree has at least one level.
    this.#tree = depth === 0 ? undefined : new LabelTree(depth);
  }

  /** How many numbers were given. */
  get size(): number {
    return this.labelValues.length;
  }

  /** The number of the series with these values: a new one, or that which it was given before. */
  numberOf(values: readonly string[]): number {
    const known = this.#tree === undefined ? this.size - 1 : (this.#tree.get(values) ?? -1);
    if (known >= 0) return known;
    this.#tree?.set(values, this.size);
    return this.labelValues.push(values) - 1;
  }

  /**
   * Puts numbers in the order of their label values, compared label by label in code units.
   *
   * Sorted, an exposition is the same between two scrapes and whichever process answers.
   */
  *sort(numbers: Int32Array): Generator<undefined, Int32Array> {
    const { labelValues } = this;
    const compare = (a: number, b: number): number =>
      compareValues(labelValues[a]!, labelValues[b]!);
    let sorted = numbers.slice();
    for (let from = 0; from < sorted.length; from += RUN) {
      sorted.subarray(from, from + RUN).sort(compare);
      yield;
    }
    for (let run = RUN; run < sorted.length; run *= 2) {
      const merged = new Int32Array(sorted.length);
      for (let from = 0; from < sorted.length; from += 2 * run) {
        const middle = Math.min(from + run, sorted.length);
        const left = sorted.subarray(from, middle);
        const right = sorted.subarray(middle, from + 2 * run);
        yield* mergeSorted(left, right, merged.subarray(from), compare);
      }
      sorted = merged;
    }
    return sorted;
  }

  /** Merges two lists of numbers that are in order. */
  *merge(left: Int32Array, right: Int32Array): Generator<undefined, Int32Array> {
    const { labelValues } = this;
    const merged = new Int32Array(left.length + right.length);
    yield* mergeSorted(left, right, merged, (a, b) =>
      compareValues(labelValues[a]!, labelValues[b]!),
    );
    return merged;
  }
}

/** Numbers that are sorted or merged in one step: a fraction of a millisecond. */
const RUN = 1024;

function* mergeSorted(
  left: Int32Array,
  right: Int32Array,
  into: Int32Array,
  compare: (a: number, b: number) => number,
): Generator<undefined, void> {
  let l = 0;
  let r = 0;
  while (l < left.length && r < right.length) {
    const end = Math.min(l + r + RUN, left.length + right.length);
    for (let at = l + r; at < end && l < left.length && r < right.length; at++) {
      into[at] = compare(right[r]!, left[l]!) < 0 ? right[r++]! : left[l++]!;
    }
    yield;
  }
  into.set(left.subarray(l), l + r);
  into.set(right.subarray(r), l + r);
}

function compareValues(one: readonly string[], other: readonly string[]): number {
  for (let i = 0; i < one.length; i++) {
    const a = one[i]!;
    const b = other[i]!;
    if (a !== b) return a < b ? -1 : 1;
  }
  return 0;
}

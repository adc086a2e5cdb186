/** The native buckets of a scrape of the torture, at the resolution in which they can be compared. */

import type { FamilyWriter, HistogramPoint, MetricFamily } from '../../src/model/family.ts';
import { coarserIndex } from '../../src/model/native-bounds.ts';
import { type Key, nativeKey } from './workload.ts';

/**
 * The counts of all native buckets; `undefined` where the format has none.
 *
 * @throws {Error} When a histogram's buckets do not add up to its count.
 */
export function nativesOf(families: Iterable<MetricFamily>): ReadonlyMap<Key, number> | undefined {
  for (const family of families) {
    if (family.name !== 'span') continue;
    const reader = new NativeReader();
    const walk = family.walk(reader);
    while (!walk.advance());
    return reader.numbers;
  }
  return undefined;
}

class NativeReader implements FamilyWriter {
  readonly full = false;
  numbers: Map<Key, number> | undefined;
  #path = '';

  label(_: number, value: string): void {
    this.#path = value;
  }

  histogram({ bounds, cells, index, native }: HistogramPoint): void {
    if (native === undefined) return;
    this.numbers ??= new Map();
    let left = cells[index + bounds.length]! - native.zeroCount;
    const count = (bucket: number | 'zero', added: number): void => {
      const key = nativeKey(this.#path, bucket);
      this.numbers!.set(key, (this.numbers!.get(key) ?? 0) + added);
    };
    count('zero', native.zeroCount);
    const { length, indices, counts } = native.positive;
    for (let i = 0; i < length; i++) {
      count(coarserIndex(indices[i]!, native.schema), counts[i]!);
      left -= counts[i]!;
    }
    if (left === 0 && native.negative.length === 0) return;
    throw new Error(`span of ${this.#path}: its native buckets are ${left} less than its count`);
  }

  // Nothing else has native buckets.
  begin(): void {}
  at(): void {}
  number(): void {}
  summary(): void {}
  info(): void {}
  stateSet(): void {}
  sample(): void {}
}

import { equal } from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import { DEFAULT_BUCKETS, linearBuckets } from '../../model/buckets.ts';
import { BucketSearch } from './bucket-search.ts';

/** What the search is held against: the first bound that is not below the value. */
function firstNotBelow(bounds: readonly number[], value: number): number {
  const bucket = bounds.findIndex((bound) => value <= bound);
  return bucket < 0 ? bounds.length : bucket;
}

/** Values on, just beside and between the bounds, and those at the ends of all numbers. */
function valuesAround(bounds: readonly number[]): number[] {
  const extremes = [0, -0, Number.MIN_VALUE, Number.MAX_VALUE, Infinity];
  const near = bounds.flatMap((bound) => [
    bound,
    bound * (1 + Number.EPSILON),
    bound * (1 - Number.EPSILON),
    bound * 1.3,
    bound + 0.1,
  ]);
  return [...extremes, ...near].flatMap((value) => [value, -value]);
}

describe('BucketSearch', () => {
  const lists: [what: string, bounds: readonly number[]][] = [
    ['the default buckets', DEFAULT_BUCKETS],
    ['a single bound', [1]],
    ['zero alone', [0]],
    ['negative bounds alone', [-5, -2.5, -1]],
    ['bounds on both sides of zero', [-10, -1e-300, 0, 1e-300, 10]],
    ['many bounds within one power of two', linearBuckets(1000, 0.1, 200)],
    ['bounds from the least to the greatest number', [Number.MIN_VALUE, 1, Number.MAX_VALUE]],
    ['more cells than a table has', Array.from({ length: 60 }, (_, i) => 10 ** (10 * i - 300))],
  ];
  for (const [what, bounds] of lists) {
    it(`finds the first bound not below a value: ${what}`, () => {
      const search = new BucketSearch(bounds);
      for (const value of valuesAround(bounds)) {
        equal(search.find(value), firstNotBelow(bounds, value), `of ${value}`);
      }
    });
  }

  it('finds the first bound not below a value: any bounds, any value', () => {
    const number = fc.oneof(
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.double({ noNaN: true, min: 0.001, max: 100 }),
    );
    fc.assert(
      fc.property(
        fc.uniqueArray(number, { minLength: 1, maxLength: 40 }),
        number,
        (some, value) => {
          // Zero and its negative are one bound.
          const bounds = [...new Set(some.map((bound) => bound + 0))].sort((a, b) => a - b);
          const search = new BucketSearch(bounds);
          for (const each of [value, ...valuesAround(bounds)]) {
            equal(search.find(each), firstNotBelow(bounds, each), `of ${each}`);
          }
        },
      ),
    );
  });
});

describe('BucketSearch over 200,000 bounds', () => {
  it('finds the bucket of each', () => {
    const search = new BucketSearch(Array.from({ length: 200_000 }, (_, i) => i + 1));
    for (const value of [0.5, 1, 65_536, 65_537, 199_999.5, 200_000]) {
      equal(search.find(value), Math.ceil(value) - 1);
    }
    equal(search.find(200_001), 200_000);
  });
});

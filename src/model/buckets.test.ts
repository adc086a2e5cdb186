import { deepEqual, equal, notEqual, throws } from 'node:assert/strict';
import { describe, it } from 'node:test';
import { DEFAULT_BUCKETS, exponentialBuckets, linearBuckets, validateBuckets } from './buckets.ts';

describe('DEFAULT_BUCKETS', () => {
  it('are those of other clients, and nobody can change them', () => {
    deepEqual([...DEFAULT_BUCKETS], [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]);
    throws(() => (DEFAULT_BUCKETS as number[]).push(20), { name: 'TypeError' });
  });
});

describe('linearBuckets', () => {
  it('puts each bound one width above the last', () => {
    deepEqual(linearBuckets(10, 5, 4), [10, 15, 20, 25]);
    deepEqual(linearBuckets(-1, 0.5, 3), [-1, -0.5, 0]);
    deepEqual(linearBuckets(7, 1, 1), [7]);
  });

  it('leaves no trace of binary fractions', () => {
    deepEqual(linearBuckets(0.1, 0.1, 10), [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1]);
  });

  it('refuses what makes no ascending list', () => {
    throws(() => linearBuckets(Number.NaN, 1, 3), {
      name: 'RangeError',
      message: 'linear buckets "start": not usable, expected a finite number, got NaN',
    });
    throws(() => linearBuckets(0, 0, 3), {
      name: 'RangeError',
      message: 'linear buckets "width": not usable, expected a finite number > 0, got 0',
    });
    throws(() => linearBuckets(0, Infinity, 3), {
      name: 'RangeError',
      message: 'linear buckets "width": not usable, expected a finite number > 0, got Infinity',
    });
    for (const count of [0, -1, 2.5, Infinity, Number.NaN]) {
      throws(() => linearBuckets(0, 1, count), {
        name: 'RangeError',
        message: `linear buckets "count": not usable, expected a whole number > 0, got ${count}`,
      });
    }
    throws(() => linearBuckets(1e308, 1e308, 3), {
      name: 'RangeError',
      message: 'linear buckets "last bound": not usable, expected a finite number, got Infinity',
    });
  });

  it('refuses what is no number', () => {
    throws(() => linearBuckets('0' as never, 1, 3), {
      name: 'TypeError',
      message: 'linear buckets "start": not usable, expected a finite number, got "0"',
    });
    throws(() => linearBuckets(0, '1' as never, 3), {
      name: 'TypeError',
      message: 'linear buckets "width": not usable, expected a finite number > 0, got "1"',
    });
    throws(() => linearBuckets(0, 1, undefined as never), {
      name: 'TypeError',
      message: 'linear buckets "count": not usable, expected a whole number > 0, got undefined',
    });
  });
});

describe('exponentialBuckets', () => {
  it('multiplies each bound by the factor', () => {
    deepEqual(exponentialBuckets(1, 2, 5), [1, 2, 4, 8, 16]);
    deepEqual(exponentialBuckets(0.001, 10, 4), [0.001, 0.01, 0.1, 1]);
  });

  it('refuses what makes no ascending list', () => {
    throws(() => exponentialBuckets(0, 2, 3), {
      name: 'RangeError',
      message: 'exponential buckets "start": not usable, expected a finite number > 0, got 0',
    });
    throws(() => exponentialBuckets(1, 1, 3), {
      name: 'RangeError',
      message: 'exponential buckets "factor": not usable, expected a finite number > 1, got 1',
    });
    throws(() => exponentialBuckets(1, 2, 0), {
      name: 'RangeError',
      message: 'exponential buckets "count": not usable, expected a whole number > 0, got 0',
    });
    throws(() => exponentialBuckets(1, 10, 400), {
      name: 'RangeError',
      message:
        'exponential buckets "last bound": not usable, expected a finite number, got Infinity',
    });
    throws(() => exponentialBuckets(1, 10n as never, 4), {
      name: 'TypeError',
      message: 'exponential buckets "factor": not usable, expected a finite number > 1, got 10n',
    });
  });
});

describe('validateBuckets', () => {
  const validate = (buckets: unknown): readonly number[] =>
    validateBuckets('histogram "h"', buckets as number[]);

  it('returns the bounds without +Inf, frozen and apart from the list given', () => {
    const given = [1, 2.5, Infinity];
    const bounds = validate(given);
    deepEqual([...bounds], [1, 2.5]);
    equal(Object.isFrozen(bounds), true);
    notEqual(validate([1]), validate([1]));
    deepEqual(given, [1, 2.5, Infinity]);
  });

  it('takes -0 for 0', () => {
    equal(Object.is(validate([-0])[0], 0), true);
  });

  const refused: readonly (readonly [given: unknown, name: string, message: string])[] = [
    [undefined, 'TypeError', 'buckets are no list, expected an array of numbers, got undefined'],
    [5, 'TypeError', 'buckets are no list, expected an array of numbers, got 5'],
    [
      new Float64Array(2),
      'TypeError',
      'buckets are no list, expected an array of numbers, got an object of class Float64Array',
    ],
    [[], 'RangeError', 'no buckets, expected at least one finite bound, got []'],
    [[Infinity], 'RangeError', 'no buckets, expected at least one finite bound, got [Infinity]'],
    [['1'], 'TypeError', 'bucket 0 is no number, expected a finite number, got "1"'],
    [[1, null], 'TypeError', 'bucket 1 is no number, expected a finite number, got null'],
    // biome-ignore lint/suspicious/noSparseArray: a hole is what this is about
    [[1, , 3], 'TypeError', 'bucket 1 is no number, expected a finite number, got undefined'],
    [new Array(2), 'TypeError', 'bucket 0 is no number, expected a finite number, got undefined'],
    [[1, Number.NaN], 'RangeError', 'bucket 1 is out of range, expected a finite number, got NaN'],
    [
      [-Infinity, 1],
      'RangeError',
      'bucket 0 is out of range, expected a finite number, got -Infinity',
    ],
    [
      [1, Infinity, 2],
      'RangeError',
      'bucket 1 is out of range, expected a finite number, got Infinity',
    ],
    [[2, 1], 'RangeError', 'bucket 1 is out of order, expected a bound above 2, got 1'],
    [[1, 2, 2], 'RangeError', 'bucket 2 is out of order, expected a bound above 2, got 2'],
    [[-0, 0], 'RangeError', 'bucket 1 is out of order, expected a bound above 0, got 0'],
  ];
  for (const [given, name, message] of refused) {
    it(`refuses with "${message}"`, () => {
      throws(() => validate(given), { name, message: `histogram "h": ${message}` });
    });
  }
});

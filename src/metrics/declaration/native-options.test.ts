import { throws } from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Histogram } from '../histograms/histogram.ts';

describe('the options of native buckets', () => {
  const refused: readonly (readonly [object, string])[] = [
    [
      { nativeFactor: 2, nativeSchema: 0 },
      'two resolutions, expected nativeFactor or nativeSchema, got 2 and 0',
    ],
    [
      { nativeMaxBuckets: 10 },
      'nativeMaxBuckets without native buckets, expected nativeFactor or nativeSchema as well, got 10',
    ],
    [{ nativeFactor: 1 }, 'nativeFactor is out of range, expected a number > 1, got 1'],
    [{ nativeFactor: '2' }, 'nativeFactor is out of range, expected a number > 1, got "2"'],
    [
      { nativeSchema: 9 },
      'nativeSchema is out of range, expected a whole number from -4 to 8, got 9',
    ],
    [
      { nativeSchema: 0, nativeZeroThreshold: -1 },
      'nativeZeroThreshold is out of range, expected a number >= 0, got -1',
    ],
    [
      { nativeSchema: 0, nativeMaxBuckets: 0 },
      'nativeMaxBuckets is out of range, expected a whole number > 0 or Infinity, got 0',
    ],
    [
      { nativeSchema: 0, nativeMinResetSeconds: Infinity },
      'nativeMinResetSeconds is out of range, expected seconds >= 0, got Infinity',
    ],
    [
      { nativeSchema: 0, nativeMaxZeroThreshold: NaN },
      'nativeMaxZeroThreshold is out of range, expected a number >= 0, got NaN',
    ],
    [{ buckets: [] }, 'no buckets, expected at least one finite bound, got []'],
  ];
  for (const [options, message] of refused) {
    it(`are refused with "${message}"`, () => {
      const isType = /two resolutions|without native|"2"/.test(message);
      throws(() => new Histogram({ name: 'x', help: 'X.', registry: null, ...options }), {
        name: isType ? 'TypeError' : 'RangeError',
        message: `histogram "x": ${message}`,
      });
    });
  }
});

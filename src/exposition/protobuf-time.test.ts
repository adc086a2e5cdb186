import { deepEqual, equal } from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { toNumber, toWholeTime } from './protobuf-time.ts';

describe('toWholeTime', () => {
  it('keeps the decimals that a number is written with', () => {
    const times: readonly (readonly [number, number, number])[] = [
      [0, 0, 0],
      [1700000000, 1700000000, 0],
      [1700000000.123, 1700000000, 123_000_000],
      [1700000000.123456, 1700000000, 123_456_000],
      [0.000001, 0, 1000],
      [-0.25, -1, 750_000_000],
      [-1.0000005, -2, 999_999_500],
      [1e-10, 0, 0],
      [-1e-10, 0, 0],
      [2.5e-9, 0, 3],
      [2 ** 53 - 1, 2 ** 53 - 1, 0],
    ];
    for (const [time, seconds, nanos] of times) {
      deepEqual(toWholeTime(time), { seconds, nanos }, `${time}`);
    }
  });

  it('takes whole numbers as they are, and nothing that is no time', () => {
    const whole = { seconds: -5, nanos: 999_999_999 };
    equal(toWholeTime(whole), whole);
    const none = [
      Number.NaN,
      Infinity,
      1e300,
      { seconds: 1.5, nanos: 0 },
      { seconds: 1, nanos: -1 },
      { seconds: 1, nanos: 1e9 },
    ];
    for (const time of none) equal(toWholeTime(time), undefined);
  });
});

describe('toNumber', () => {
  it('gives back every number of up to nine decimals', () => {
    const property = fc.property(
      fc.integer({ min: -4e9, max: 4e9 }),
      fc.constantFrom(1, 10, 1000, 1e6, 1e9),
      fc.nat(999_999_999),
      (seconds, unit, fraction) => {
        const time = Number(`${seconds}.${fraction % unit}`);
        const whole = toWholeTime(time);
        // Where a number of seconds has no room for nine decimals, it is written with fewer.
        equal(toNumber(whole!), time + 0);
      },
    );
    fc.assert(property, { numRuns: 2000, seed: 20_261_122 });
  });
});

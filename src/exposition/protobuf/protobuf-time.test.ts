import { deepEqual, equal } from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { metrics } from '../../../test/decoded-families.ts';
import type { FamilyWriter } from '../../model/family.ts';
import { ProtobufStart, toNumber, toWholeTime } from './protobuf-time.ts';

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

describe('Start times', () => {
  it('are those of their metric, whichever the metric before had', async () => {
    const times = [0, 1, 1700000000.25, 1700000001.25, -1.5, 2 ** 52, 34_326_183_936, 2 ** 28];
    const created = [...times, ...[...times].reverse(), undefined, 5.5, Number.NaN, 5.5, 5.5];
    const shown = (await metrics(
      { name: 'a', type: 'counter' },
      ...created.map(
        (time) =>
          (writer: FamilyWriter): void =>
            writer.number(1, time),
      ),
    )) as { counter: unknown }[];
    const written = [
      {},
      { seconds: 1 },
      { seconds: 1_700_000_000, nanos: 250_000_000 },
      { seconds: 1_700_000_001, nanos: 250_000_000 },
      { seconds: -2, nanos: 500_000_000 },
      { seconds: 2 ** 52 },
      { seconds: 34_326_183_936 },
      { seconds: 2 ** 28 },
    ];
    const late = { seconds: 5, nanos: 500_000_000 };
    deepEqual(
      shown.map(({ counter }) => counter),
      [...written, ...[...written].reverse(), undefined, late, undefined, late, late].map((time) =>
        time === undefined ? { value: 1 } : { value: 1, startTimestamp: time },
      ),
    );
  });

  it('say where their bytes, copied as a float64, might be changed', () => {
    const start = new ProtobufStart();
    const plain = [34_326_183_936, 34_326_183_935, undefined, 34_326_183_936, 5].map((time) => {
      start.set(0x1a, time);
      return start.plain;
    });
    // F0 7F in the seventh and eighth: a NaN.
    deepEqual(plain, [false, true, true, false, true]);
  });
});

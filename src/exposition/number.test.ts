import { equal } from 'node:assert/strict';
import { describe, it } from 'node:test';
import { assert, double, integer, maxSafeInteger, nat, oneof, property } from 'fast-check';
import { NUMBER_ROOM, writeNumber } from './number.ts';

function written(value: number): string {
  const bytes = new Uint8Array(NUMBER_ROOM + 2).fill(35);
  const end = writeNumber(new DataView(bytes.buffer), 1, value);
  equal(bytes[0], 35, 'the byte before is left alone');
  equal(bytes[NUMBER_ROOM + 1], 35, 'the byte behind the room is left alone');
  return new TextDecoder().decode(bytes.subarray(1, end));
}

describe('writeNumber', () => {
  for (const [value, text] of [
    [0, '0'],
    [-0, '-0.0'],
    [-1, '-1'],
    [0.1, '0.1'],
    [-2.5e-7, '-2.5e-7'],
    [0.000001, '0.000001'],
    [0.1 + 0.2, '0.30000000000000004'],
    [0.30000000000000004 / 1e6, '3.0000000000000004e-7'],
    [999_999_999.999999, '999999999.999999'],
    [999_999_999_999.999, '999999999999.999'],
    [1_700_000_000.25, '1700000000.25'],
    [2 ** 31 - 1, '2147483647'],
    [2 ** 31, '2147483648'],
    [-(2 ** 31), '-2147483648'],
    [5_000_000_007, '5000000007'],
    [8_999_999_999_999_999, '8999999999999999'],
    [2 ** 53 - 1, '9007199254740991'],
    [2 ** 53, '9007199254740992'],
    [1e21, '1e+21'],
    [-1.2345678901234567e-308, '-1.2345678901234567e-308'],
    [5e-324, '5e-324'],
    [Number.MAX_VALUE, '1.7976931348623157e+308'],
    [Infinity, '+Inf'],
    [-Infinity, '-Inf'],
    [Number.NaN, 'NaN'],
  ] as const) {
    it(`writes ${text}`, () => {
      equal(written(value), text);
    });
  }

  it('writes every power of ten, and its neighbours, as String does', () => {
    for (let power = 1; power < 2 ** 53; power *= 10) {
      for (const value of [power - 1, power, power + 1]) equal(written(value), String(value));
    }
  });

  it('writes the whole numbers around each multiple of a thousand million', () => {
    for (let high = 1; high < 9_007_199; high += 99_991) {
      for (const value of [high * 1e9 - 1, high * 1e9, high * 1e9 + 1]) {
        equal(written(value), String(value));
      }
    }
  });

  it('writes decimals, and their neighbours, as String does', () => {
    assert(
      property(maxSafeInteger(), integer({ min: 0, max: 12 }), (digits, decimals) => {
        const value = digits / 10 ** decimals;
        for (const number of [value, value * (1 + 2 ** -52), value * (1 - 2 ** -53)]) {
          if (!Object.is(number, -0)) equal(written(number), String(number));
        }
      }),
      { numRuns: 5000 },
    );
  });

  it('writes what reads back as the same double', () => {
    const value = oneof(nat(), maxSafeInteger(), double({ noNaN: true }));
    assert(
      property(value, (number) => {
        const text = written(number);
        equal(Object.is(Number(text.replace('Inf', 'Infinity')), number), true, text);
      }),
      { numRuns: 2000 },
    );
  });
});

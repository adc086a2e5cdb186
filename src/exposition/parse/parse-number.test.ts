import { deepEqual, equal, ok } from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { toMilliseconds, toSeconds } from '../timestamp.ts';
import { compareTimes, parseMilliseconds, parseNumber, parseSeconds } from './parse-number.ts';

describe('parseNumber', () => {
  const numbers: readonly (readonly [text: string, value: number])[] = [
    ['0', 0],
    ['-0', -0],
    ['+1', 1],
    ['007', 7],
    ['1.', 1],
    ['.5', 0.5],
    ['-1.5e-3', -0.0015],
    ['1E3', 1000],
    ['999999999999999', 999_999_999_999_999],
    ['9007199254740993', 9_007_199_254_740_992],
    ['1e-400', 0],
    ['nan', Number.NaN],
    ['NaN', Number.NaN],
    ['Inf', Infinity],
    ['+inf', Infinity],
    ['-INFINITY', -Infinity],
  ];
  for (const [text, value] of numbers) {
    it(`reads ${text}`, () => equal(parseNumber(`a ${text} b`, 2, 2 + text.length), value));
  }

  const none = [
    '',
    '.',
    '-',
    '1e',
    'e1',
    '0x1p-3',
    '1_000',
    '0b1',
    '1e999',
    '+nan',
    '1 ',
    'infinit',
  ];
  for (const text of none) {
    it(`finds none in "${text}"`, () => equal(parseNumber(text, 0, text.length), undefined));
  }

  it('reads any number that JavaScript writes', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        const text = Object.is(value, -0) ? '-0' : String(value);
        equal(parseNumber(text, 0, text.length), value);
      }),
    );
  });
});

describe('parseMilliseconds', () => {
  it('reads whole milliseconds as seconds', () => {
    equal(parseMilliseconds('1700000000123'), 1_700_000_000.123);
    equal(parseMilliseconds('-5'), -0.005);
    deepEqual(parseMilliseconds('9007199254740991'), { seconds: 9_007_199_254_740, nanos: 991e6 });
    deepEqual(parseMilliseconds('-9007199254740991'), { seconds: -9_007_199_254_741, nanos: 9e6 });
  });

  it('reads nothing else, and nothing that a double does not hold', () => {
    for (const text of ['', '1.5', '1e3', 'NaN', '0x1', '9007199254740993']) {
      equal(parseMilliseconds(text), undefined, text);
    }
  });

  it('reads what the text format writes', () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), (milliseconds) => {
        const text = String(milliseconds);
        equal(toMilliseconds(parseMilliseconds(text)!), text);
      }),
    );
  });
});

describe('parseSeconds', () => {
  it('reads a number where that says it all', () => {
    equal(parseSeconds('1700000000.123'), 1_700_000_000.123);
    equal(parseSeconds('1.5e3'), 1500);
    equal(parseSeconds('0.0000000001'), 1e-10);
    equal(parseSeconds('1700000000.000000000'), 1_700_000_000);
    equal(parseSeconds('12345678901234567890.1234567890'), 12_345_678_901_234_567_000);
  });

  it('reads seconds and nanoseconds where a number would lose them', () => {
    deepEqual(parseSeconds('1700000000.123456789'), { seconds: 1_700_000_000, nanos: 123_456_789 });
    deepEqual(parseSeconds('-1700000000.123456789'), {
      seconds: -1_700_000_001,
      nanos: 876_543_211,
    });
  });

  it('reads nothing that is not finite', () => {
    for (const text of ['', 'NaN', '+Inf', '1e999', '1.1.1', 'x']) {
      equal(parseSeconds(text), undefined, text);
    }
  });

  it('reads what OpenMetrics writes', () => {
    const times = fc.record({
      seconds: fc.integer({ min: -4e9, max: 4e9 }),
      nanos: fc.nat(999_999_999),
    });
    fc.assert(
      fc.property(times, (time) => {
        const written = toSeconds(time);
        const found = parseSeconds(written)!;
        equal(compareTimes(found, time), 0);
        deepEqual(parseSeconds(toSeconds(found)), found);
      }),
    );
  });
});

describe('compareTimes', () => {
  it('orders times of both forms', () => {
    ok(compareTimes(1, 2) < 0);
    ok(compareTimes({ seconds: 1, nanos: 5 }, 1) > 0);
    ok(compareTimes({ seconds: 1, nanos: 5 }, { seconds: 1, nanos: 6 }) < 0);
    equal(compareTimes({ seconds: 1, nanos: 0 }, 1), 0);
  });
});

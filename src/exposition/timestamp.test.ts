import { equal } from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Timestamp } from '../model/timestamp.ts';
import { toMilliseconds, toSeconds } from './timestamp.ts';

const cases: readonly (readonly [Timestamp, seconds: string, milliseconds: string])[] = [
  [0, '0', '0'],
  [1700000000.123, '1700000000.123', '1700000000123'],
  [-1.5, '-1.5', '-1500'],
  [{ seconds: 1700000000, nanos: 5 }, '1700000000.000000005', '1700000000000'],
  [{ seconds: 7, nanos: 999_600_000 }, '7.999600000', '8000'],
  [{ seconds: -1, nanos: 250_000_000 }, '-0.750000000', '-750'],
  [{ seconds: -2, nanos: 0 }, '-2.000000000', '-2000'],
  [Number.NaN, '', ''],
  [Infinity, '', ''],
  [1e30, '1e+30', ''],
  [{ seconds: 1.5, nanos: 0 }, '', '1500'],
  [{ seconds: Number.NaN, nanos: 0 }, '', ''],
];

for (const [timestamp, seconds, milliseconds] of cases) {
  const shown =
    JSON.stringify(timestamp) === 'null' ? String(timestamp) : JSON.stringify(timestamp);
  describe(`the time ${shown}`, () => {
    it(`is ${seconds || 'left out'} in seconds`, () => {
      equal(toSeconds(timestamp), seconds);
    });

    it(`is ${milliseconds || 'left out'} in milliseconds`, () => {
      equal(toMilliseconds(timestamp), milliseconds);
    });
  });
}

import { equal } from 'node:assert/strict';
import { describe, it } from 'node:test';
import { MetricsError, show } from './error.ts';

class Point {}

describe('show', () => {
  const shown: readonly (readonly [value: unknown, text: string])[] = [
    ['GET', '"GET"'],
    ['a "b"\n\\', '"a \\"b\\"\\n\\\\"'],
    ['\ud800', '"\\ud800"'],
    ['x'.repeat(64), `"${'x'.repeat(64)}"`],
    ['x'.repeat(65), `"${'x'.repeat(61)}…"`],
    [1.5, '1.5'],
    [Number.NaN, 'NaN'],
    [-Infinity, '-Infinity'],
    [10n, '10n'],
    [true, 'true'],
    [undefined, 'undefined'],
    [null, 'null'],
    [Symbol('s'), 'Symbol(s)'],
    [() => {}, 'a function'],
    [Point, 'a function'],
    [{ a: 1 }, 'an object'],
    [Object.create(null), 'an object'],
    [{ constructor: 'x' }, 'an object'],
    [new Point(), 'an object of class Point'],
    [new Date(0), 'an object of class Date'],
    [[1, 'a', [null]], '[1, "a", [null]]'],
    [new Array(2), '[undefined, undefined]'],
    [[1, 2, 3, 4, 5, 6, 7, 8, 9], '[1, 2, 3, 4, 5, 6, 7, 8, …]'],
  ];
  for (const [value, text] of shown) {
    it(`renders ${text}`, () => equal(show(value), text));
  }
});

describe('MetricsError', () => {
  it('is an error with a code and the cause it was given', () => {
    const cause = new Error('EADDRINUSE');
    const error = new MetricsError('LISTEN_FAILED', 'server "x": no port', { cause });
    equal(error instanceof Error, true);
    equal(error.name, 'MetricsError');
    equal(error.code, 'LISTEN_FAILED');
    equal(error.cause, cause);
    equal(`${error}`, 'MetricsError: server "x": no port');
  });
});

import { doesNotThrow, throws } from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isFinitePart, refuseUnknown, requireNumber, validMode } from './option.ts';

describe('refuseUnknown', () => {
  it('names the first option that is not known, and those that are', () => {
    doesNotThrow(() => refuseUnknown('thing "x"', { a: 1 }, ['a', 'b']));
    throws(() => refuseUnknown('thing "x"', { a: 1, c: 2 }, ['a', 'b'], ' of parts'), {
      name: 'TypeError',
      message: 'thing "x": unknown option of parts, expected a, b, got "c"',
    });
  });
});

describe('requireNumber', () => {
  it('refuses another number as a wrong value, and what is none as a wrong type', () => {
    doesNotThrow(() => requireNumber('thing: size is none', 'a size', 0, isFinitePart));
    throws(() => requireNumber('thing: size is none', 'a size', -1, isFinitePart), {
      name: 'RangeError',
      message: 'thing: size is none, expected a size, got -1',
    });
    throws(
      () => requireNumber('thing: size is none', 'a size', Infinity, isFinitePart),
      RangeError,
    );
    throws(() => requireNumber('thing: size is none', 'a size', '1', isFinitePart), {
      name: 'TypeError',
      message: 'thing: size is none, expected a size, got "1"',
    });
  });
});

describe('validMode', () => {
  it('returns a mode that is allowed', () => {
    doesNotThrow(() => validMode('gauge "g"', 'sum', ['sum', 'all']));
    throws(() => validMode('gauge "g"', 'max', ['sum', 'all']), {
      name: 'RangeError',
      message: 'gauge "g": unknown multiprocess mode, expected sum, all, got "max"',
    });
  });
});

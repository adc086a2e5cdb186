import { equal } from 'node:assert/strict';
import { describe, it } from 'node:test';
import { assert, double, property } from 'fast-check';
import { formatBound } from './bound.ts';

describe('formatBound', () => {
  // Where Go's shortest form and the one of Prometheus' other clients agree.
  const canonical: readonly (readonly [bound: number, text: string])[] = [
    [0, '0.0'],
    [-0, '-0.0'],
    [1, '1.0'],
    [10, '10.0'],
    [0.1, '0.1'],
    [0.001, '0.001'],
    [2.5, '2.5'],
    [100_000, '100000.0'],
    [999_999, '999999.0'],
    [999_999.5, '999999.5'],
    [1e6, '1e+06'],
    [1_000_001, '1.000001e+06'],
    [1_234_567.5, '1.2345675e+06'],
    [2e10, '2e+10'],
    [1e15, '1e+15'],
    [1e16, '1e+16'],
    [1e21, '1e+21'],
    [1e23, '1e+23'],
    [123_456_789_012_345_680, '1.2345678901234568e+17'],
    [1_700_000_000.123456, '1.700000000123456e+09'],
    [1.7976931348623157e308, '1.7976931348623157e+308'],
    [1e-4, '0.0001'],
    [1e-5, '1e-05'],
    [1.5e-7, '1.5e-07'],
    [5e-324, '5e-324'],
    [Infinity, '+Inf'],
    [-Infinity, '-Inf'],
    [Number.NaN, 'NaN'],
  ];
  for (const [bound, text] of canonical) {
    it(`writes ${Object.is(bound, -0) ? '-0' : bound} as ${text}`, () => {
      equal(formatBound(bound), text);
    });
  }

  it('writes negative bounds as Go does, with an exponent from the same size on', () => {
    equal(formatBound(-1), '-1.0');
    equal(formatBound(-999_999), '-999999.0');
    equal(formatBound(-1e6), '-1e+06');
    equal(formatBound(-2.5e-5), '-2.5e-05');
  });

  it('writes a text that reads back as the same number and never as an integer', () => {
    assert(
      property(double({ noNaN: true, noDefaultInfinity: true }), (bound) => {
        const text = formatBound(bound);
        equal(Object.is(Number(text), bound), true);
        equal(/[.e]/.test(text), true);
      }),
    );
  });
});

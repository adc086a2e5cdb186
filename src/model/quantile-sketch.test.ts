import { deepEqual, equal, ok } from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { QuantileSketch } from './quantile-sketch.ts';

/** The quantile by its definition: the first of the sorted values that enough do not exceed. */
function exact(values: readonly number[], quantile: number): number {
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.max(Math.ceil(quantile * sorted.length * (1 - Number.EPSILON)), 1) - 1]!;
}

function sketchOf(values: readonly number[]): QuantileSketch {
  const sketch = new QuantileSketch();
  for (const value of values) sketch.add(value, 1);
  return sketch;
}

const QUANTILES = [0, 0.01, 0.25, 0.5, 0.9, 0.99, 1];

function assertWithin1Percent(sketch: QuantileSketch, values: readonly number[]): void {
  sketch.values(QUANTILES).forEach((value, i) => {
    const wanted = exact(values, QUANTILES[i]!);
    const error = Number.isFinite(wanted) ? Math.abs(value - wanted) : value === wanted ? 0 : 1;
    // One part in 10^12 for the arithmetic, and what is too small for a normal number.
    const bound = 0.01 * Math.abs(Number.isFinite(wanted) ? wanted : 0) * (1 + 1e-12) + 3e-308;
    ok(error <= bound, `quantile ${QUANTILES[i]}: ${value} for ${wanted}`);
  });
}

// Within the 17 orders of magnitude that have bins of their own.
const magnitude = fc.double({ min: 1e-8, max: 1e8, noNaN: true });
const anyValue = fc.oneof(
  magnitude,
  magnitude.map((value) => -value),
  fc.constantFrom(0, -0, Infinity, -Infinity, 5e-324, -1e-310),
);
const someValues = fc.array(anyValue, { minLength: 1, maxLength: 300 });

describe('QuantileSketch', () => {
  it('is within 1 % of the exact quantile, for values of any sign and size', () => {
    fc.assert(
      fc.property(someValues, (values) => {
        assertWithin1Percent(sketchOf(values), values);
      }),
    );
  });

  it('is within 1 % when it was put together from several', () => {
    fc.assert(
      fc.property(fc.array(someValues, { minLength: 1, maxLength: 5 }), (parts) => {
        const all = new QuantileSketch();
        for (const part of parts) all.addAll(sketchOf(part));
        assertWithin1Percent(all, parts.flat());
      }),
    );
  });

  for (const [distribution, draw] of [
    ['even', (u: number) => 10 * u],
    ['exponential', (u: number) => -Math.log(1 - u)],
    ['heavy-tailed', (u: number) => 0.001 / (1 - u)],
  ] as const) {
    it(`is within 1 % for 50,000 values, ${distribution}`, () => {
      // Evenly through (0, 1) in an order that is neither ascending nor descending.
      const values = Array.from({ length: 50_000 }, (_, i) =>
        draw((((i * 30_011) % 50_000) + 0.5) / 50_000),
      );
      assertWithin1Percent(sketchOf(values), values);
    });
  }

  it('says the smallest and the largest exactly', () => {
    deepEqual(sketchOf([0.3, 17.123, 5]).values([0, 1]), [0.3, 17.123]);
    deepEqual(sketchOf([0.3, 1, 20]).values([0, 1]), [0.3, 20]);
    deepEqual(sketchOf([42.42]).values([0, 0.5, 1]), [42.42, 42.42, 42.42]);
  });

  it('counts one value many times', () => {
    const sketch = new QuantileSketch();
    sketch.add(1, 99);
    sketch.add(100, 1);
    const [low, high] = sketch.values([0.99, 0.991]);
    ok(Math.abs(low! - 1) <= 0.01 && high === 100, `${low} ${high}`);
    equal(sketch.count, 100);
  });

  it('holds the largest numbers there are', () => {
    const [value] = sketchOf([Number.MAX_VALUE, Infinity]).values([0.5]);
    ok(value! >= 0.99 * Number.MAX_VALUE && value! < Infinity, `${value}`);
  });

  it('stays within its bins, and gives up the smallest values first', () => {
    const values = Array.from({ length: 1201 }, (_, i) => 10 ** (i - 600) || 1).filter(
      (value) => value > 1e-300 && value < 1e300,
    );
    for (const order of [values, [...values].reverse()]) {
      const sketch = sketchOf(order);
      const top = sketch.values([0.99, 0.999]);
      for (const [i, quantile] of [0.99, 0.999].entries()) {
        const wanted = exact(values, quantile);
        ok(Math.abs(top[i]! - wanted) <= 0.0101 * wanted, `${top[i]} for ${wanted}`);
      }
    }
  });

  it('is the same in whatever order it was put together, however far apart the values are', () => {
    const values = fc.array(fc.double({ noNaN: true }), { minLength: 1 });
    fc.assert(
      fc.property(fc.array(values, { minLength: 1, maxLength: 5 }), (parts) => {
        const merged = new QuantileSketch();
        for (const part of parts) merged.addAll(sketchOf(part));
        const quantiles = [0, 0.01, 0.25, 0.5, 0.75, 0.99, 1];
        const expected = sketchOf(parts.flat()).values(quantiles);
        deepEqual(merged.values(quantiles), expected);
        deepEqual(sketchOf(parts.flat().reverse()).values(quantiles), expected);
      }),
      { numRuns: 300 },
    );
  });

  it('begins anew, with the room that it has', () => {
    const sketch = sketchOf([1, 1, 1, -1, -1, -1, 0, 0, Infinity, -Infinity]);
    sketch.clear();
    equal(sketch.count, 0);
    for (const value of [3, -4, -3, 5, 4]) sketch.add(value, 1);
    assertWithin1Percent(sketch, [3, -4, -3, 5, 4]);
  });
});

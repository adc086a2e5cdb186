import { deepEqual, equal } from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import {
  coarserIndex,
  nativeIndex,
  nativeLowerBound,
  nativeUpperBound,
  schemaOfFactor,
} from './native-bounds.ts';

const SCHEMAS = [-4, -3, -2, -1, 0, 1, 2, 3, 4, 5, 6, 7, 8];

const folder = join(import.meta.dirname, '../../../shared/fixtures/native');
const skip = existsSync(folder)
  ? false
  : 'vectors of other clients are not there: ../shared/fixtures';

function read<T>(file: string): T {
  return JSON.parse(readFileSync(join(folder, file), 'utf8')) as T;
}

interface Vectors {
  readonly schemas: readonly number[];
  readonly index: readonly (readonly number[])[];
  readonly inf: readonly number[];
  readonly upper: readonly (readonly [schema: number, index: number, bound: number | 'Infinity'])[];
  readonly pick: readonly (readonly [factor: number, schema: number])[];
}

describe('native buckets, as Prometheus has them', { skip }, () => {
  it('have the values that they have there', () => {
    const { schemas, index, inf } = read<Vectors>('native_index_vectors.json');
    for (const [value, ...expected] of [...index, [Infinity, ...inf]]) {
      deepEqual([value, ...schemas.map((s) => nativeIndex(s).find(value!))], [value, ...expected]);
    }
  });

  it('have the upper bounds that they have there', () => {
    for (const [schema, index, bound] of read<Vectors>('native_index_vectors.json').upper) {
      deepEqual([schema, index, nativeUpperBound(schema, index)], [schema, index, Number(bound)]);
    }
  });

  it('have all bounds from 0.5 to 1 to the last bit', () => {
    read<number[][]>('native_bounds_schema1to8.json').forEach((bounds, schema) => {
      deepEqual(
        bounds.map((_, i) => nativeUpperBound(schema, i - bounds.length)),
        bounds,
      );
    });
  });

  it('are of the schema that a factor has there', () => {
    for (const [factor, schema] of read<Vectors>('native_index_vectors.json').pick) {
      deepEqual([factor, schemaOfFactor(factor)], [factor, schema]);
    }
  });
});

const bits = new DataView(new ArrayBuffer(8));

/** Two numbers, the value being the first times two to the power of the second, exactly. */
function exactly(value: number): readonly [bigint, number] {
  bits.setFloat64(0, value);
  const all = bits.getBigUint64(0);
  const exponent = Number(all >> 52n);
  const fraction = all & ((1n << 52n) - 1n);
  return exponent === 0 ? [fraction, -1074] : [fraction | (1n << 52n), exponent - 1075];
}

/** Less than 0, 0 or more than 0, as `value` is below, at or above 2 ** (index / 2 ** schema). */
function compareExactly(value: number, schema: number, index: number): number {
  const [fraction, exponent] = exactly(value);
  const power = BigInt(2 ** Math.max(schema, 0));
  // Both sides to the power of 2 ** schema, then both times a power of two that makes them whole.
  const right = index * 2 ** Math.max(-schema, 0);
  const left = exponent * Number(power);
  const shift = Math.min(left, right);
  const difference = ((fraction ** power) << BigInt(left - shift)) - (1n << BigInt(right - shift));
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

const anyValue = fc.oneof(
  fc.double({ min: 5e-324, max: Number.MAX_VALUE, noNaN: true }),
  fc.double({ min: 1e-3, max: 1e3, noNaN: true }),
);
const anySchema = fc.constantFrom(...SCHEMAS);

describe('native buckets, by exact arithmetic', () => {
  it('hold what is above the bound before and up to their own', () => {
    fc.assert(
      fc.property(anyValue, fc.integer({ min: -4, max: 5 }), (value, schema) => {
        const index = nativeIndex(schema).find(value);
        // A bound has 53 bits: who is as near to it as its last two is decided by the table.
        const isNear = (bound: number) => Math.abs(value / bound - 1) < 2 ** -50;
        if (schema > 0 && isNear(nativeUpperBound(schema, index))) return;
        if (schema > 0 && isNear(nativeLowerBound(schema, index))) return;
        equal(compareExactly(value, schema, index) <= 0, true);
        equal(compareExactly(value, schema, index - 1) > 0, true);
      }),
      { numRuns: 400 },
    );
  });

  it('hold their bounds, and not the next number', () => {
    fc.assert(
      fc.property(anySchema, anyValue, (schema, value) => {
        // Bounds that have fewer bits than others are rounded, to others than the table's.
        if (value < 2 ** -1021) return;
        const index = nativeIndex(schema).find(value);
        const upper = nativeUpperBound(schema, index);
        equal(value <= upper, true);
        equal(value > nativeLowerBound(schema, index), true);
        equal(nativeIndex(schema).find(upper), index);
        equal(nativeIndex(schema).find(nextAfter(upper)), index + 1);
      }),
      { numRuns: 2000 },
    );
  });

  it('have bounds within two units in the last place of the exact ones', () => {
    for (const schema of SCHEMAS.filter((schema) => schema <= 6)) {
      const count = 2 ** Math.max(schema, 0);
      for (let index = 0; index <= count; index++) {
        const bound = nativeUpperBound(schema, index);
        const near = (steps: number) => bound * (1 + steps * 2 ** -52);
        equal(compareExactly(near(-4), schema, index) < 0, true);
        equal(compareExactly(near(4), schema, index) > 0, true);
      }
    }
  });

  it('are each within one of a lower schema', () => {
    fc.assert(
      fc.property(anySchema, anyValue, (schema, value) => {
        for (let coarse = schema; coarse >= -4; coarse--) {
          const expected = coarserIndex(nativeIndex(schema).find(value), schema - coarse);
          equal(nativeIndex(coarse).find(value), expected);
        }
      }),
      { numRuns: 1000 },
    );
  });

  it('end with the greatest number, and infinity is behind them', () => {
    for (const schema of SCHEMAS) {
      const last = nativeIndex(schema).find(Number.MAX_VALUE);
      equal(nativeUpperBound(schema, last), Number.MAX_VALUE);
      equal(nativeIndex(schema).find(Infinity), last + 1);
      equal(nativeUpperBound(schema, last + 1), Infinity);
    }
  });

  it('have bounds that are rounded once where numbers have few bits left', () => {
    deepEqual(
      [-1074, -1073, -1075, -2000].map((index) => nativeUpperBound(0, index)),
      [5e-324, 1e-323, 0, 0],
    );
    equal(nativeUpperBound(1, -2 * 1023 - 1), 0.7071067811865475 * 2 ** -1023);
  });
});

describe('schemaOfFactor', () => {
  it('is the coarsest whose buckets grow by no more', () => {
    for (const schema of SCHEMAS) {
      const base = nativeUpperBound(schema, 1);
      equal(schemaOfFactor(base), schema);
      equal(schemaOfFactor(nextAfter(base)), schema);
      equal(schemaOfFactor(base - (nextAfter(base) - base)), Math.min(schema + 1, 8));
    }
    deepEqual([1.0000001, 1e9, Infinity].map(schemaOfFactor), [8, -4, -4]);
  });
});

/** The least number above a positive one. */
function nextAfter(value: number): number {
  bits.setFloat64(0, value);
  bits.setBigUint64(0, bits.getBigUint64(0) + 1n);
  return bits.getFloat64(0);
}

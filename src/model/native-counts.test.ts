import { deepEqual, equal } from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { nativeUpperBound } from './native-bounds.ts';
import { NativeCounts } from './native-counts.ts';
import type { NativeBuckets } from './native-histogram.ts';

function counted(schema: number, zeroThreshold: number, values: readonly number[]): NativeCounts {
  const limits = { maxBuckets: 2, maxZeroThreshold: 0.5 };
  const counts = new NativeCounts({ schema, zeroThreshold, ...limits });
  for (const value of values) counts.observe(value, 1);
  return counts;
}

function list({ length, indices, counts }: NativeBuckets): [number, number][] {
  return Array.from({ length }, (_, i) => [indices[i]!, counts[i]!]);
}

function shown(counts: NativeCounts): object {
  const { schema, zeroThreshold, zeroCount } = counts;
  const [positive, negative] = [list(counts.positive), list(counts.negative)];
  return { schema, zeroThreshold, zeroCount, positive, negative };
}

const anyValue = fc.oneof(
  fc.double({ min: 1e-4, max: 1e4, noNaN: true }),
  fc.double({ min: -10, max: 10, noNaN: true }),
  fc.constantFrom(0, -0, 1, 2, 0.5, Infinity, -Infinity, 5e-324),
  fc.double({ noNaN: true }),
);
const anyValues = fc.array(anyValue, { maxLength: 40 });
const anySchema = fc.integer({ min: -4, max: 8 });

describe('NativeCounts', () => {
  it('counts each sign and what is about 0', () => {
    const counts = counted(0, 0.25, [1, 3, 3, 4, -1, -3, 0.25, -0.25, 0, Infinity]);
    deepEqual(shown(counts), {
      schema: 0,
      zeroThreshold: 0.25,
      zeroCount: 3,
      positive: [
        [0, 1],
        [2, 3],
        [1025, 1],
      ],
      negative: [
        [0, 1],
        [2, 1],
      ],
    });
    equal(counts.bucketCount, 5);
    equal(counts.count, 10);
  });

  it('tells when there is a bucket more', () => {
    const counts = counted(0, 0.25, []);
    const more = [3, 3, 4, -3, -3, 0, 5].map((value) => counts.observe(value, 1));
    deepEqual(more, [true, false, false, true, false, false, true]);
  });

  it('is at a lower schema what it would have counted there', () => {
    fc.assert(
      fc.property(anyValues, anySchema, anySchema, (values, schema, other) => {
        const counts = counted(schema, 2 ** -128, values);
        counts.reduceTo(other);
        deepEqual(shown(counts), shown(counted(Math.min(schema, other), 2 ** -128, values)));
      }),
    );
  });

  it('added up in any order and grouping is what one would have counted', () => {
    const parts = fc.array(fc.tuple(anySchema, anyValues), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(parts, fc.infiniteStream(fc.nat()), (parts, choices) => {
        const all = parts.map(([schema, values]) => counted(schema, 2 ** -128, values));
        const schema = Math.min(...parts.map(([schema]) => schema));
        const expected = counted(
          schema,
          2 ** -128,
          parts.flatMap(([, values]) => values),
        );
        deepEqual(shown(addedUp(all, choices)), shown(expected));
      }),
    );
  });

  it('added up where zero buckets differ is the same in any order and grouping', () => {
    const anyThreshold = fc.oneof(
      fc.constantFrom(0, 2 ** -128, 0.001, 0.5, 1.4),
      fc.double({ min: 0, max: 3, noNaN: true }),
    );
    const parts = fc.array(fc.tuple(anySchema, anyThreshold, anyValues), {
      minLength: 1,
      maxLength: 6,
    });
    const stream = fc.infiniteStream(fc.nat());
    fc.assert(
      fc.property(parts, stream, stream, (parts, one, other) => {
        const make = () => parts.map((part) => counted(...part));
        const sum = addedUp(make(), one);
        deepEqual(shown(sum), shown(addedUp(make(), other)));
        // And no value is on the wrong side of the threshold.
        const values = parts.flatMap(([, , values]) => values);
        const within = values.filter((value) => Math.abs(value) <= sum.zeroThreshold).length;
        equal(sum.zeroCount, within);
        equal(sum.count, values.length);
      }),
    );
  });

  it('has the wider zero bucket, up to the next bound', () => {
    const fine = counted(2, 2 ** -128, [1.1, 1.5, 9, -1.1]);
    fine.add(counted(1, 1.2, [3, 1]));
    deepEqual(shown(fine), {
      schema: 1,
      zeroThreshold: nativeUpperBound(1, 1),
      zeroCount: 3,
      positive: [
        [2, 1],
        [4, 1],
        [7, 1],
      ],
      negative: [],
    });
  });

  it('is what another is where it holds nothing and nothing is finer', () => {
    const counts = counted(8, 0, []);
    counts.add(counted(1, 0.3, []));
    equal(counts.zeroThreshold, 0.3);
    counts.add(counted(1, 0.3, [1]));
    counts.add(counted(2, 0, []));
    deepEqual(shown(counts), {
      schema: 1,
      zeroThreshold: 0.3,
      zeroCount: 0,
      positive: [[0, 1]],
      negative: [],
    });
  });

  it('puts the buckets next to 0 into the zero bucket, as far as allowed', () => {
    const counts = counted(0, 2 ** -128, [0.3, -0.4, 0.6, 5]);
    equal(counts.isOverfull, true);
    counts.limit();
    deepEqual(shown(counts), {
      schema: 0,
      zeroThreshold: 0.5,
      zeroCount: 2,
      positive: [
        [0, 1],
        [3, 1],
      ],
      negative: [],
    });
    equal(counts.isOverfull, false);
  });

  it('lowers the schema until its buckets are few enough', () => {
    const counts = counted(8, 0.5, [1, 2, 3, 5, 1000, 2000, -7, -9, 70_000, 1e9]);
    counts.limit();
    deepEqual(shown(counts), {
      schema: -4,
      zeroThreshold: 0.5,
      zeroCount: 0,
      positive: [
        [0, 1],
        [1, 5],
        [2, 2],
      ],
      negative: [[1, 2]],
    });
    equal(counts.isOverfull, true);
  });

  it('is copied and cleared', () => {
    fc.assert(
      fc.property(anyValues, fc.constantFrom(0, 1.4, 2 ** -128), (values, threshold) => {
        const counts = counted(3, threshold, values);
        const before = shown(counts);
        const copy = counts.copy();
        deepEqual(shown(copy), before);
        copy.observe(1, 1);
        deepEqual(shown(counts), before);
        counts.reduceTo(1);
        counts.clear();
        deepEqual(shown(counts), shown(counted(3, threshold, [])));
      }),
    );
  });
});

/** All of them added up, two at a time, whichever the choices say. */
function addedUp(parts: readonly NativeCounts[], choices: Iterable<number>): NativeCounts {
  const left = [...parts];
  const next = choices[Symbol.iterator]();
  const choose = () => left.splice(next.next().value! % left.length, 1)[0]!;
  while (left.length > 1) {
    const one = choose();
    one.add(choose());
    left.push(one);
  }
  return left[0]!;
}

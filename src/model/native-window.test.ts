import { deepEqual, equal } from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { NativeWindow } from './native-window.ts';

function entries(window: NativeWindow): [number, number][] {
  const all: [number, number][] = [];
  window.forEach((index, count) => {
    all.push([index, count]);
  });
  return all;
}

/** Values that lie together, in several places that are far from each other. */
const anyIndex = fc.oneof(
  fc.integer({ min: -20, max: 20 }),
  fc.integer({ min: 700, max: 740 }),
  fc.integer({ min: -5000, max: 5000 }),
  fc.constantFrom(262_145, -274_944),
);
const anyCount = fc.oneof(
  fc.constant(1),
  fc.integer({ min: 0, max: 9 }),
  fc.constantFrom(0.5, 65_535, 65_536, 70_000, 2 ** 31, 2 ** 32 - 1, 2 ** 32, 2 ** 40),
);

describe('NativeWindow', () => {
  it('counts as a map does, wherever the buckets are', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(anyIndex, anyCount), { maxLength: 300 }), (additions) => {
        const window = new NativeWindow();
        const model = new Map<number, number>();
        for (const [index, count] of additions) {
          const before = model.get(index) ?? 0;
          const isNew = Number.isInteger(count)
            ? window.add(index, count)
            : window.addAny(index, count);
          equal(isNew, before === 0 && count > 0);
          if (count > 0) model.set(index, before + count);
        }
        const expected = [...model].sort(([one], [other]) => one - other);
        deepEqual(entries(window), expected);
        for (const [index, count] of expected) equal(window.get(index), count);
        equal(window.size, expected.length);
        equal(window.least, expected[0]?.[0] ?? Infinity);
        for (const [index, count] of expected.slice(0, 3)) equal(window.take(index), count);
        equal(window.take(12_345), 0);
        deepEqual(entries(window), expected.slice(3));
        equal(window.size, Math.max(expected.length - 3, 0));
      }),
      { numRuns: 300 },
    );
  });

  it('copies its buckets, ascending', () => {
    const window = new NativeWindow();
    for (const index of [4, 9000, 2, 4, -9000]) window.add(index, 1);
    const indices = new Int32Array(5);
    const counts = new Float64Array(5);
    window.copyTo(indices, counts);
    deepEqual([...indices], [-9000, 2, 4, 9000, 0]);
    deepEqual([...counts], [1, 1, 2, 1, 0]);
  });

  it('counts beyond 16 bits and beyond 32, one by one', () => {
    const window = new NativeWindow();
    const seen: unknown[] = [];
    for (const start of [2 ** 16, 2 ** 32]) {
      window.add(1, start - 2 - window.get(1));
      for (let i = 0; i < 4; i++) seen.push([window.add(1, 1), window.get(1)]);
    }
    window.add(2, 1);
    deepEqual(seen, [
      [false, 2 ** 16 - 1],
      [false, 2 ** 16],
      [false, 2 ** 16 + 1],
      [false, 2 ** 16 + 2],
      [false, 2 ** 32 - 1],
      [false, 2 ** 32],
      [false, 2 ** 32 + 1],
      [false, 2 ** 32 + 2],
    ]);
    deepEqual(entries(window), [
      [1, 2 ** 32 + 2],
      [2, 1],
    ]);
    deepEqual([window.least, window.size], [1, 2]);
  });

  it('keeps large counts while it grows to either side', () => {
    const window = new NativeWindow();
    const counts = [70_000, 2 ** 16, 2 ** 32, 2 ** 40 + 5, 1.5, Infinity];
    counts.forEach((count, i) => {
      window.addAny(i, count);
    });
    for (const index of [-30, 30]) window.add(index, 3);
    deepEqual(entries(window), [
      [-30, 3],
      ...counts.map((count, i) => [i, count] as const),
      [30, 3],
    ]);
    deepEqual(
      counts.map((_, i) => window.take(i)),
      counts,
    );
    deepEqual(entries(window), [
      [-30, 3],
      [30, 3],
    ]);
    deepEqual([window.add(3, 1), window.add(2, 1), window.get(3)], [true, true, 1]);
  });
});

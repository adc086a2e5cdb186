import { deepEqual, equal } from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { SeriesIndex } from './series-index.ts';

function finish<T>(steps: Generator<undefined, T>): T {
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}

describe('SeriesIndex', () => {
  it('gives the same values the same number, and others another', () => {
    const index = new SeriesIndex(2);
    equal(index.numberOf(['a', 'b']), 0);
    equal(index.numberOf(['a', 'c']), 1);
    equal(index.numberOf(['a', 'b']), 0);
    equal(index.size, 2);
    deepEqual(index.labelValues, [
      ['a', 'b'],
      ['a', 'c'],
    ]);
  });

  it('has one number where there are no labels', () => {
    const index = new SeriesIndex(0);
    equal(index.numberOf([]), 0);
    equal(index.numberOf([]), 0);
    equal(index.size, 1);
  });

  it('sorts any number of series as a plain sort does, and merges two sorted lists', () => {
    const values = fc.tuple(fc.integer({ max: 50, min: 0 }), fc.nat(), fc.nat(3000));
    fc.assert(
      fc.property(values, ([few, many, size]) => {
        const index = new SeriesIndex(2);
        for (let i = 0; i < size; i++)
          index.numberOf([`${((i * many) % 997) % (few + 1)}`, `${(i * 7919) % 3001}`]);
        const all = Int32Array.from({ length: index.size }, (_, i) => i);
        const key = (i: number): string => index.labelValues[i]!.join('\0');
        const plain = [...all].sort((a, b) => (key(a) < key(b) ? -1 : 1));
        deepEqual([...finish(index.sort(all))], plain);
        const left = all.filter((i) => i % 3 === 0);
        const right = all.filter((i) => i % 3 !== 0);
        const merged = index.merge(finish(index.sort(left)), finish(index.sort(right)));
        deepEqual([...finish(merged)], plain);
      }),
      { numRuns: 30 },
    );
  });
});

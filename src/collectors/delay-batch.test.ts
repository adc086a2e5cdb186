import { deepEqual, equal, ok } from 'node:assert/strict';
import { createHistogram } from 'node:perf_hooks';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { toBatch } from './delay-batch.ts';

const nanoseconds = fc.integer({ min: 1, max: 5_000_000_000 });

function near(value: number, expected: number): boolean {
  return Math.abs(value - expected) <= expected * 0.001 + 1e-9;
}

describe('toBatch', () => {
  for (const [title, lengths] of [
    ['few', { minLength: 1, maxLength: 40 }],
    ['many', { minLength: 41, maxLength: 200 }],
  ] as const) {
    it(`tells ${title} delays by their ranks, and their sum, within 0.1 %`, () => {
      fc.assert(
        fc.property(fc.array(nanoseconds, lengths), (values) => {
          const histogram = createHistogram();
          for (const value of values) histogram.record(value);
          const batch = toBatch(histogram);
          const sorted = values.map((value) => value / 1e9).sort((a, b) => a - b);
          equal(batch.count, sorted.length);
          for (const [i, delay] of sorted.entries()) ok(near(batch.at(i + 1), delay));
          ok(
            near(
              batch.sum,
              sorted.reduce((sum, delay) => sum + delay, 0),
            ),
          );
        }),
        { numRuns: 30 },
      );
    });

    it(`takes the sum of ${title} delays where it is given, and the offset from each`, () => {
      const histogram = createHistogram();
      for (let i = 0; i < lengths.maxLength; i++) histogram.record(3_000_000_000);
      equal(toBatch(histogram, { sum: 7 }).sum, 7);
      const { min, sum } = toBatch(histogram, { offset: 1 });
      ok(near(min, 2));
      ok(near(sum, 2 * lengths.maxLength));
    });
  }

  it('is empty where nothing was recorded', () => {
    const { count, sum } = toBatch(createHistogram());
    deepEqual([count, sum], [0, 0]);
  });
});

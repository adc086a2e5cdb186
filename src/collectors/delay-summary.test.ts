import { deepEqual, ok } from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { batchOf } from '../../test/hand-made-sampler.ts';
import type { DelayBatch } from './delay-batch.ts';
import { quantilesOf, representatives, slice, summarize } from './delay-summary.ts';

const samples = fc.array(fc.integer({ min: 0, max: 1000 }), { minLength: 1, maxLength: 300 });
const bounds = fc.uniqueArray(fc.integer({ min: 0, max: 1000 }), { maxLength: 12 });

const SHOWN = [0.5, 0.9, 0.99];

/** The quantiles of values in ascending order. */
function exact(sorted: readonly number[]): number[] {
  return SHOWN.map((quantile) => sorted[Math.max(Math.ceil(sorted.length * quantile), 1) - 1]!);
}

describe('slices', () => {
  it('count every sample between the bounds it lies between, and no other', () => {
    fc.assert(
      fc.property(samples, bounds, (values, unsorted) => {
        const limits = unsorted.sort((a, b) => a - b);
        const batch = batchOf(...values);
        const slices = slice(batch, summarize(batch), limits);
        const expected = [...limits, Infinity].flatMap((bound, i) => {
          const inside = values
            .filter((value) => value <= bound && value > (limits[i - 1] ?? -1))
            .sort((a, b) => a - b);
          return inside.length === 0
            ? []
            : [{ count: inside.length, low: inside[0]!, high: inside.at(-1)! }];
        });
        deepEqual(slices, expected);
      }),
    );
  });

  it('are represented within their ranges by values with the sum of all samples', () => {
    fc.assert(
      fc.property(samples, bounds, (values, unsorted) => {
        const batch = batchOf(...values);
        const summary = summarize(batch);
        const limits = unsorted.sort((a, b) => a - b);
        const slices = slice(batch, summary, limits);
        const shown = representatives(slices, summary.sum);
        const sum = shown.reduce((all, value, i) => all + value * slices[i]!.count, 0);
        ok(Math.abs(sum - summary.sum) <= 1e-9 * (1 + summary.sum), `${sum} for ${summary.sum}`);
        for (const [i, value] of shown.entries()) {
          ok(value >= slices[i]!.low && value <= slices[i]!.high);
        }
      }),
    );
  });

  it('are found by few look-ups, however many samples there are', () => {
    let asked = 0;
    const count = 1_000_000;
    const batch: DelayBatch = {
      ...batchOf(0),
      count,
      min: 1,
      max: count,
      at(rank) {
        asked++;
        return rank;
      },
    };
    const summary = summarize(batch);
    slice(batch, summary, [400_000, 990_000, 999_500]);
    ok(asked < 70, `${asked} look-ups`);
  });
});

describe('quantiles', () => {
  it('are exact for one batch', () => {
    fc.assert(
      fc.property(samples, (values) => {
        const batch = summarize(batchOf(...values));
        const sorted = values.sort((a, b) => a - b);
        deepEqual(quantilesOf(SHOWN, [batch]), exact(sorted));
      }),
    );
  });

  it('are never too low for several batches, and never above the greatest', () => {
    fc.assert(
      fc.property(fc.array(samples, { minLength: 1, maxLength: 5 }), (groups) => {
        const batches = groups.map((values) => summarize(batchOf(...values)));
        const sorted = groups.flat().sort((a, b) => a - b);
        const shown = quantilesOf(SHOWN, batches);
        for (const [i, least] of exact(sorted).entries()) {
          ok(shown[i]! >= least && shown[i]! <= sorted.at(-1)!);
        }
      }),
    );
  });

  it('are 0 of nothing', () => {
    deepEqual(quantilesOf(SHOWN, []), [0, 0, 0]);
  });
});

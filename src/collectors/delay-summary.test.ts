import { deepEqual, equal, ok } from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { samplerOf } from '../../test/hand-made-sampler.ts';
import type { DelaySampler } from './delay-sampler.ts';
import { quantileOf, representatives, slice, summarize } from './delay-summary.ts';

const samples = fc.array(fc.integer({ min: 0, max: 1000 }), { minLength: 1, maxLength: 300 });
const bounds = fc.uniqueArray(fc.integer({ min: 0, max: 1000 }), { maxLength: 12 });

describe('slices', () => {
  it('count every sample between the bounds it lies between, and no other', () => {
    fc.assert(
      fc.property(samples, bounds, (values, unsorted) => {
        const limits = unsorted.sort((a, b) => a - b);
        const sampler = samplerOf(...values);
        const slices = slice(sampler, summarize(sampler), limits);
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
        const sampler = samplerOf(...values);
        const summary = summarize(sampler);
        const limits = unsorted.sort((a, b) => a - b);
        const slices = slice(sampler, summary, limits);
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
    const sampler: DelaySampler = {
      ...samplerOf(0),
      count,
      min: 1,
      max: count,
      at(rank) {
        asked++;
        return rank;
      },
    };
    const summary = summarize(sampler);
    slice(sampler, summary, [400_000, 990_000, 999_500]);
    ok(asked < 70, `${asked} look-ups`);
  });
});

describe('quantiles', () => {
  it('are exact for one batch', () => {
    fc.assert(
      fc.property(samples, (values) => {
        const batch = summarize(samplerOf(...values));
        const sorted = values.sort((a, b) => a - b);
        for (const quantile of [0.5, 0.9, 0.99]) {
          const rank = Math.max(Math.ceil(sorted.length * quantile), 1);
          equal(quantileOf(quantile, [batch]), sorted[rank - 1]);
        }
      }),
    );
  });

  it('are never too low for several batches, and never above the greatest', () => {
    fc.assert(
      fc.property(fc.array(samples, { minLength: 1, maxLength: 5 }), (groups) => {
        const batches = groups.map((values) => summarize(samplerOf(...values)));
        const sorted = groups.flat().sort((a, b) => a - b);
        for (const quantile of [0.5, 0.9, 0.99]) {
          const rank = Math.max(Math.ceil(sorted.length * quantile), 1);
          const shown = quantileOf(quantile, batches);
          ok(shown >= sorted[rank - 1]! && shown <= sorted.at(-1)!);
        }
      }),
    );
  });

  it('are 0 of nothing', () => {
    equal(quantileOf(0.5, []), 0);
  });
});

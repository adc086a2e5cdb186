import { deepEqual, equal, throws } from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { Histogram } from '../metrics/histograms/histogram.ts';
import type { HistogramOptions } from '../metrics/histograms/histogram-options.ts';
import { nativeIndex, nativeLowerBound, nativeUpperBound } from '../model/native-bounds.ts';
import { type HistogramSnapshot, histogramQuantile, histogramSnapshot } from './index.ts';

async function observed(
  values: readonly number[],
  options: Partial<HistogramOptions>,
): Promise<HistogramSnapshot> {
  const histogram = new Histogram({ name: 'h', help: 'H.', registry: null, ...options });
  for (const value of values) histogram.observe(value);
  return (await histogramSnapshot(histogram, 'h'))!;
}

const NOTHING: HistogramSnapshot = {
  count: 0,
  sum: 0,
  created: undefined,
  buckets: [[Infinity, 0]],
  native: undefined,
};

describe('histogramQuantile of classic buckets', () => {
  it('lies within a bucket as far as the rank does', async () => {
    const snapshot = await observed([0.5, 1.5, 1.5, 3, 3, 3, 9], { buckets: [1, 2, 4] });
    const quantiles = [0, 1 / 14, 2 / 7, 3 / 7, 9 / 14, 6 / 7, 0.9, 1];
    deepEqual(
      quantiles.map((q) => histogramQuantile(q, snapshot)),
      [0, 0.5, 1.5, 2, 3, 4, 4, 4],
    );
  });

  it('is the bound of the first bucket where that is not above 0', async () => {
    const snapshot = await observed([-3, -3], { buckets: [-2, -1] });
    equal(histogramQuantile(0.5, snapshot), -2);
  });

  it('takes counts that fall for those before', () => {
    const buckets = [
      [1, 4],
      [2, 3],
      [Infinity, 8],
    ] as const;
    equal(histogramQuantile(0.5, { ...NOTHING, count: 8, buckets }), 1);
  });

  it('is none of no observations or no buckets', async () => {
    equal(histogramQuantile(0.5, await observed([], { buckets: [1] })), NaN);
    equal(histogramQuantile(0.5, { ...NOTHING, count: 1, buckets: [[Infinity, 1]] }), NaN);
  });
});

describe('histogramQuantile of native buckets', () => {
  const NATIVE = { buckets: [], nativeSchema: 0 } as const;

  it('lies within a bucket as its ratio does, or as its width', async () => {
    const snapshot = await observed([3, 3, 3, 3], NATIVE);
    equal(histogramQuantile(0.5, snapshot), 2 ** 1.5);
    equal(histogramQuantile(0.5, snapshot, { interpolation: 'linear' }), 3);
    deepEqual([histogramQuantile(0, snapshot), histogramQuantile(1, snapshot)], [2, 4]);
  });

  it('mirrors negative buckets', async () => {
    const snapshot = await observed([-3, -3, -3, -3], NATIVE);
    equal(histogramQuantile(0.25, snapshot), -(2 ** 1.75));
    equal(histogramQuantile(0.25, snapshot, { interpolation: 'linear' }), -3.5);
  });

  it('is linear about 0, on the side on which all others are', async () => {
    const options = { ...NATIVE, nativeZeroThreshold: 1 };
    equal(histogramQuantile(0.25, await observed([0, 0, 3, 3], options)), 0.5);
    equal(histogramQuantile(0.75, await observed([0, 0, -3, -3], options)), -0.5);
    equal(histogramQuantile(0.5, await observed([0, 0, -3, 3], options)), 0);
    equal(histogramQuantile(0.25, await observed([0, 0], options)), -0.5);
  });

  it('is taken from the classic ones if told so', async () => {
    const snapshot = await observed([3, 3], { buckets: [1, 5], nativeSchema: 0 });
    equal(histogramQuantile(0.5, snapshot, { from: 'classic' }), 3);
    equal(histogramQuantile(0.5, snapshot), 2 ** 1.5);
  });

  it('is linear between listed bounds', () => {
    const positive = [
      [0, 2],
      [1, 2],
      [2, 4],
    ] as const;
    const native = { schema: -53, zeroThreshold: 0, zeroCount: 0, positive, negative: [] };
    const of = (customBounds: readonly number[]) => (q: number) =>
      histogramQuantile(q, { ...NOTHING, count: 8, native: { ...native, customBounds } });
    deepEqual([0.125, 0.375, 0.9].map(of([1, 2])), [0.5, 1.5, 2]);
    deepEqual([0.125, 0.375, 0.9].map(of([-2, -1])), [-2, -1.5, -1]);
  });

  it('is the end of the last bucket where what is NaN was counted too', () => {
    const native = { schema: 0, zeroThreshold: 0, zeroCount: 0, negative: [], customBounds: [] };
    const snapshot = {
      ...NOTHING,
      count: 8,
      sum: NaN,
      native: { ...native, positive: [[1, 2]] as const },
    };
    equal(histogramQuantile(0.9, snapshot), NaN);
    equal(histogramQuantile(0.9, snapshot, { interpolation: 'linear' }), 2);
    equal(histogramQuantile(0.125, snapshot), 2 ** 0.5);
  });

  it('is within the bucket of the observation that has the rank', async () => {
    const anyValues = fc.array(fc.double({ min: 1e-6, max: 1e6, noNaN: true }), { minLength: 1 });
    const part = fc.double({ min: 0, max: 1, noNaN: true });
    await fc.assert(
      fc.asyncProperty(
        anyValues,
        part,
        fc.integer({ min: -4, max: 8 }),
        async (values, q, schema) => {
          const snapshot = await observed(values, {
            buckets: [],
            nativeSchema: schema,
            nativeMaxBuckets: Infinity,
          });
          const sorted = [...values].sort((one, other) => one - other);
          const rank = Math.min(Math.max(Math.ceil(q * sorted.length) - 1, 0), sorted.length - 1);
          // One beside it where a product of rounded numbers decides.
          const near = [
            sorted[Math.max(rank - 1, 0)]!,
            sorted[Math.min(rank + 1, sorted.length - 1)]!,
          ];
          const [first, last] = near.map((value) => nativeIndex(schema).find(value));
          const quantile = histogramQuantile(q, snapshot);
          equal(quantile >= nativeLowerBound(schema, first!) * (1 - 1e-12), true);
          equal(quantile <= nativeUpperBound(schema, last!) * (1 + 1e-12), true);
        },
      ),
    );
  });
});

describe('histogramQuantile', () => {
  for (const [nothing, got] of [
    [undefined, 'undefined'],
    [null, 'null'],
    [0.9, '0.9'],
  ] as const) {
    it(`refuses ${got} in place of a histogram`, () => {
      throws(() => histogramQuantile(0.9, nothing as never), {
        name: 'TypeError',
        message: `histogramQuantile: no histogram, expected one of histogramSnapshot(), got ${got}`,
      });
    });
  }

  it('is infinite or NaN where there is no such part', async () => {
    for (const options of [{ buckets: [1] }, { buckets: [], nativeSchema: 0 }]) {
      const snapshot = await observed([1], options);
      const quantiles = [-0.1, 1.1, NaN].map((q) => histogramQuantile(q, snapshot));
      deepEqual(quantiles, [-Infinity, Infinity, NaN]);
    }
    equal(histogramQuantile(0.5, await observed([], { buckets: [], nativeSchema: 0 })), NaN);
  });
});

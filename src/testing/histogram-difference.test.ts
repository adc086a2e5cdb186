import { deepEqual, equal, rejects, throws } from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ManualClock } from '../../test/manual-clock.ts';
import { Histogram } from '../metrics/histograms/histogram.ts';
import type { HistogramOptions } from '../metrics/histograms/histogram-options.ts';
import { Counter } from '../metrics/instruments/counter.ts';
import { CollectorRegistry } from '../metrics/registry/registry.ts';
import { type HistogramSnapshot, histogramDifference, histogramSnapshot } from './index.ts';

function declared(options: Partial<HistogramOptions>) {
  const clock = new ManualClock();
  const registry = new CollectorRegistry({ clock, constantLabels: { zone: 'z' } });
  const histogram = new Histogram({ name: 'h', help: 'H.', registry, ...options });
  const look = async (): Promise<HistogramSnapshot> =>
    (await histogramSnapshot(registry, 'h', { zone: 'z' }))!;
  return { clock, histogram, look };
}

describe('histogramSnapshot', () => {
  it('is the histogram with these labels, as it was', async () => {
    const registry = new CollectorRegistry({ clock: new ManualClock() });
    const options = { labelNames: ['b', 'a'], buckets: [1], nativeSchema: 0, registry } as const;
    const histogram = new Histogram({ name: 'h', help: 'H.', ...options });
    new Counter({ name: 'c', help: 'C.', registry }).inc();
    histogram.labels('x', 1).observe(3);
    histogram.labels('x', 2).observe(-0.5);
    const snapshot = await histogramSnapshot(registry, 'h', { a: 1, b: 'x' });
    histogram.labels('x', 1).observe(3);
    deepEqual(snapshot, {
      count: 1,
      sum: 3,
      created: 1_700_000_000,
      buckets: [
        [1, 0],
        [Infinity, 1],
      ],
      native: {
        schema: 0,
        zeroThreshold: 2 ** -128,
        zeroCount: 0,
        positive: [[2, 1]],
        negative: [],
        customBounds: [],
      },
    });
    for (const labels of [{}, { a: 1 }, { a: 3, b: 'x' }, { a: 1, b: 'x', c: '' }]) {
      equal(await histogramSnapshot(registry, 'h', labels), undefined);
    }
    equal(await histogramSnapshot(registry, 'c'), undefined);
  });

  it('refuses what has nothing to collect', async () => {
    await rejects(histogramSnapshot(null as never, 'h'), {
      name: 'TypeError',
      message: 'histogram: no source, expected an object with collect(), got null',
    });
  });
});

describe('histogramDifference', () => {
  it('is what was counted in between', async () => {
    const { histogram, look } = declared({ buckets: [1], nativeSchema: 0 });
    for (const value of [0, 0.5, 3]) histogram.observe(value);
    const earlier = await look();
    for (const value of [0, 3, 3, -5]) histogram.observe(value);
    const later = await look();
    deepEqual(histogramDifference(later, earlier), {
      count: 4,
      sum: 1,
      created: 1_700_000_000,
      buckets: [
        [1, 2],
        [Infinity, 4],
      ],
      native: {
        schema: 0,
        zeroThreshold: 2 ** -128,
        zeroCount: 1,
        positive: [[2, 2]],
        negative: [[3, 1]],
        customBounds: [],
      },
    });
    equal(histogramDifference(later, later).count, 0);
  });

  it('is at the resolution that both have', async () => {
    const limits = { nativeMaxBuckets: 2, nativeMinResetSeconds: 0 };
    const { histogram, look } = declared({ buckets: [], nativeSchema: 0, ...limits });
    for (const value of [1, 2]) histogram.observe(value);
    const earlier = await look();
    for (const value of [4, 4]) histogram.observe(value);
    const { native } = histogramDifference(await look(), earlier);
    deepEqual([native?.schema, native?.positive], [-1, [[1, 2]]]);
  });

  it('is all there is where the histogram began anew', async () => {
    const { clock, histogram, look } = declared({ buckets: [1], nativeSchema: 0 });
    histogram.observe(3);
    const earlier = await look();
    clock.pass(1);
    histogram.reset();
    histogram.observe(3);
    histogram.observe(0.5);
    const later = await look();
    deepEqual(histogramDifference(later, earlier), later);
    const undated = { ...later, created: undefined };
    const finer = { ...earlier, native: { ...earlier.native!, schema: -1 } };
    deepEqual(histogramDifference(undated, finer), undated);
    deepEqual(histogramDifference(undated, { ...earlier, count: 5 }), undated);
    const positive = [[7, 1]] as const;
    const moved = { ...earlier, native: { ...earlier.native!, positive } };
    deepEqual(histogramDifference(undated, moved), undated);
  });

  it('refuses what is no histogram', async () => {
    const snapshot = await declared({ buckets: [1] }).look();
    for (const given of [
      [undefined, snapshot],
      [snapshot, undefined],
    ] as const) {
      throws(() => histogramDifference(given[0]!, given[1]!), {
        name: 'TypeError',
        message:
          'histogramDifference: no histogram, expected one of histogramSnapshot(), got undefined',
      });
    }
  });

  it('refuses those of other buckets', async () => {
    const [one, other] = await Promise.all([
      declared({ buckets: [1] }).look(),
      declared({ buckets: [2] }).look(),
    ]);
    throws(() => histogramDifference(one, other), {
      name: 'RangeError',
      message: 'histogram difference: other bounds, expected [2, Infinity], got [1, Infinity]',
    });
    const native = await declared({ buckets: [1], nativeSchema: 0 }).look();
    throws(() => histogramDifference(native, one), {
      name: 'RangeError',
      message: 'histogram difference: other custom bounds, expected undefined, got []',
    });
  });
});

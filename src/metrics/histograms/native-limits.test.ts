import { deepEqual, equal } from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ManualClock } from '../../../test/manual-clock.ts';
import { NO_BUCKETS, shownNative } from '../../../test/shown-native.ts';
import { CollectorRegistry } from '../registry/registry.ts';
import { Histogram } from './histogram.ts';
import type { HistogramOptions } from './histogram-options.ts';

const declared = (options: Partial<HistogramOptions> = {}): Histogram =>
  new Histogram({ name: 'x', help: 'X.', nativeSchema: 0, registry: null, ...options });

describe('a histogram with too many native buckets', () => {
  function limited(options: Partial<HistogramOptions>) {
    const clock = new ManualClock();
    const registry = new CollectorRegistry({ clock });
    return {
      clock,
      histogram: declared({ nativeMaxBuckets: 2, buckets: [2], registry, ...options }),
    };
  }

  it('begins anew with the observation that was too much, once an hour', () => {
    const { clock, histogram } = limited({});
    clock.pass(3600);
    for (const value of [1, 2, 3.5]) histogram.observe(value);
    deepEqual(shownNative(histogram), [
      { ...NO_BUCKETS, labels: [], count: 1, sum: 3.5, created: 1_700_003_600, positive: [[2, 1]] },
    ]);
    equal(clock.waiting, 0);
  });

  it('gets coarser within the hour, and begins anew after it', () => {
    const { clock, histogram } = limited({});
    for (const value of [1, 2, 4]) histogram.observe(value);
    const { schema, positive, count } = shownNative(histogram)[0]!;
    deepEqual(
      [schema, count, positive],
      [
        -1,
        3,
        [
          [0, 1],
          [1, 2],
        ],
      ],
    );
    clock.pass(3599);
    equal(histogram.count, 3);
    clock.pass(1);
    deepEqual(shownNative(histogram), [
      { ...NO_BUCKETS, labels: [], count: 0, sum: 0, created: 1_700_003_600 },
    ]);
  });

  it('begins anew no earlier than that, in whatever part of a second it began', () => {
    const clock = new ManualClock();
    clock.pass(0.5);
    const registry = new CollectorRegistry({ clock });
    const histogram = declared({ nativeMaxBuckets: 2, buckets: [2], registry });
    clock.pass(3599.75);
    for (const value of [1, 2, 4]) histogram.observe(value);
    equal(histogram.count, 3);
  });

  it('never begins anew if told so', () => {
    const { clock, histogram } = limited({ nativeMinResetSeconds: 0 });
    clock.pass(100_000);
    for (const value of [1, 2, 4, 8, 1e9]) histogram.observe(value);
    deepEqual([clock.waiting, histogram.count, shownNative(histogram)[0]?.schema], [0, 5, -4]);
  });

  it('calls its reset off when it is reset, or lets go of its place', () => {
    const { clock, histogram } = limited({});
    for (const value of [1, 2, 4]) histogram.observe(value);
    equal(clock.waiting, 1);
    histogram.reset();
    equal(clock.waiting, 0);
    const parent = new Histogram({
      name: 'y',
      help: 'Y.',
      labelNames: ['a'],
      nativeSchema: 0,
      nativeMaxBuckets: 1,
      registry: new CollectorRegistry({ clock }),
    });
    parent.labels('1').observe(1);
    parent.labels('1').observe(2);
    equal(clock.waiting, 1);
    parent.clear();
    equal(clock.waiting, 0);
  });

  it('waits for longer than timers can', () => {
    const { clock, histogram } = limited({ nativeMinResetSeconds: 200_000 });
    for (const value of [1, 2, 4]) histogram.observe(value);
    for (const seconds of [86_400, 86_400, 27_199]) {
      clock.pass(seconds);
      equal(histogram.count, 3);
    }
    clock.pass(1);
    equal(histogram.count, 0);
  });
});

import { deepEqual, throws } from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import { observingContract } from '../../../test/contracts/observing.ts';
import type { MetricFamily } from '../../model/family.ts';
import { Histogram } from './histogram.ts';

observingContract('histogram', (registry) => new Histogram({ name: 'x', help: 'X.', registry }));

/** The cumulative counts by `le`. */
function bucketsOf(histogram: Histogram): Record<string, number> {
  const [family] = histogram.collect() as MetricFamily[];
  const lines = [...family!.samples].filter(({ name }) => name === 'x_bucket');
  return Object.fromEntries(lines.map(({ labels, value }) => [labels['le']!, value]));
}

const histogram = (buckets?: readonly number[]): Histogram =>
  new Histogram({ name: 'x', help: 'X.', registry: null, ...(buckets && { buckets }) });

describe('Histogram', () => {
  it('shows cumulative buckets, sum and count, of each child its own', () => {
    const durations = new Histogram({
      name: 'job_seconds',
      help: 'How long jobs take.',
      labelNames: ['job'],
      buckets: [0.5, 1],
      registry: null,
    });
    durations.labels('a').observe(0.25, { count: 2 });
    durations.labels('a').observe(4);
    durations.labels('b');
    const [family] = durations.collect() as MetricFamily[];
    deepEqual(
      [...family!.samples],
      [
        { name: 'job_seconds_bucket', labels: { job: 'a', le: '0.5' }, value: 2 },
        { name: 'job_seconds_bucket', labels: { job: 'a', le: '1.0' }, value: 2 },
        { name: 'job_seconds_bucket', labels: { job: 'a', le: '+Inf' }, value: 3 },
        { name: 'job_seconds_sum', labels: { job: 'a' }, value: 4.5 },
        { name: 'job_seconds_count', labels: { job: 'a' }, value: 3 },
        { name: 'job_seconds_bucket', labels: { job: 'b', le: '0.5' }, value: 0 },
        { name: 'job_seconds_bucket', labels: { job: 'b', le: '1.0' }, value: 0 },
        { name: 'job_seconds_bucket', labels: { job: 'b', le: '+Inf' }, value: 0 },
        { name: 'job_seconds_sum', labels: { job: 'b' }, value: 0 },
        { name: 'job_seconds_count', labels: { job: 'b' }, value: 0 },
      ],
    );
  });

  it('counts a value in the bucket whose bound it is', () => {
    const x = histogram([-1, 0, 1]);
    for (const value of [-Infinity, -1, -0.5, 0, -0, 1, 1.5, Infinity]) x.observe(value);
    deepEqual(bucketsOf(x), { '-1.0': 2, '0.0': 5, '1.0': 6, '+Inf': 8 });
  });

  it('has the usual buckets unless it is given others, with +Inf named or not', () => {
    deepEqual(Object.keys(bucketsOf(histogram())), [
      ...['0.005', '0.01', '0.025', '0.05', '0.1', '0.25', '0.5', '1.0', '2.5', '5.0', '10.0'],
      '+Inf',
    ]);
    deepEqual(Object.keys(bucketsOf(histogram([1, Infinity]))), ['1.0', '+Inf']);
  });

  it('is untouched by what is done to the list of buckets later', () => {
    const buckets = [1, 2];
    const x = histogram(buckets);
    buckets[0] = 100;
    x.observe(50);
    deepEqual(bucketsOf(x), { '1.0': 0, '2.0': 0, '+Inf': 1 });
  });

  it('refuses buckets that do not ascend, and names itself', () => {
    throws(() => histogram([2, 1]), {
      name: 'RangeError',
      message: 'histogram "x": bucket 1 is out of order, expected a bound above 2, got 1',
    });
    throws(() => histogram([]), {
      name: 'RangeError',
      message: 'histogram "x": no buckets, expected at least one finite bound, got []',
    });
  });

  it('puts every value where a search from the first bound would', () => {
    const number = fc.oneof(
      fc.double({ noNaN: true }),
      fc.constantFrom(0, -0, 1e-320, 5e-324, 1, 1 + Number.EPSILON, Number.MAX_VALUE),
    );
    const bounds = fc
      .uniqueArray(
        number.filter((bound) => Number.isFinite(bound)).map((bound) => bound + 0),
        { minLength: 1, maxLength: 40 },
      )
      .map((all) => all.sort((one, other) => one - other));
    fc.assert(
      fc.property(bounds, fc.array(number, { maxLength: 20 }), (buckets, values) => {
        const x = histogram(buckets);
        // The bounds themselves, and their neighbours, are where a search goes wrong.
        const observed = [...values, ...buckets, ...buckets.map((bound) => bound * (1 + 2 ** -52))];
        for (const value of observed) x.observe(value);
        const expected = [...buckets, Infinity].map(
          (bound) => observed.filter((value) => value <= bound).length,
        );
        deepEqual(Object.values(bucketsOf(x)), expected);
      }),
    );
  });
});

import { deepEqual } from 'node:assert/strict';
import { describe, it } from 'node:test';
import { decoded, empty, exemplar, family, metrics } from '../../../test/decoded-families.ts';
import { nativeBuckets, nativeHistogram } from '../../../test/native-buckets.ts';

describe('writeProtobuf, of histograms,', () => {
  it('writes classic histograms, with a bucket for +Inf where it has an exemplar', async () => {
    const point = { ...empty, bounds: [-1, 5], cells: [9, 1, 2, 300], index: 1, created: 1.5 };
    deepEqual(
      await metrics(
        { name: 'a', type: 'histogram' },
        (writer) => writer.histogram(point),
        (writer) =>
          writer.histogram({
            ...point,
            sum: undefined,
            exemplars: [undefined, { labels: {}, value: 2 }, exemplar],
          }),
      ),
      [
        {
          histogram: {
            sampleCount: 303,
            sampleSum: 0,
            bucket: [
              { cumulativeCount: 1, upperBound: -1 },
              { cumulativeCount: 3, upperBound: 5 },
            ],
            startTimestamp: { seconds: 1, nanos: 500_000_000 },
          },
        },
        {
          histogram: {
            sampleCount: 303,
            bucket: [
              { cumulativeCount: 1, upperBound: -1 },
              { cumulativeCount: 3, upperBound: 5, exemplar: { value: 2 } },
              {
                cumulativeCount: 303,
                upperBound: Infinity,
                exemplar: {
                  label: [{ name: 'trace_id', value: 'a1' }],
                  value: 1,
                  timestamp: { seconds: 1700000000, nanos: 500_000_000 },
                },
              },
            ],
            startTimestamp: { seconds: 1, nanos: 500_000_000 },
          },
        },
      ],
    );
  });

  it('writes gauge histograms without a start time', async () => {
    deepEqual(
      await decoded(
        family({ name: 'a', type: 'gaugehistogram' }, (writer) =>
          writer.histogram({ ...empty, bounds: [1], cells: [1, 2], cumulative: true, created: 1 }),
        ),
      ),
      [
        {
          name: 'a',
          help: 'h',
          type: 'GAUGE_HISTOGRAM',
          metric: [
            {
              histogram: {
                sampleCount: 2,
                sampleSum: 0,
                bucket: [{ cumulativeCount: 1, upperBound: 1 }],
              },
            },
          ],
        },
      ],
    );
  });

  it('writes counts that are not all whole as floats', async () => {
    const native = nativeHistogram({
      zeroCount: 0.5,
      negative: nativeBuckets([-1, 2]),
      positive: nativeBuckets([0, 1], [2, 1.5], [9, 1]),
    });
    deepEqual(
      await metrics({ name: 'a', type: 'histogram' }, (writer) =>
        writer.histogram({ ...empty, bounds: [1], cells: [1.5, 4.5], native }),
      ),
      [
        {
          histogram: {
            sampleSum: 0,
            bucket: [{ upperBound: 1, cumulativeCountFloat: 1.5 }],
            sampleCountFloat: 6,
            schema: 0,
            zeroThreshold: 0,
            zeroCountFloat: 0.5,
            negativeSpan: [{ offset: -1, length: 1 }],
            negativeCount: [2],
            positiveSpan: [
              { offset: 0, length: 3 },
              { offset: 6, length: 1 },
            ],
            positiveCount: [1, 0, 1.5, 1],
          },
        },
      ],
    );
  });

  it('fills gaps of up to two buckets, and begins a span behind longer ones', async () => {
    const native = nativeHistogram({
      schema: -4,
      positive: nativeBuckets([-2, 3], [-1, 5], [2, 1], [6, 3], [7, 2]),
    });
    deepEqual(
      await metrics({ name: 'a', type: 'histogram' }, (writer) =>
        writer.histogram({ ...empty, cells: [14], native }),
      ),
      [
        {
          histogram: {
            sampleCount: 14,
            sampleSum: 0,
            schema: -4,
            zeroThreshold: 0,
            zeroCount: 0,
            positiveSpan: [
              { offset: -2, length: 5 },
              { offset: 3, length: 2 },
            ],
            positiveDelta: [3, 2, -5, 0, 1, 2, -1],
          },
        },
      ],
    );
  });

  it('writes the exemplars of native buckets that have a time', async () => {
    const timed = { labels: {}, value: 3, timestamp: 1 };
    const native = nativeHistogram({
      zeroThreshold: 1,
      exemplars: [timed, { labels: {}, value: 4 }, { ...timed, value: 5, timestamp: Number.NaN }],
    });
    deepEqual(
      await metrics({ name: 'a', type: 'histogram' }, (writer) =>
        writer.histogram({ ...empty, created: 2, native }),
      ),
      [
        {
          histogram: {
            sampleCount: 0,
            sampleSum: 0,
            schema: 0,
            zeroThreshold: 1,
            zeroCount: 0,
            startTimestamp: { seconds: 2 },
            exemplars: [{ value: 3, timestamp: { seconds: 1 } }],
          },
        },
      ],
    );
  });

  it('writes listed bounds of native histograms as classic buckets', async () => {
    const native = nativeHistogram({
      schema: -53,
      customBounds: [1, 2, 5],
      positive: nativeBuckets([0, 4], [2, 1], [3, 2]),
    });
    deepEqual(
      await metrics({ name: 'a', type: 'histogram' }, (writer) =>
        writer.histogram({ ...empty, cells: [7], native }),
      ),
      [
        {
          histogram: {
            sampleCount: 7,
            sampleSum: 0,
            bucket: [
              { cumulativeCount: 4, upperBound: 1 },
              { cumulativeCount: 4, upperBound: 2 },
              { cumulativeCount: 5, upperBound: 5 },
            ],
          },
        },
      ],
    );
  });
});

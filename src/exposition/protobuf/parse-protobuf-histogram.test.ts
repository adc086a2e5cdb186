import { deepEqual, equal, ok, throws } from 'node:assert/strict';
import { describe, it } from 'node:test';
import { encodeFamilies } from '../../../test/oracle/protobuf.ts';
import { recordFamily } from '../../../test/recorded-family.ts';
import { parseProtobuf } from './parse-protobuf.ts';

/** The points of the only family of a document that protobufjs wrote. */
function pointsOf(family: object): unknown[] {
  const [first, ...others] = parseProtobuf(encodeFamilies([{ name: 'a', ...family }]));
  equal(others.length, 0);
  return recordFamily(first!).points.map(({ point }) => point);
}

/** The only point of a histogram. */
function histogram(fields: object): unknown {
  return pointsOf({ type: 'HISTOGRAM', metric: [{ histogram: fields }] })[0];
}

function bytes(hex: string): Uint8Array {
  return Uint8Array.from(Buffer.from(hex.replaceAll(' ', ''), 'hex'));
}

function refusesHistogram(fields: object, message: string): void {
  const metric = [{ histogram: fields }];
  const document = encodeFamilies([{ name: 'a', type: 'HISTOGRAM', metric }]);
  throws(() => parseProtobuf(document), { name: 'ParseError', message });
}

describe('parseProtobuf, of histograms,', () => {
  it('reads a bucket for +Inf, with or without its own', () => {
    const bucket = [{ cumulativeCount: 1, upperBound: 0.5 }];
    const ending = { cumulativeCount: 3, upperBound: Infinity, exemplar: { value: 9 } };
    deepEqual(histogram({ sampleCount: 3, sampleSum: 4, bucket }), [
      'histogram',
      [0.5],
      [1, 3],
      4,
      null,
      null,
    ]);
    deepEqual(histogram({ sampleCount: 3, bucket: [...bucket, ending] }), [
      'histogram',
      [0.5],
      [1, 3],
      null,
      null,
      [null, { labels: {}, value: 9, timestamp: null }],
    ]);
  });

  it('prefers counts that are floats where they are above 0', () => {
    deepEqual(
      histogram({
        sampleCount: 3,
        sampleCountFloat: 3.5,
        bucket: [{ cumulativeCount: 2, cumulativeCountFloat: 0, upperBound: 1 }],
      }),
      ['histogram', [1], [2, 3.5], null, null, null],
    );
  });

  it('keeps the lines of buckets that are none', () => {
    const line = (suffix: string, own: string | null, value: number) => [
      'sample',
      suffix,
      own === null ? null : ['le', own],
      value,
    ];
    const bucket = [
      { cumulativeCount: 2, upperBound: 1 },
      { cumulativeCount: 1, upperBound: 2 },
    ];
    const metric = [{ histogram: { sampleCount: 5, sampleSum: 4, bucket } }];
    deepEqual(pointsOf({ type: 'HISTOGRAM', metric }), [
      line('_bucket', '1.0', 2),
      line('_bucket', '2.0', 1),
      line('_bucket', '+Inf', 5),
      line('_sum', null, 4),
      line('_count', null, 5),
    ]);
    const racing = { sampleCount: 5, bucket: [{ cumulativeCount: 6, upperBound: Infinity }] };
    deepEqual(pointsOf({ type: 'GAUGE_HISTOGRAM', metric: [{ histogram: racing }] }), [
      line('_bucket', '+Inf', 6),
      line('_gcount', null, 5),
    ]);
  });

  it('reads spans however they are split, and leaves out buckets that hold nothing', () => {
    const native = { schema: 3, zeroThreshold: 0.5, zeroCount: 1, sampleCount: 10 };
    const expected = [
      'histogram',
      [],
      [10],
      null,
      null,
      null,
      {
        schema: 3,
        zeroThreshold: 0.5,
        zeroCount: 1,
        positive: [
          [-2, 3],
          [0, 1],
          [7, 4],
        ],
        negative: [[4, 1]],
        exemplars: [],
        customBounds: [],
      },
    ];
    const negative = { negativeSpan: [{ offset: 4, length: 1 }] };
    deepEqual(
      histogram({
        ...native,
        ...negative,
        negativeDelta: [1],
        positiveSpan: [
          { offset: -2, length: 3 },
          { offset: 0, length: 1 },
          { offset: 5, length: 1 },
        ],
        positiveDelta: [3, -3, 1, -1, 4],
      }),
      expected,
    );
    deepEqual(
      histogram({
        ...native,
        ...negative,
        negativeCount: [1],
        positiveSpan: [
          { offset: -2, length: 1 },
          { offset: 1, length: 1 },
          { offset: 6, length: 1 },
        ],
        positiveCount: [3, 1, 4],
      }),
      expected,
    );
  });

  it('reads repeated numbers that stand in one field', () => {
    // sample_count 3, span of 2 at 0, deltas 1 and 1 packed; the name, the type and the metric.
    const inner = '08 03 62 04 0800 1002 6a 02 0202';
    const document = bytes(`17 0a01 61 1804 22 10 3a 0e ${inner}`);
    document[0] = document.length - 1;
    document[7] = document.length - 8;
    document[9] = document.length - 10;
    const [family] = parseProtobuf(document);
    const { point } = recordFamily(family!).points[0]!;
    deepEqual((point.at(-1) as { positive: unknown }).positive, [
      [0, 1],
      [1, 2],
    ]);
  });

  it('takes a histogram with a span of nothing for a native one, and any other for a classic one', () => {
    const isNative = (fields: object) => (histogram(fields) as unknown[]).length === 7;
    equal(isNative({ schema: 3, positiveSpan: [{ offset: 0, length: 0 }] }), true);
    equal(isNative({ schema: 3, zeroThreshold: 1 }), true);
    equal(isNative({ schema: 3, zeroCountFloat: 1, sampleCountFloat: 1 }), true);
    equal(isNative({ schema: 3, sampleCount: 0 }), false);
  });

  it('keeps the exemplars of native buckets that have a time, by value', () => {
    const exemplars = [
      { value: 3, timestamp: { seconds: 1 } },
      { value: 2 },
      { value: 1, timestamp: {} },
    ];
    const native = (histogram({ zeroThreshold: 1, exemplars }) as unknown[]).at(-1);
    deepEqual(
      (native as { exemplars: { value: number }[] }).exemplars.map(({ value }) => value),
      [1, 3],
    );
  });

  it('refuses native histograms that Prometheus refuses', () => {
    const at = 'protobuf "byte 9": ';
    const span = [{ offset: 0, length: 1 }];
    refusesHistogram(
      { schema: 9, positiveSpan: span },
      `${at}a histogram of another schema, expected -4 to 8, got 9`,
    );
    refusesHistogram(
      { positiveSpan: [{ offset: 0, length: 4_000_000_000 }] },
      `${at}spans without their buckets, expected 4000000000 buckets, got 0`,
    );
    refusesHistogram(
      { positiveSpan: span, positiveDelta: [1, 1] },
      `${at}spans without their buckets, expected 1 buckets, got 2`,
    );
    refusesHistogram(
      { positiveSpan: [{ offset: 0, length: 2 }], positiveDelta: [1, -2] },
      `${at}no count, expected a number from 0, got -1`,
    );
    refusesHistogram(
      { positiveSpan: [...span, { offset: -1, length: 1 }], positiveDelta: [1, 1] },
      `${at}spans that overlap, expected a gap, got -1`,
    );
    refusesHistogram(
      { positiveSpan: [{ offset: 2 ** 31 - 1, length: 2 }], positiveDelta: [1, 1] },
      `${at}no bucket, expected an index of 32 bits, got 2147483648`,
    );
    refusesHistogram(
      { sampleCount: 4, zeroCount: 1, positiveSpan: span, positiveDelta: [2] },
      `${at}a count other than that of all buckets, expected 3, got 4`,
    );
    const ofNaN = { sampleCount: 4, sampleSum: Number.NaN, zeroCount: 1 };
    ok(histogram(ofNaN));
    refusesHistogram(
      { ...ofNaN, sampleCount: 0 },
      `${at}a count other than that of all buckets, expected 1, got 0`,
    );
    refusesHistogram(
      { zeroThreshold: -1, zeroCount: 1 },
      `${at}no zero threshold, expected a number from 0, got -1`,
    );
  });
});

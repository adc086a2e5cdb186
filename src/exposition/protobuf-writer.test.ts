import { deepEqual, equal, ok } from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { handMadeFamily } from '../../test/hand-made-family.ts';
import { nativeBuckets, nativeHistogram } from '../../test/native-buckets.ts';
import { decodeFamilies, splitMessages } from '../../test/oracle/protobuf.ts';
import type { Exemplar } from '../model/exemplar.ts';
import type { FamilyWriter, HistogramPoint, MetricFamily } from '../model/family.ts';
import { GaugeMetricFamily } from '../model/number-families.ts';
import { toProtobuf, writeProtobuf } from './protobuf.ts';

const goldenFile = new URL('../../../shared/fixtures/native/protobuf_golden.json', import.meta.url);
const withoutGolden = !existsSync(goldenFile) && 'no fixtures beside the repository';

const exemplar: Exemplar = { labels: { trace_id: 'a1' }, value: 1, timestamp: 1700000000.5 };

const empty: HistogramPoint = {
  bounds: [],
  cells: [0],
  index: 0,
  cumulative: false,
  sum: 0,
  created: undefined,
  exemplars: undefined,
};

const sparse: HistogramPoint = {
  ...empty,
  cells: [7],
  sum: 9.5,
  created: 1700000000,
  native: nativeHistogram({
    schema: 3,
    zeroThreshold: 2 ** -128,
    zeroCount: 1,
    negative: nativeBuckets([-3, 1]),
    positive: nativeBuckets([-2, 2], [-1, 1], [4, 2]),
  }),
};

/** A family of the given type with help `h`, which calls the writer as it is told. */
function family(
  header: Parameters<typeof handMadeFamily>[0],
  ...metrics: ((writer: FamilyWriter) => void)[]
): MetricFamily {
  return handMadeFamily({ help: 'h', ...header }, metrics);
}

async function decoded(...families: MetricFamily[]): Promise<unknown[]> {
  return decodeFamilies(await toProtobuf({ collect: () => families }));
}

/** The metrics of the first family, as protobufjs reads them. */
async function metrics(...args: Parameters<typeof family>): Promise<unknown> {
  const [first] = (await decoded(family(...args))) as { metric: unknown }[];
  return first?.metric;
}

describe('writeProtobuf', () => {
  it('writes the very bytes of protoc', { skip: withoutGolden }, async () => {
    const golden = JSON.parse(readFileSync(goldenFile, 'utf8')) as Record<string, { hex: string }>;
    const families = {
      c: family({ name: 'http_requests', type: 'counter', labelNames: ['code'] }, (writer) => {
        writer.label(0, '200');
        writer.number(3, 1700000000, exemplar);
      }),
      n: family({ name: 'd_seconds', type: 'histogram', unit: 'seconds' }, (writer) =>
        writer.histogram(sparse),
      ),
      z: family({ name: 'e', type: 'histogram' }, (writer) =>
        writer.histogram({ ...empty, native: nativeHistogram({ schema: 3 }) }),
      ),
    };
    for (const [key, made] of Object.entries(families)) {
      const [message] = splitMessages(await toProtobuf({ collect: () => [made] }));
      equal(Buffer.from(message!).toString('hex'), golden[key]!.hex, key);
    }
  });

  it('writes single numbers of each type, with their labels and times', async () => {
    const labelled = { labelNames: ['a', 'b'], constantLabels: [['c', 'é']] as const };
    deepEqual(
      await decoded(
        family(
          { name: 'a', type: 'counter', unit: 'bytes', ...labelled },
          (writer) => {
            writer.label(0, 'x');
            writer.label(1, '🦀');
            writer.number(1, 1700000000.25);
          },
          (writer) => {
            writer.label(1, '');
            writer.at({ seconds: -1, nanos: 500_000_000 });
            writer.number(Number.NaN);
          },
        ),
        family({ name: 'b', type: 'gauge' }, (writer) => writer.number(-0, 5, exemplar)),
        family({ name: 'd', type: 'unknown', help: '' }, (writer) => {
          writer.at(1700000000.123);
          writer.number(-Infinity);
        }),
        family({ name: 'e', type: 'gauge' }),
      ),
      [
        {
          name: 'a_total',
          help: 'h',
          type: 'COUNTER',
          metric: [
            {
              label: [
                { name: 'c', value: 'é' },
                { name: 'a', value: 'x' },
                { name: 'b', value: '🦀' },
              ],
              counter: { value: 1, startTimestamp: { seconds: 1700000000, nanos: 250_000_000 } },
            },
            {
              label: [
                { name: 'c', value: 'é' },
                { name: 'a', value: 'x' },
                { name: 'b', value: '' },
              ],
              counter: { value: Number.NaN },
              timestampMs: -500,
            },
          ],
          unit: 'bytes',
        },
        { name: 'b', help: 'h', type: 'GAUGE', metric: [{ gauge: { value: -0 } }] },
        {
          name: 'd',
          help: '',
          type: 'UNTYPED',
          metric: [{ untyped: { value: -Infinity }, timestampMs: 1700000000123 }],
        },
        { name: 'e', help: 'h', type: 'GAUGE' },
      ],
    );
  });

  it('writes info metrics and state sets as gauges', async () => {
    deepEqual(
      await decoded(
        family({ name: 'a', type: 'info', labelNames: ['b'] }, (writer) => {
          writer.label(0, 'x');
          writer.info([['c', 'y']]);
          writer.info([]);
        }),
        family({ name: 'd', type: 'stateset' }, (writer) => {
          writer.at(2);
          writer.stateSet(['on', 'off'], (state) => state === 1);
          writer.stateSet(['on'], () => true);
        }),
      ),
      [
        {
          name: 'a_info',
          help: 'h',
          type: 'GAUGE',
          metric: [
            {
              label: [
                { name: 'b', value: 'x' },
                { name: 'c', value: 'y' },
              ],
              gauge: { value: 1 },
            },
            { label: [{ name: 'b', value: 'x' }], gauge: { value: 1 } },
          ],
        },
        {
          name: 'd',
          help: 'h',
          type: 'GAUGE',
          metric: [
            { label: [{ name: 'd', value: 'on' }], gauge: { value: 0 }, timestampMs: 2000 },
            { label: [{ name: 'd', value: 'off' }], gauge: { value: 1 }, timestampMs: 2000 },
            { label: [{ name: 'd', value: 'on' }], gauge: { value: 1 } },
          ],
        },
      ],
    );
  });

  it('writes summaries, without the count or sum that nobody gave', async () => {
    const point = { quantiles: [0.5, 1], values: [2, Infinity], count: 300, sum: -1.5, created: 7 };
    deepEqual(
      await metrics(
        { name: 'a', type: 'summary' },
        (writer) => writer.summary(point),
        (writer) =>
          writer.summary({
            quantiles: [],
            values: [],
            count: undefined,
            sum: undefined,
            created: undefined,
          }),
      ),
      [
        {
          summary: {
            sampleCount: 300,
            sampleSum: -1.5,
            quantile: [
              { quantile: 0.5, value: 2 },
              { quantile: 1, value: Infinity },
            ],
            startTimestamp: { seconds: 7 },
          },
        },
        { summary: {} },
      ],
    );
  });

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

  it('leaves out exemplars that are too long, and whole single lines of histograms', async () => {
    const long = { labels: { k: 'x'.repeat(128) }, value: 1 };
    deepEqual(
      await decoded(
        family({ name: 'a', type: 'counter' }, (writer) => writer.number(1, undefined, long)),
        family({ name: 'b', type: 'histogram' }, (writer) => writer.sample('_sum', undefined, 1)),
        family({ name: 'd', type: 'counter' }, (writer) => {
          writer.sample('_total', ['e', 'x'], 2);
          writer.sample('_created', undefined, 3);
        }),
      ),
      [
        { name: 'a_total', help: 'h', type: 'COUNTER', metric: [{ counter: { value: 1 } }] },
        { name: 'b', help: 'h', type: 'HISTOGRAM' },
        {
          name: 'd_total',
          help: 'h',
          type: 'COUNTER',
          metric: [{ label: [{ name: 'e', value: 'x' }], counter: { value: 2 } }],
        },
        {
          name: 'promethium_exposition_omissions',
          help: 'What this exposition does not show: families by name, label, walk or shape, points by format.',
          type: 'GAUGE',
          metric: [
            {
              label: [
                { name: 'family', value: 'b' },
                { name: 'reason', value: 'format' },
              ],
              gauge: { value: 1 },
            },
          ],
        },
      ],
    );
  });

  it('writes names in the scheme asked for, and without quotes as they are', async () => {
    const named = family(
      { name: 'http.requests', type: 'counter', labelNames: ['http.status'] },
      (writer) => {
        writer.label(0, '200');
        writer.number(1, undefined, { labels: { 'trace.id': 'a' }, value: 1 });
      },
    );
    const namesIn = async (escaping?: 'underscores' | 'dots' | 'values' | 'allow-utf-8') => {
      const options = escaping === undefined ? {} : { escaping };
      const bytes = await toProtobuf({ collect: () => [named] }, options);
      const [shown] = decodeFamilies(bytes) as [
        {
          name: string;
          metric: [
            { label: [{ name: string }]; counter: { exemplar: { label: [{ name: string }] } } },
          ];
        },
      ];
      const [{ label, counter }] = shown.metric;
      return [shown.name, label[0].name, counter.exemplar.label[0].name];
    };
    deepEqual(await namesIn(), ['http_requests_total', 'http_status', 'trace_id']);
    deepEqual(await namesIn('underscores'), ['http_requests_total', 'http_status', 'trace_id']);
    deepEqual(await namesIn('dots'), [
      'http_dot_requests__total',
      'http_dot_status',
      'trace_dot_id',
    ]);
    deepEqual(await namesIn('values'), [
      'U__http_2e_requests__total',
      'U__http_2e_status',
      'U__trace_2e_id',
    ]);
    deepEqual(await namesIn('allow-utf-8'), ['http.requests_total', 'http.status', 'trace.id']);
  });

  it('writes labels and texts of any length', async () => {
    const lengths = [
      0, 1, 100, 118, 119, 120, 126, 127, 128, 129, 255, 256, 16_379, 16_380, 16_384,
    ];
    const values = lengths.flatMap((length) => ['x'.repeat(length), `${'y'.repeat(length)}é`]);
    for (const constant of ['c', 'c'.repeat(300)]) {
      const made = family(
        { name: 'a', type: 'gauge', labelNames: ['b', 'd'], constantLabels: [['e', constant]] },
        (writer) => {
          for (const value of values) {
            writer.label(0, value);
            for (const inner of ['', 'z', value]) {
              writer.label(1, inner);
              writer.number(1);
            }
          }
        },
        (writer) => {
          // Behind a length whose bytes, with the next ones, would be a NaN.
          writer.label(0, 'x'.repeat(16_383));
          writer.number(2);
          writer.label(0, 'short');
          writer.number(3);
        },
      );
      const bytes = await toProtobuf({ collect: () => [made, made] });
      const shown = (decodeFamilies(bytes) as { metric: { label: { value: string }[] }[] }[])
        .flatMap(({ metric }) => metric)
        .map(({ label }) => label.map(({ value }) => value));
      const expected = [
        ...values.flatMap((value) => ['', 'z', value].map((inner) => [constant, value, inner])),
        [constant, 'x'.repeat(16_383)],
        [constant, 'short'],
      ];
      deepEqual(shown, [...expected, ...expected]);
    }
  });

  it('writes a family longer than a chunk as messages of one name, each of them whole', async () => {
    const made = new GaugeMetricFamily({
      name: 'a_bytes',
      help: 'h',
      unit: 'bytes',
      labelNames: ['b'],
    });
    for (let i = 0; i < 10_000; i++) made.addMetric([i], i);
    let last = -1;
    let chunks = 0;
    for await (const chunk of writeProtobuf({ collect: () => [made] })) {
      ok(chunk.length < 64 * 1024, `${chunk.length} bytes`);
      chunks++;
      for (const { metric, ...header } of decodeFamilies(chunk) as {
        metric: { label: [{ value: string }]; gauge: { value: number } }[];
      }[]) {
        deepEqual(header, { name: 'a_bytes', help: 'h', type: 'GAUGE', unit: 'bytes' });
        for (const { label, gauge } of metric) {
          equal(gauge.value, ++last);
          equal(label[0].value, `${last}`);
        }
      }
    }
    equal(last, 9999);
    equal(chunks, 5);
  });

  it('writes a point that is longer than a chunk, and than a megabyte', async () => {
    for (const size of [10_000, 200_000]) {
      const bounds = Array.from({ length: size }, (_, i) => i);
      const cells = Float64Array.from({ length: size + 1 }, () => 1);
      const [first] = (await decoded(
        family({ name: 'a', type: 'histogram' }, (writer) =>
          writer.histogram({ ...empty, bounds, cells }),
        ),
        family({ name: 'b', type: 'gauge' }),
      )) as [{ metric: [{ histogram: { bucket: { upperBound: number }[] } }] }, unknown];
      const { bucket } = first.metric[0].histogram;
      deepEqual(
        bucket.map(({ upperBound }) => upperBound),
        bounds,
      );
    }
  });

  it('leaves out a family that throws, and keeps those beside it', async () => {
    const fail = (): never => {
      throw new Error('no value');
    };
    const gauge = (name: string) => family({ name, type: 'gauge' }, (writer) => writer.number(1));
    const names = (
      (await decoded(
        gauge('a'),
        family({ name: 'b', type: 'gauge' }, (writer) => writer.number(1), fail),
        gauge('d'),
      )) as { name: string; metric: unknown[] }[]
    ).map(({ name, metric }) => [name, metric.length]);
    deepEqual(names, [
      ['a', 1],
      ['d', 1],
      ['promethium_exposition_omissions', 1],
    ]);
  });

  it('leaves out times that are none', async () => {
    deepEqual(
      await metrics({ name: 'a', type: 'counter' }, (writer) => {
        writer.at(Number.NaN);
        writer.number(1, Infinity, { labels: {}, value: 1, timestamp: { seconds: 1, nanos: 1e9 } });
      }),
      [{ counter: { value: 1, exemplar: { value: 1 } } }],
    );
  });
});

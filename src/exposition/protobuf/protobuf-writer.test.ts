import { deepEqual, equal } from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { decoded, empty, exemplar, family, metrics } from '../../../test/decoded-families.ts';
import { nativeBuckets, nativeHistogram } from '../../../test/native-buckets.ts';
import { decodeFamilies, splitMessages } from '../../../test/oracle/protobuf.ts';
import type { HistogramPoint } from '../../model/family.ts';
import { toProtobuf } from './protobuf.ts';

const goldenFile = new URL(
  '../../../../shared/fixtures/native/protobuf_golden.json',
  import.meta.url,
);
const withoutGolden = !existsSync(goldenFile) && 'no fixtures beside the repository';

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

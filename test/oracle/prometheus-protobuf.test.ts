import { deepEqual, equal, ok } from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { PROTOBUF, parseProtobuf } from '../../src/exposition/index.ts';
import { type MetricsServer, startHttpServer } from '../../src/http/node/index.ts';
import { Counter, GaugeMetricFamily, Histogram } from '../../src/index.ts';
import { histogramQuantile, histogramSnapshot } from '../../src/testing/index.ts';
import { recordFamily } from '../recorded-family.ts';
import {
  COLLECTOR_SERIES,
  EXEMPLAR_TIME,
  everyMetric,
  HOSTILE_HELP,
  INSTRUMENT_SERIES,
} from './every-metric.ts';
import { inOrder, Prometheus, prometheusName, withoutPrometheus } from './prometheus.ts';

const MANY = 20_000;

/** What Prometheus sends that is to keep native histograms. */
const ACCEPT =
  'application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited,text/plain;version=0.0.4;q=0.5,*/*;q=0.1';

/** Every metric, native histograms, and a family that is longer than a chunk. */
function makeRegistry(): ReturnType<typeof everyMetric> {
  const registry = everyMetric();
  const delay = new Histogram({
    name: 'delay_seconds',
    help: 'Delays.',
    labelNames: ['route'],
    nativeFactor: 1.1,
    registry,
  });
  for (const value of [0, -0.75, 0.8, 0.8, 0.9, 3]) delay.labels('/').observe(value);
  delay.labels('/').observe(100);
  const both = new Histogram({
    name: 'both_seconds',
    help: 'Both.',
    buckets: [1, 2],
    nativeFactor: 2,
    registry,
  });
  for (let i = 1; i <= 100; i++) both.observe(i / 10);
  both.observe(7.5, { exemplar: { trace_id: 'abc' } });
  const many = new GaugeMetricFamily({ name: 'many', help: 'Many.', labelNames: ['i'] });
  for (let i = 0; i < MANY; i++) many.addMetric([i], i);
  registry.register({ collect: () => [many] });
  new Counter({ name: 'last_total', help: 'Behind the long one.', registry }).inc(7);
  return registry;
}

describe('startHttpServer', () => {
  it('answers in protobuf who asks for it, compressed where that is asked for', async () => {
    const server = await startHttpServer({ port: 0, host: '127.0.0.1', registry: makeRegistry() });
    try {
      for (const coding of ['gzip', 'identity']) {
        const response = await fetch(`http://127.0.0.1:${server.port}/metrics`, {
          headers: { accept: ACCEPT, 'accept-encoding': coding },
        });
        equal(response.headers.get('content-type'), PROTOBUF.contentType);
        equal(response.headers.get('content-encoding'), coding === 'gzip' ? 'gzip' : null);
        const families = parseProtobuf(new Uint8Array(await response.arrayBuffer()));
        const many = families.filter(({ name }) => name === 'many').map(recordFamily);
        deepEqual(
          many.map(({ points }) => points.length),
          [MANY],
        );
      }
    } finally {
      await server.close();
    }
  });
});

describe(`protobuf, scraped by ${prometheusName}`, { skip: withoutPrometheus }, () => {
  const registry = makeRegistry();
  let server: MetricsServer;
  let prometheus: Prometheus;

  before(async () => {
    server = await startHttpServer({ port: 0, host: '127.0.0.1', registry });
    const jobs = { protobuf: [`127.0.0.1:${server.port}`] };
    prometheus = await Prometheus.start(jobs, { nativeHistograms: true });
    await prometheus.scraped('protobuf');
  });

  after(async () => {
    await prometheus?.[Symbol.asyncDispose]();
    await server?.close();
  });

  it('shows every series to the last digit', async () => {
    // This Prometheus forgets the suffixes of classic gauge histograms.
    const series = COLLECTOR_SERIES.filter(([name]) => !name.startsWith('queue_age'));
    deepEqual(
      await prometheus.query(
        '{job="protobuf", __name__!~"many|last_total|both.*|delay.*|queue_age.*"}',
      ),
      inOrder([...INSTRUMENT_SERIES, ...series]),
    );
  });

  it('shows a family that is longer than a chunk whole, and what stands behind it', async () => {
    equal(await prometheus.value('count(many)'), MANY);
    equal(await prometheus.value('sum(many)'), (MANY * (MANY - 1)) / 2);
    equal(await prometheus.value('last_total'), 7);
  });

  it('describes families with the types that protobuf has', async () => {
    deepEqual(await prometheus.metadata('protobuf'), {
      jobs_total: { type: 'counter', help: HOSTILE_HELP, unit: '' },
      read_bytes_total: { type: 'counter', help: 'Read.', unit: '' },
      level: { type: 'gauge', help: 'Level.', unit: '' },
      size_bytes: { type: 'summary', help: 'Sizes.', unit: '' },
      duration_seconds: { type: 'histogram', help: 'Durations.', unit: '' },
      build_info: { type: 'gauge', help: 'Build.', unit: '' },
      breaker: { type: 'gauge', help: 'Breaker.', unit: '' },
      packets_total: { type: 'counter', help: 'Packets.', unit: '' },
      // This Prometheus does not read the unit.
      room_celsius: { type: 'gauge', help: '', unit: '' },
      age_seconds: { type: 'summary', help: 'Ages.', unit: '' },
      delta: { type: 'histogram', help: 'Deltas.', unit: '' },
      queue_age: { type: 'gaugehistogram', help: 'Waiting.', unit: '' },
      node_info: { type: 'gauge', help: 'Nodes.', unit: '' },
      flag: { type: 'gauge', help: 'Flags.', unit: '' },
      foreign: { type: 'unknown', help: 'Who knows.', unit: '' },
      delay_seconds: { type: 'histogram', help: 'Delays.', unit: '' },
      both_seconds: { type: 'histogram', help: 'Both.', unit: '' },
      many: { type: 'gauge', help: 'Many.', unit: '' },
      last_total: { type: 'counter', help: 'Behind the long one.', unit: '' },
    });
  });

  it('shows native histograms bucket by bucket', async () => {
    deepEqual(await prometheus.histogram('delay_seconds{route="/"}'), {
      count: 7,
      sum: 104.75,
      buckets: [
        [-0.7711054127039704, -0.7071067811865475, 1],
        [-(2 ** -128), 2 ** -128, 1],
        [0.7711054127039704, 0.8408964152537144, 2],
        [0.8408964152537144, 0.9170040432046711, 1],
        [2.82842712474619, 3.0844216508158815, 1],
        [98.70149282610821, 107.63474115247544, 1],
      ],
    });
    deepEqual(await prometheus.histogram('both_seconds'), {
      count: 101,
      sum: 512.5,
      buckets: [
        [0.0625, 0.125, 1],
        [0.125, 0.25, 1],
        [0.25, 0.5, 3],
        [0.5, 1, 5],
        [1, 2, 10],
        [2, 4, 20],
        [4, 8, 41],
        [8, 16, 20],
      ],
    });
  });

  it('answers questions for quantiles', async () => {
    // The 50.5th of 101 is 10.5 of 41 into the bucket from 4 to 8.
    equal(
      await prometheus.value('histogram_quantile(0.5, both_seconds)'),
      4 + (8 - 4) * (10.5 / 41),
    );
    const series = [
      ['both_seconds', {}],
      ['delay_seconds', { route: '/' }],
    ] as const;
    for (const [name, labels] of series) {
      const snapshot = (await histogramSnapshot(registry, name, labels))!;
      for (const q of [0, 0.01, 0.1, 0.2, 0.25, 0.3, 0.5, 0.75, 0.9, 0.99, 0.999, 1]) {
        // This Prometheus takes values to lie evenly in a bucket.
        const own = histogramQuantile(q, snapshot, { interpolation: 'linear' });
        equal(await prometheus.value(`histogram_quantile(${q}, ${name})`), own, `${q} of ${name}`);
      }
    }
    equal(await prometheus.value('histogram_count(both_seconds)'), 101);
    equal(await prometheus.value('histogram_sum(delay_seconds)'), 104.75);
  });

  it('keeps the exemplars of counters and of classic buckets', async () => {
    // This Prometheus reads no other exemplars, of native histograms too.
    const expected = [
      ['packets_total', { trace_id: '漢' }, '0.25'],
      ['delta_bucket', { trace_id: '漢' }, '0.25'],
      ['both_seconds', { trace_id: 'abc' }, '7.5'],
    ] as const;
    for (const [name, labels, value] of expected) {
      const [exemplar, ...others] = await prometheus.exemplars(name);
      deepEqual([exemplar?.labels, exemplar?.value, others], [labels, value, []], name);
      // Prometheus keeps milliseconds.
      const time = name === 'both_seconds' ? exemplar!.timestamp : EXEMPLAR_TIME;
      ok(Math.abs(exemplar!.timestamp - time) <= 0.001);
    }
  });
});

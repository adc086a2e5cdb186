import { deepEqual, equal, ok } from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, it } from 'node:test';
import {
  type MetricsServer,
  nodeMetricsHandler,
  startHttpServer,
} from '../../src/http/node/index.ts';
import {
  COLLECTOR_SERIES,
  EXEMPLAR_TIME,
  everyMetric,
  HOSTILE_HELP,
  INSTRUMENT_SERIES,
} from './every-metric.ts';
import { inOrder, Prometheus, prometheusName, withoutPrometheus } from './prometheus.ts';

/** Serves text whatever the client prefers: this Prometheus always prefers OpenMetrics. */
async function startTextServer(registry: ReturnType<typeof everyMetric>): Promise<Server> {
  const answer = nodeMetricsHandler({ registry });
  const server = createServer((request, response) => {
    delete request.headers.accept;
    void answer(request, response);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return server;
}

describe(`a single process, scraped by ${prometheusName}`, { skip: withoutPrometheus }, () => {
  let server: MetricsServer;
  let textServer: Server;
  let prometheus: Prometheus;

  before(async () => {
    const registry = everyMetric();
    server = await startHttpServer({ port: 0, host: '127.0.0.1', registry });
    textServer = await startTextServer(registry);
    prometheus = await Prometheus.start({
      openmetrics: [`127.0.0.1:${server.port}`],
      text: [`127.0.0.1:${(textServer.address() as AddressInfo).port}`],
    });
    await Promise.all([prometheus.scraped('openmetrics'), prometheus.scraped('text')]);
  });

  after(async () => {
    await prometheus?.[Symbol.asyncDispose]();
    await server?.close();
    textServer?.closeAllConnections();
    textServer?.close();
  });

  for (const job of ['openmetrics', 'text']) {
    it(`is known by Prometheus to the last digit, by way of ${job}`, async () => {
      const expected = inOrder([...INSTRUMENT_SERIES, ...COLLECTOR_SERIES]);
      deepEqual(await prometheus.query(`{job="${job}"}`), expected);
      // Adding 0 takes its name away, by which Prometheus' own series are left out.
      equal(await prometheus.value(`scrape_samples_scraped{job="${job}"} + 0`), expected.length);
    });
  }

  it('is described to Prometheus in OpenMetrics by family, with all its types and units', async () => {
    deepEqual(await prometheus.metadata('openmetrics'), {
      jobs: { type: 'counter', help: HOSTILE_HELP, unit: '' },
      read_bytes: { type: 'counter', help: 'Read.', unit: '' },
      level: { type: 'gauge', help: 'Level.', unit: '' },
      size_bytes: { type: 'summary', help: 'Sizes.', unit: '' },
      duration_seconds: { type: 'histogram', help: 'Durations.', unit: '' },
      build: { type: 'info', help: 'Build.', unit: '' },
      breaker: { type: 'stateset', help: 'Breaker.', unit: '' },
      packets: { type: 'counter', help: 'Packets.', unit: '' },
      room_celsius: { type: 'gauge', help: '', unit: 'celsius' },
      age_seconds: { type: 'summary', help: 'Ages.', unit: 'seconds' },
      delta: { type: 'histogram', help: 'Deltas.', unit: '' },
      queue_age: { type: 'gaugehistogram', help: 'Waiting.', unit: '' },
      node: { type: 'info', help: 'Nodes.', unit: '' },
      flag: { type: 'stateset', help: 'Flags.', unit: '' },
      foreign: { type: 'unknown', help: 'Who knows.', unit: '' },
    });
  });

  it('is described to Prometheus in text by sample name, with the types that text has', async () => {
    deepEqual(await prometheus.metadata('text'), {
      jobs_total: { type: 'counter', help: HOSTILE_HELP, unit: '' },
      read_bytes_total: { type: 'counter', help: 'Read.', unit: '' },
      level: { type: 'gauge', help: 'Level.', unit: '' },
      size_bytes: { type: 'summary', help: 'Sizes.', unit: '' },
      duration_seconds: { type: 'histogram', help: 'Durations.', unit: '' },
      build_info: { type: 'gauge', help: 'Build.', unit: '' },
      breaker: { type: 'gauge', help: 'Breaker.', unit: '' },
      packets_total: { type: 'counter', help: 'Packets.', unit: '' },
      room_celsius: { type: 'gauge', help: '', unit: '' },
      age_seconds: { type: 'summary', help: 'Ages.', unit: '' },
      delta: { type: 'histogram', help: 'Deltas.', unit: '' },
      queue_age: { type: 'histogram', help: 'Waiting.', unit: '' },
      queue_age_gcount: { type: 'gauge', help: 'Waiting.', unit: '' },
      queue_age_gsum: { type: 'gauge', help: 'Waiting.', unit: '' },
      node_info: { type: 'gauge', help: 'Nodes.', unit: '' },
      flag: { type: 'gauge', help: 'Flags.', unit: '' },
      foreign: { type: 'unknown', help: 'Who knows.', unit: '' },
    });
  });

  it('hands its exemplars to Prometheus, on counters and buckets', async () => {
    for (const name of ['packets_total', 'delta_bucket']) {
      const [exemplar, ...more] = await prometheus.exemplars(name);
      ok(exemplar);
      deepEqual(more, []);
      deepEqual(exemplar.labels, { trace_id: '漢' });
      equal(exemplar.value, '0.25');
      // Prometheus keeps milliseconds.
      ok(Math.abs(exemplar.timestamp - EXEMPLAR_TIME) <= 0.001);
    }
  });
});

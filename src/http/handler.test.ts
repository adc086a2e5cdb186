import { deepEqual, equal, ok, rejects } from 'node:assert/strict';
import { createServer } from 'node:http';
import { describe, it } from 'node:test';
import { askOver, httpContract, ownHeaders, type Served } from '../../test/contracts/http.ts';
import { countedBy, httpCrowdContract } from '../../test/contracts/http-crowd.ts';
import { gauges, LargeSource, PendingSource } from '../../test/contracts/http-sources.ts';
import { listen } from '../../test/serving.ts';
import { CollectorRegistry } from '../metrics/registry/registry.ts';
import { type MetricsHandlerOptions, metricsHandler } from './index.ts';

async function serve(options: MetricsHandlerOptions): Promise<Served> {
  const handle = metricsHandler(options);
  return {
    async ask({ method = 'GET', query = '', headers = {} }) {
      const request = new Request(`http://localhost/metrics${query}`, { method, headers });
      const response = await handle(request);
      return {
        status: response.status,
        headers: ownHeaders(response.headers),
        body: Buffer.from(await response.arrayBuffer()),
      };
    },
    async [Symbol.asyncDispose]() {},
  };
}

httpContract('metricsHandler', serve);
httpCrowdContract('metricsHandler', serve);

function ask(headers: Record<string, string> = {}): Request {
  return new Request('http://localhost/', { headers });
}

describe('metricsHandler', { timeout: 30_000 }, () => {
  it('renders no more than is read', async () => {
    const source = new LargeSource(1_000_000);
    const { body } = await metricsHandler({ registry: source })(ask());
    const reader = body!.getReader();
    const first = await reader.read();
    for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setTimeout(resolve, 0));
    // One chunk, of lines that are 17 bytes or longer.
    ok(source.written < 6_000, `${source.written} metrics were written for one chunk`);
    ok(first.value!.length > 0);
    await reader.cancel();
  });

  for (const encoding of ['identity', 'gzip']) {
    it(`ends the walk when the body is cancelled, ${encoding}`, async () => {
      const source = new LargeSource(10_000_000);
      const reasons: unknown[] = [];
      const handle = metricsHandler({
        registry: source,
        onError: (reason) => reasons.push(reason),
      });
      const { body } = await handle(ask({ 'accept-encoding': encoding }));
      const reader = body!.getReader();
      await reader.read();
      await reader.cancel();
      await source.released;
      ok(source.written < source.count, 'all was rendered for nobody');
      deepEqual(reasons, []);
    });

    it(`breaks the body off where the source fails after its first byte, ${encoding}`, async () => {
      const reasons: unknown[] = [];
      const cause = new Error('half-way');
      const registry = {
        async *collect() {
          yield gauges('before', 10_000);
          throw cause;
        },
      };
      const handle = metricsHandler({ registry, onError: (reason) => reasons.push(reason) });
      const response = await handle(ask({ 'accept-encoding': encoding }));
      equal(response.status, 200);
      await rejects(response.arrayBuffer());
      deepEqual(reasons, [cause]);
    });
  }

  it('lets the event loop turn while it renders', async () => {
    const source = new LargeSource(1_000_000);
    let turns = 0;
    const count = (): void => {
      turns++;
      if (source.written < source.count) setImmediate(count);
    };
    setImmediate(count);
    const { body } = await metricsHandler({ registry: source })(ask());
    for await (const _ of body!);
    // How many is the machine's: a turn every 2 ms of a few hundred.
    ok(turns > 10, `${turns} turns`);
  });

  it('hands out chunks that stay as they are', async () => {
    const { body } = await metricsHandler({ registry: new LargeSource(20_000) })(ask());
    const chunks: Uint8Array[] = [];
    for await (const chunk of body!) chunks.push(chunk);
    ok(chunks.length > 2);
    equal(new Set(chunks.map(({ buffer }) => buffer)).size, chunks.length);
  });

  it('answers a server of Node’s with status 500, and says who is for these', async () => {
    const metrics = new CollectorRegistry();
    const reasons: unknown[] = [];
    const onError = (reason: unknown): number => reasons.push(String(reason));
    const handle = metricsHandler({ metrics, onError });
    await using server = await listen(createServer(handle as never));
    const { status, body } = await askOver(server.url, {});
    deepEqual([status, body.toString()], [500, 'The metrics could not be collected.\n']);
    deepEqual(reasons, [
      "TypeError: metricsHandler: no request, expected a Request, got an object of class IncomingMessage; nodeMetricsHandler() of promethium/http/node is for Node's servers",
    ]);
    deepEqual(
      (await countedBy(metrics)).filter((line) => /code="500"|in_flight/.test(line)),
      [
        'promhttp_metric_handler_requests_total{code="500"} 1',
        'promhttp_metric_handler_requests_in_flight 0',
      ],
    );
  });

  it('leaves a response alone that somebody has begun, and whatever else is beside no request', async () => {
    const handle = metricsHandler({ onError: () => {} }) as (...given: unknown[]) => unknown;
    const begun = {
      headersSent: true,
      writeHead: () => ok(false, 'it was begun'),
      end: () => ok(false, 'it is somebody else’s'),
    };
    for (const given of [[{ headers: {} }, begun], [{}, { headersSent: false }], [null], []]) {
      equal(((await handle(...given)) as Response).status, 500);
    }
  });

  it('drops a scrape that waits for its turn when its client hangs up', async () => {
    const metrics = new CollectorRegistry();
    const registry = new PendingSource();
    const handle = metricsHandler({ registry, metrics, maxConcurrentScrapes: 1 });
    const first = handle(ask());
    await registry.asked;
    const client = new AbortController();
    const waiting = handle(new Request('http://localhost/', { signal: client.signal }));
    await new Promise((resolve) => setTimeout(resolve, 0));
    client.abort();
    await waiting;
    registry.give(gauges('up', 1));
    await (await first).text();
    deepEqual(
      (await countedBy(metrics)).filter((line) => /total/.test(line)),
      [
        'promhttp_metric_handler_requests_total{code="200"} 1',
        'promhttp_metric_handler_requests_total{code="500"} 0',
        'promhttp_metric_handler_requests_total{code="503"} 0',
        'promhttp_metric_handler_requests_total{code="499"} 1',
      ],
    );
  });

  for (const encoding of ['identity', 'gzip']) {
    it(`lends the place of a body that nobody reads to those who wait, ${encoding}`, async () => {
      const limits = { maxConcurrentScrapes: 1, maxQueuedScrapes: 1 };
      const handle = metricsHandler({ registry: new LargeSource(200_000), ...limits });
      const unread = await handle(ask({ 'accept-encoding': encoding }));
      const read = await handle(ask());
      ok((await read.text()).endsWith('large{n="199999"} 199999\n'));
      ok((await unread.arrayBuffer()).byteLength > 100_000);
    });
  }
});

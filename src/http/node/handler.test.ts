import { deepEqual, equal, ok, rejects } from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';
import { askOver, httpContract, type Served } from '../../../test/contracts/http.ts';
import { countedBy, httpCrowdContract } from '../../../test/contracts/http-crowd.ts';
import { gauges, LargeSource, PendingSource } from '../../../test/contracts/http-sources.ts';
import { type Listening, listen } from '../../../test/serving.ts';
import { CollectorRegistry } from '../../metrics/registry/registry.ts';
import { type MetricsHandlerOptions, nodeMetricsHandler } from './index.ts';

function serve(options: MetricsHandlerOptions): Promise<Listening> {
  return listen(createServer(nodeMetricsHandler(options)));
}

async function serveAsked(options: MetricsHandlerOptions): Promise<Served> {
  const server = await serve(options);
  return {
    ask: (question) => askOver(server.url, question),
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

httpContract('nodeMetricsHandler', serveAsked);
httpCrowdContract('nodeMetricsHandler', serveAsked);

/** A client that asks, reads the beginning of the answer, and then nothing more. */
async function stall(port: number, headers = ''): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  socket.write(`GET /metrics HTTP/1.1\r\nHost: h\r\n${headers}\r\n`);
  await once(socket, 'readable');
  return socket;
}

/** Waits until `read` gives the same number for a while, ten seconds at most. */
async function settled(read: () => number): Promise<number> {
  let last = -1;
  for (let same = 0, turns = 0; same < 5; turns++) {
    ok(turns < 400, 'it never came to rest');
    await sleep(25);
    same = read() === last ? same + 1 : 0;
    last = read();
  }
  return last;
}

/** The body of a response that was sent in chunks, as RFC 9112, section 7.1 has them. */
function bodyOf(response: Buffer): Buffer {
  const parts: Buffer[] = [];
  let at = response.indexOf('\r\n\r\n') + 4;
  for (;;) {
    const line = response.indexOf('\r\n', at);
    const length = Number.parseInt(response.toString('latin1', at, line), 16);
    if (length === 0) return Buffer.concat(parts);
    parts.push(response.subarray(line + 2, line + 2 + length));
    at = line + 2 + length + 2;
  }
}

describe('nodeMetricsHandler', { timeout: 30_000 }, () => {
  for (const headers of ['', 'Accept-Encoding: gzip\r\n']) {
    const way = headers === '' ? 'identity' : 'gzip';

    it(`renders little more than a slow client reads, ${way}`, async () => {
      // Compressed, the first gigabytes would fit what the system buffers for a socket.
      const source = new LargeSource(way === 'gzip' ? 40_000_000 : 4_000_000);
      await using server = await serve({ registry: source });
      const socket = await stall(server.port, headers);
      const written = await settled(() => source.written);
      // A system keeps a few MB for each end of a connection; a line is 24 bytes or so.
      const most = way === 'gzip' ? 20_000_000 : 800_000;
      ok(written < most, `${written} metrics were written for a client that reads none`);
      socket.destroy();
      await source.released;
    });

    it(`ends the walk when the client hangs up, ${way}`, async () => {
      const source = new LargeSource(100_000_000);
      await using server = await serve({ registry: source });
      const socket = await stall(server.port, headers);
      socket.destroy();
      await source.released;
      ok(source.written < source.count, 'all was rendered for nobody');
    });

    it(`cuts the connection where the source fails after its first byte, ${way}`, async () => {
      const reasons: unknown[] = [];
      const cause = new Error('half-way');
      const registry = {
        async *collect() {
          yield gauges('before', 10_000);
          throw cause;
        },
      };
      const onError = (reason: unknown): unknown => reasons.push(reason);
      await using server = await serve({ registry, onError });
      await rejects(askOver(server.url, { headers: { 'accept-encoding': way } }), {
        code: 'ECONNRESET',
      });
      deepEqual(reasons, [cause]);
    });
  }

  // How much Node's socket queues before it asks for patience: next to nothing, and many chunks.
  for (const highWaterMark of [1, 1 << 20]) {
    for (const encoding of ['identity', 'gzip']) {
      it(`sends chunks unharmed where ${highWaterMark} bytes are queued, ${encoding}`, async () => {
        const source = new LargeSource(300_000);
        const handle = nodeMetricsHandler({ registry: source });
        await using server = await listen(createServer({ highWaterMark }, handle));
        const socket = await stall(
          server.port,
          `Accept-Encoding: ${encoding}\r\nConnection: close\r\n`,
        );
        await settled(() => source.written);
        const body = bodyOf(await buffer(socket));
        const text = (encoding === 'gzip' ? gunzipSync(body) : body).toString();
        const lines = Array.from({ length: 300_000 }, (_, n) => `large{n="${n}"} ${n}\n`);
        ok(text === `# HELP large Numbers.\n# TYPE large gauge\n${lines.join('')}`);
      });
    }
  }

  it('lets the event loop turn between chunks', async () => {
    const source = new LargeSource(200_000);
    await using server = await serve({ registry: source });
    let turns = 0;
    const count = (): void => {
      turns++;
      if (source.written < source.count) setImmediate(count);
    };
    setImmediate(count);
    const { body } = await askOver(server.url, {});
    ok(turns > body.length / 65_536, `${turns} turns in ${body.length} bytes`);
  });

  it('resolves once the response has ended, by either end', async () => {
    const handle = nodeMetricsHandler({ registry: new LargeSource(10_000_000) });
    const handled: Promise<void>[] = [];
    await using server = await listen(
      createServer((asked, response) => handled.push(handle(asked, response))),
    );
    await askOver(server.url, { method: 'POST' });
    (await stall(server.port)).destroy();
    equal(handled.length, 2);
    await Promise.all(handled);
  });

  for (const method of ['GET', 'POST']) {
    it(`cuts the connection where headers were sent before, ${method}`, async () => {
      const reasons: unknown[] = [];
      const registry = { collect: () => [gauges('up', 1)] };
      const onError = (reason: unknown): unknown => reasons.push(reason);
      const handle = nodeMetricsHandler({ registry, onError });
      let handled: Promise<void> | undefined;
      await using server = await listen(
        createServer((asked, response) => {
          response.writeHead(200, { 'Content-Length': '9' }).flushHeaders();
          handled = handle(asked, response);
        }),
      );
      await rejects(askOver(server.url, { method }), { code: 'ECONNRESET' });
      await handled;
      deepEqual(
        reasons.map((reason) => (reason as NodeJS.ErrnoException).code),
        ['ERR_HTTP_HEADERS_SENT'],
      );
    });

    it(`leaves a response alone that somebody else has given, ${method}`, async () => {
      const registry = { collect: () => [gauges('up', 1)] };
      const handle = nodeMetricsHandler({ registry, onError: () => {} });
      // More than a socket takes at once, so that it is still on its way.
      const given = 'given '.repeat(2_000_000);
      await using server = await listen(
        createServer((asked, response) => {
          response.end(given);
          handle(asked, response);
        }),
      );
      ok((await askOver(server.url, { method })).body.toString() === given);
    });
  }

  it('does not wait for callbacks that middleware forgets', async () => {
    const handle = nodeMetricsHandler({ registry: new LargeSource(50_000) });
    await using server = await listen(
      createServer((asked, response) => {
        const write = response.write.bind(response);
        response.write = (chunk: Uint8Array) => write(chunk);
        handle(asked, response);
      }),
    );
    const { body } = await askOver(server.url, {});
    ok(body.toString().endsWith('large{n="49999"} 49999\n'));
  });

  it('answers a second request on the same connection', async () => {
    await using server = await serve({ registry: { collect: () => [gauges('up', 1)] } });
    const socket = connect(server.port, '127.0.0.1').setEncoding('latin1');
    const ask = 'GET /a?b HTTP/1.1\r\nHost: h\r\n';
    socket.write(`${ask}\r\n${ask}Connection: close\r\n\r\n`);
    let text = '';
    for await (const part of socket) text += part;
    equal(text.split('up{n="0"} 0\n').length, 3);
  });

  it('survives a client that leaves while the source is being asked', async () => {
    let give!: (families: []) => void;
    let ask!: () => void;
    const asked = new Promise<void>((resolve) => {
      ask = resolve;
    });
    const registry = {
      collect: () =>
        new Promise<[]>((resolve) => {
          give = resolve;
          ask();
        }),
    };
    const handle = nodeMetricsHandler({ registry });
    let handled: Promise<void> | undefined;
    let gone: Promise<unknown> | undefined;
    await using server = await listen(
      createServer((asked, response) => {
        gone = once(response, 'close');
        handled = handle(asked, response);
      }),
    );
    const client = request(server.url).on('error', () => {});
    client.end();
    await asked;
    client.destroy();
    await gone;
    give([]);
    await handled;
  });

  it('rejects where it is given a Request and no response, and says who is for these', async () => {
    const handle = nodeMetricsHandler() as unknown as (request: Request) => Promise<void>;
    await rejects(handle(new Request('http://localhost/')), {
      name: 'TypeError',
      message:
        'nodeMetricsHandler: no response, expected a ServerResponse, got undefined; metricsHandler() of promethium/http takes a Request alone',
    });
  });

  it('drops a scrape that waits for its turn when its client hangs up', async () => {
    const metrics = new CollectorRegistry();
    const registry = new PendingSource();
    await using server = await serve({ registry, metrics, maxConcurrentScrapes: 1 });
    const first = askOver(server.url, {});
    await registry.asked;
    const inFlight = async (): Promise<string> => (await countedBy(metrics)).at(-4)!;
    const client = request(server.url).on('error', () => {});
    client.end();
    const gauge = 'promhttp_metric_handler_requests_in_flight';
    while ((await inFlight()) !== `${gauge} 2`) await sleep(1);
    client.destroy();
    while ((await inFlight()) !== `${gauge} 1`) await sleep(1);
    registry.give(gauges('up', 1));
    await first;
    while ((await inFlight()) !== `${gauge} 0`) await sleep(1);
    deepEqual((await countedBy(metrics)).slice(0, 4), [
      'promhttp_metric_handler_requests_total{code="200"} 1',
      'promhttp_metric_handler_requests_total{code="500"} 0',
      'promhttp_metric_handler_requests_total{code="503"} 0',
      'promhttp_metric_handler_requests_total{code="499"} 1',
    ]);
  });

  for (const headers of ['', 'Accept-Encoding: gzip\r\n']) {
    it(`answers others though a client does not read, ${headers === '' ? 'identity' : 'gzip'}`, async () => {
      const sources = [new LargeSource(40_000_000), new LargeSource(1000)];
      const registry = { collect: () => sources.shift()!.collect() };
      const limits = { maxConcurrentScrapes: 1, maxQueuedScrapes: 1 };
      await using server = await serve({ registry, ...limits });
      const slow = await stall(server.port, headers);
      const { body } = await askOver(server.url, {});
      ok(body.toString().endsWith('large{n="999"} 999\n'));
      slow.destroy();
    });
  }
});

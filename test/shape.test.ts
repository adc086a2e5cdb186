/**
 * The shape of what counting and scraping cost: nothing is left behind by an increment, and a client that does
 * not read is not kept in memory. How fast it all is, `npm run bench` says.
 *
 * The files of this folder run in a process each, so that what is measured here is nobody else's.
 */

import { ok } from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { GCProfiler, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { nodeMetricsHandler } from '../src/http/node/index.ts';
import { CollectorRegistry, Counter, Gauge, Histogram } from '../src/node.ts';
import { LargeSource } from './contracts/http-sources.ts';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

const TIMES = 1_000_000;
const ROUNDS = 10;
const BATCH = 100_000;

/**
 * Bytes that were allocated on the heap in a million times, what was collected meanwhile included: the median
 * of ten rounds, since on a busy machine it may take a few until all is compiled, and before that every
 * fraction is an object of its own.
 */
function allocatedBy(run: (times: number) => void): number {
  const rounds = Array.from({ length: ROUNDS }, () => {
    const profiler = new GCProfiler();
    collectGarbage();
    const before = process.memoryUsage().heapUsed;
    profiler.start();
    for (let done = 0; done < TIMES; done += BATCH) run(BATCH);
    const grown = process.memoryUsage().heapUsed - before;
    return profiler
      .stop()!
      .statistics.map(({ beforeGC, afterGC }) => sizeIn(beforeGC) - sizeIn(afterGC))
      .reduce((sum, collected) => sum + collected, grown);
  });
  return rounds.sort((a, b) => a - b)[ROUNDS / 2]!;
}

function sizeIn({ heapStatistics }: { heapStatistics: { usedHeapSize: number } }): number {
  return heapStatistics.usedHeapSize;
}

describe('ten million times', { timeout: 60_000 }, () => {
  const registry = new CollectorRegistry();
  const help = 'Help.';
  const labelNames = ['method', 'route', 'status'] as const;
  const counter = new Counter({ name: 'requests_total', help, labelNames, registry });
  const gauge = new Gauge({ name: 'level', help, registry });
  const histogram = new Histogram({ name: 'seconds', help, labelNames, registry });
  const [get, put] = [counter.labels('GET', '/', 200), counter.labels('PUT', '/', 201)];
  const seconds = histogram.labels('GET', '/', '200');
  const methods = ['GET', 'PUT', 'POST', 'DELETE'];

  const actions: Record<string, (i: number) => void> = {
    'inc() of a kept child': (i) => (i & 1 ? get : put).inc(),
    'inc(amount) of a kept child': (i) => get.inc(i / 8),
    'set(value) of a gauge': (i) => gauge.set(i / 8),
    'observe(value) of a kept child': (i) => seconds.observe((i & 1023) / 64),
    'labels(a, b, c).inc() by position': (i) => counter.labels(methods[i & 3]!, '/', '200').inc(),
  };
  for (const [name, act] of Object.entries(actions)) {
    it(`${name} leaves nothing behind`, () => {
      // A function for each, since V8 would compile one for all of them to the slowest.
      const run = new Function(
        'act',
        'return (times) => { for (let i = 0; i < times; i++) act(i); };',
      )(act) as (times: number) => void;
      const bytes = allocatedBy(run);
      // The smallest object there is would take 12 for each.
      ok(bytes < TIMES, `${bytes} bytes`);
    });
  }
});

describe('clients that do not read', { timeout: 60_000 }, () => {
  for (const encoding of ['identity', 'gzip']) {
    it(`take less than half a MiB each, and nothing once they are gone, ${encoding}`, async () => {
      const CLIENTS = 20;
      const sources = Array.from({ length: CLIENTS }, () => new LargeSource(40_000_000));
      const left = [...sources];
      const registry = { collect: () => left.pop()!.collect() };
      const limits = { maxConcurrentScrapes: CLIENTS };
      const server = createServer(nodeMetricsHandler({ registry, ...limits }));
      await once(server.listen(0, '127.0.0.1'), 'listening');
      const { port } = server.address() as AddressInfo;
      // What is made once, such as what an encoder has.
      await (await fetch(`http://127.0.0.1:${port}/`, { method: 'POST' })).text();
      const before = taken();
      const sockets = Array.from({ length: CLIENTS }, () => {
        const socket = connect(port, '127.0.0.1').pause();
        return socket.end(`GET / HTTP/1.1\r\nHost: h\r\nAccept-Encoding: ${encoding}\r\n\r\n`);
      });
      const written = (): number => sources.reduce((sum, source) => sum + source.written, 0);
      for (let last = -1; last !== written() || last === 0; ) {
        last = written();
        await delay(100);
      }
      const most = taken() - before;
      ok(most < CLIENTS * 2 ** 19, `${most / CLIENTS} bytes each`);
      for (const socket of sockets) socket.destroy();
      await Promise.all(sources.map(({ released }) => released));
      server.close();
      await once(server, 'close');
      ok(taken() - before < 2 ** 21, `${taken() - before} bytes are left`);
    });
  }
});

/** What is on the heap and in buffers, without garbage. */
function taken(): number {
  // Buffers that are garbage are let go of one collection later.
  for (let i = 0; i < 4; i++) collectGarbage();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

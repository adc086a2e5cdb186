/**
 * A service on `node:cluster`, made for tests, which shows its default registry in each of the ways there
 * are, twice: the primary, then a worker. With `thread` as its first argument, the worker does so in a thread.
 */

import cluster from 'node:cluster';
import { once } from 'node:events';
import { isMainThread, Worker } from 'node:worker_threads';
import { startHttpServer } from '../../src/http/node/index.ts';
import { Counter } from '../../src/node.ts';
import { metricsHandler } from '../../src/node-http.ts';

async function serve(): Promise<void> {
  new Counter({ name: 'jobs', help: 'Jobs.' }).inc();
  await using server = await startHttpServer({ port: 0, host: '127.0.0.1' });
  const handle = metricsHandler();
  for (let i = 0; i < 2; i++) {
    await (await fetch(server.url)).text();
    await (await handle(new Request(server.url))).text();
  }
}

if (cluster.isPrimary && isMainThread) {
  await serve();
  await once(cluster.fork(), 'exit');
} else {
  const isThread = process.argv[2] === 'thread' && isMainThread;
  await (isThread
    ? once(new Worker(new URL(import.meta.url), { argv: ['thread'] }), 'exit')
    : serve());
  if (isMainThread) process.disconnect();
}

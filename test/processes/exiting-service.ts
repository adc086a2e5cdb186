/**
 * A server that calls `process.exit()` within a request, made for tests. It prints its port.
 *
 * Run with the directory and the mapper as its arguments.
 */

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CollectorRegistry, Counter } from '../../src/index.ts';
import { type MapperChoice, openMultiprocessStorage } from '../../src/multiprocess/index.ts';

const [, , directory, mapper] = process.argv;
const storage = openMultiprocessStorage({
  directory: directory!,
  mapper: mapper as MapperChoice,
  // So long that nothing but the exit writes.
  flushIntervalMs: 600_000,
});
const registry = new CollectorRegistry({ storage });
const requests = new Counter({
  name: 'requests',
  help: 'Requests.',
  labelNames: ['path'],
  registry,
});
const server = createServer(({ url = '' }, response) => {
  requests.labels(url).inc();
  if (url === '/exit') process.exit(3);
  response.end('counted');
});
server.listen(0, '127.0.0.1', () => console.log((server.address() as AddressInfo).port));

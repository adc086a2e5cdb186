/**
 * A service under PM2: it counts what it answers, and says on which port it does. What it is told, it is
 * told by the environment, as PM2 does it.
 */

import { renameSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { Counter, REGISTRY } from 'promethium';
import { nodeMetricsHandler } from 'promethium/http/node';
import { openMultiprocessStorage } from 'promethium/multiprocess';

const { PLACES = '', PORT, WRITE_BEHIND: directory, name: app, pm_id: instance } = process.env;

if (directory) {
  REGISTRY.useStorage(openMultiprocessStorage({ directory, mapper: 'write-behind' }));
}
const answered = new Counter({
  name: 'answered_total',
  help: 'Requests answered.',
  labelNames: ['app'],
});
const metrics = nodeMetricsHandler();

const server = createServer((request, response) => {
  response.setHeader('instance', process.pid);
  if (request.url === '/metrics') {
    void metrics(request, response);
    return;
  }
  answered.labels(app ?? '').inc();
  response.end('done');
});

server.listen(Number(PORT), '127.0.0.1', () => {
  const file = join(PLACES, `${app}-${instance}`);
  writeFileSync(`${file}.new`, String((server.address() as AddressInfo).port));
  renameSync(`${file}.new`, file);
});

// What a service does that writes behind, and wants to lose nothing when it is reloaded.
if (directory) process.on('SIGINT', () => server.close(() => process.exit(0)));

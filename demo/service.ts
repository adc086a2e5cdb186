/**
 * The service: an ordinary HTTP server on several processes behind one port. All there is to
 * multi-process metrics is in the worker: it declares them, counts, and answers /metrics.
 *
 * The primary process starts workers, replaces those that die, and has no part in the metrics.
 */

import cluster from 'node:cluster';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Counter, Gauge, Histogram, REGISTRY } from 'promethium';
import { nodeMetricsHandler } from 'promethium/http/node';

/** What the service tells whoever started it. */
export type ServiceMessage =
  | { readonly type: 'listening'; readonly port: number; readonly pid: number }
  | { readonly type: 'died'; readonly pid: number };

if (cluster.isPrimary) startWorkers(Number(process.argv[2] ?? 4));
else serve();

function startWorkers(workers: number): void {
  // Workers accept connections themselves. Handed on by the primary, as cluster does unless told
  // otherwise, a connection that is on its way to a worker when that is killed hangs for ever.
  cluster.schedulingPolicy = cluster.SCHED_NONE;
  cluster.on('message', (_worker, message: ServiceMessage) => process.send?.(message));
  cluster.on('exit', ({ process: { pid } }) => {
    process.send?.({ type: 'died', pid: pid ?? 0 } satisfies ServiceMessage);
    cluster.fork();
  });
  for (let i = 0; i < workers; i++) cluster.fork();
  // Ended by the one that started it.
  process.on('disconnect', () => {
    cluster.removeAllListeners('exit');
    for (const worker of Object.values(cluster.workers ?? {})) worker?.process.kill();
    process.exit();
  });
}

function serve(): void {
  const requests = new Counter({
    name: 'demo_requests_total',
    help: 'Requests answered.',
    labelNames: ['method', 'status'],
  });
  const durations = new Histogram({
    name: 'demo_request_duration_seconds',
    help: 'Time from request to answer.',
  });
  const inProgress = new Gauge({
    name: 'demo_requests_in_progress',
    help: 'Requests being answered.',
    multiprocessMode: 'livesum',
  });
  const metrics = nodeMetricsHandler();

  const answer = (request: IncomingMessage, response: ServerResponse): void => {
    if (request.url?.startsWith('/metrics')) {
      metrics(request, response);
      return;
    }
    const end = durations.startTimer();
    inProgress.inc();
    requests.labels(request.method ?? '', 200).inc();
    // A few milliseconds of somebody else's work.
    setTimeout(() => {
      inProgress.dec();
      end();
      // Of no effect where files are mapped; where none can be, this makes the count outlive us.
      REGISTRY.flush();
      response.end('done\n');
    }, 2);
  };

  const server = createServer(answer);
  server.listen(0, '127.0.0.1', () => {
    const { port } = server.address() as AddressInfo;
    process.send?.({ type: 'listening', port, pid: process.pid } satisfies ServiceMessage);
  });
}

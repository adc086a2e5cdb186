/**
 * One process of a service: counts what its parent tells it, answers when it has, and serves the
 * metrics of all. Nothing in it says that there are others; the environment does.
 */

import { startHttpServer } from '../../src/http/node/index.ts';
import { Counter, Enum, Gauge, Histogram, Info, Summary } from '../../src/node.ts';

/** A piece of work, which took so long and was that large. */
export interface Piece {
  readonly route: string;
  readonly seconds: number;
  readonly bytes: number;
  readonly open: number;
}

/** What the parent sends. */
export type Work = Piece & { readonly id: number };

/** What the parent is sent: where the metrics are, then the number of each piece that was counted. */
export type Report = { readonly port: number } | { readonly counted: number };

const requests = new Counter({
  name: 'requests_total',
  help: 'Requests.',
  labelNames: ['route'],
});
const seconds = new Histogram({
  name: 'request_seconds',
  help: 'Durations.',
  labelNames: ['route'],
  buckets: [0.5, 1, 4],
  nativeFactor: 1.1,
});
const bytes = new Summary({ name: 'request_bytes', help: 'Sizes.' });
const open = new Gauge({ name: 'open_now', help: 'Open.', multiprocessMode: 'livesum' });
const everOpen = new Gauge({ name: 'open_ever', help: 'Open.', multiprocessMode: 'sum' });
const most = new Gauge({ name: 'open_most', help: 'Most open.', multiprocessMode: 'max' });
const state = new Enum({
  name: 'service_state',
  help: 'State.',
  states: ['starting', 'serving'],
  multiprocessMode: 'mostrecent',
});
new Info({ name: 'service', help: 'Service.' }).info({ version: '1.0.0' });

function count(work: Work): void {
  requests.labels(work.route).inc();
  // An exemplar that says which piece it is: no two are as large.
  const exemplar = { bytes: String(work.bytes) };
  seconds.labels(work.route).observe(work.seconds, { exemplar });
  bytes.observe(work.bytes);
  open.set(work.open);
  everOpen.set(work.open);
  most.set(work.open);
}

function report(message: Report): void {
  process.send?.(message);
}

process.on('message', (work: Work) => {
  count(work);
  report({ counted: work.id });
});
process.on('disconnect', () => process.exit());

const { port } = await startHttpServer({ port: 0, host: '127.0.0.1' });
state.state('serving');
report({ port });

/**
 * A program that serves its metrics from a thread and, once it is told to, does nothing but count for
 * so many milliseconds: its event loop does not turn, and no message reaches it meanwhile.
 *
 * Run by `fork`. It says where its metrics are, then what it had counted when it came up for air.
 */

import { startHttpServer } from '../../src/http/node/index.ts';
import { Counter, Gauge } from '../../src/node.ts';

/** What it says, in this order. */
export type Said = { readonly url: string } | { readonly counted: number };

const server = await startHttpServer({ port: 0, host: '127.0.0.1', thread: true });
const counter = new Counter({ name: 'turns_total', help: 'Turns.' });
let asked = 0;
new Gauge({
  name: 'asked',
  help: 'How often its callback was asked.',
  multiprocessMode: 'sum',
  callback: () => ++asked,
});

process.on('message', (forMs: number) => {
  const end = performance.now() + forMs;
  while (performance.now() < end) counter.inc();
  process.send!({ counted: counter.value } satisfies Said);
});
process.on('disconnect', () => process.exit());
process.send!({ url: server.url } satisfies Said);

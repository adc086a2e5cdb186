/**
 * A worker thread that counts for ever with the default registry, made for tests. It posts what it has
 * counted whenever it is asked, and stops counting at once, so that what it said stays true.
 */

import { parentPort, threadId } from 'node:worker_threads';
import { Counter } from '../../src/node.ts';

const requests = new Counter({ name: 'requests', help: 'Requests.', labelNames: ['thread'] });
const own = requests.labels(threadId);
const all = requests.labels('all');

let counted = 0;
let isAsked = false;

function turn(): void {
  if (isAsked) return;
  for (let i = 0; i < 1000; i++) {
    own.inc();
    all.inc();
    counted++;
  }
  setImmediate(turn);
}

parentPort!.on('message', () => {
  isAsked = true;
  parentPort!.postMessage({ threadId, counted });
});
turn();

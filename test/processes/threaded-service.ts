/**
 * A service on worker threads, made for tests: the main thread and three others count with the
 * default registry. It ends the threads one after another by `terminate()`, once each has said what it
 * counted, and prints as JSON what it shows before and after each end.
 */

import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { Counter, REGISTRY, toText } from '../../src/node.ts';

/** What the service prints: one of each for the time before, and after each thread's end. */
export interface ThreadsShown {
  readonly shown: readonly (readonly string[])[];
  readonly expected: readonly string[];
}

const SCRIPT = new URL('counting-thread.ts', import.meta.url);

async function show(): Promise<string[]> {
  const text = await toText(REGISTRY);
  return text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
}

async function serve(): Promise<void> {
  const requests = new Counter({ name: 'requests', help: 'Requests.', labelNames: ['thread'] });
  requests.labels('0').inc(5);
  requests.labels('all').inc(5);
  const threads = [new Worker(SCRIPT), new Worker(SCRIPT), new Worker(SCRIPT)];
  await Promise.all(threads.map((thread) => once(thread, 'online')));
  const sums = new Map([['0', 5]]);
  let total = 5;
  for (const thread of threads) {
    const answer = once(thread, 'message');
    thread.postMessage('stop');
    const [{ threadId, counted }] = await answer;
    sums.set(String(threadId), counted);
    total += counted;
  }
  const shown = [await show()];
  for (const thread of threads) {
    await thread.terminate();
    shown.push(await show());
  }
  sums.set('all', total);
  const expected = [...sums].map(([thread, sum]) => `requests_total{thread="${thread}"} ${sum}`);
  console.log(JSON.stringify({ shown, expected: expected.sort() } satisfies ThreadsShown));
}

if (process.argv[1]?.includes('threaded-service')) await serve();

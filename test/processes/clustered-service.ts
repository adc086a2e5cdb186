/**
 * A service on `node:cluster`, made for tests: a primary and four workers that count with the default
 * registry, each of them told no more than the directory by the environment.
 *
 * The first argument says how the workers end: `kill` by SIGKILL, `exit` by themselves. The primary
 * counts too, and prints as JSON what a worker and it itself show, before the end and after it.
 */

import cluster, { type Worker } from 'node:cluster';
import { once } from 'node:events';
import { Counter, Gauge, REGISTRY, toText } from '../../src/node.ts';

/** What the service prints. */
export interface Shown {
  /** By a worker, while all are there. */
  readonly worker: readonly string[];
  /** By the primary, while all are there. */
  readonly primary: readonly string[];
  /** By the primary, when no worker is left. */
  readonly after: readonly string[];
}

/** Workers there are. Worker n counts n times {@linkcode EACH}. */
export const WORKERS = 4;
/** What the primary counts. */
export const EACH = 1000;

const requests = (): Counter<['role']> =>
  new Counter({ name: 'requests', help: 'Requests.', labelNames: ['role'] });

const busy = (): Gauge =>
  new Gauge({ name: 'busy', help: 'Processes at work.', multiprocessMode: 'livesum' });

async function show(): Promise<string[]> {
  const text = await toText(REGISTRY);
  return text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
}

async function work(): Promise<void> {
  const child = requests().labels('worker');
  busy().set(1);
  const times = EACH * Number(process.env['WORKER_NUMBER']);
  for (let i = 0; i < times; i++) child.inc();
  process.on('message', async (order) => {
    if (order === 'exit') process.exit();
    process.send!(await show());
  });
  process.send!('counted');
}

async function lead(ending: string): Promise<void> {
  const child = requests().labels('primary');
  busy().set(1);
  for (let i = 0; i < EACH; i++) child.inc();
  const workers = Array.from({ length: WORKERS }, (_, i) =>
    cluster.fork({ WORKER_NUMBER: String(i + 1) }),
  );
  await Promise.all(workers.map((worker) => once(worker, 'message')));
  const [first] = workers as [Worker, ...Worker[]];
  const answer = once(first, 'message');
  first.send('show');
  const [worker] = await answer;
  const primary = await show();
  const gone = workers.map((one) => once(one, 'exit'));
  for (const one of workers) {
    if (ending === 'kill') one.process.kill('SIGKILL');
    else one.send('exit');
  }
  await Promise.all(gone);
  console.log(JSON.stringify({ worker, primary, after: await show() } satisfies Shown));
}

if (process.argv[1]?.includes('clustered-service')) {
  if (cluster.isPrimary) await lead(process.argv[2]!);
  else await work();
}

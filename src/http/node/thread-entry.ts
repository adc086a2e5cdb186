/**
 * The script of the thread that serves metrics: a server that knows a directory and nothing of the
 * program, which may be too busy to answer anybody.
 *
 * It makes no file of its own unless the handler is to count itself, since it declares no other metric.
 */

import { parentPort, workerData } from 'node:worker_threads';
import { CollectorRegistry } from '../../metrics/registry/registry.ts';
import type { Collector, MetricFamily } from '../../model/family.ts';
import { MultiprocessStorage } from '../../multiprocess/multiprocess-storage.ts';
import { startHttpServer } from './server.ts';
import {
  type ThreadData,
  type ThreadOrder,
  type ThreadReport,
  toFailed,
} from './thread-messages.ts';

const { directory, options, refreshTimeoutMs }: ThreadData = workerData;
const program = parentPort!;
const storage = new MultiprocessStorage({ directory });
const registry = new CollectorRegistry({ storage });

/** The wish that the program has not answered. One at a time: it is blocked, or slow. */
let wish: { readonly granted: Promise<void>; readonly grant: () => void } | undefined;

function say(report: ThreadReport): void {
  program.postMessage(report);
}

function refreshed(): Promise<void> {
  if (wish === undefined) {
    let grant = (): void => {};
    const granted = new Promise<void>((resolve) => {
      grant = resolve;
    });
    wish = { granted, grant };
    say({ wants: 'refresh' });
  }
  const { granted } = wish;
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, refreshTimeoutMs);
    granted.then(() => {
      clearTimeout(timer);
      resolve();
    });
  });
}

async function* collectFresh(source: Collector): AsyncGenerator<MetricFamily> {
  await refreshed();
  yield* await source.collect();
}

/** The registry, once the program had its chance: as a whole, and what of it bears some names. */
const fresh: Collector & Pick<CollectorRegistry, 'restrictedTo'> = {
  collect: () => collectFresh(registry),
  restrictedTo: (names) => ({ collect: () => collectFresh(registry.restrictedTo(names)) }),
};

try {
  const metrics = options.metrics === true && registry;
  const server = await startHttpServer({ ...options, registry: fresh, metrics });
  program.on('message', async (order: ThreadOrder) => {
    if (order === 'refreshed') {
      wish?.grant();
      wish = undefined;
      return;
    }
    await server.close();
    storage.close();
    say({ done: 'close' });
  });
  const { port, host, url } = server;
  say({ listening: { port, host, url } });
} catch (error) {
  say({ failed: toFailed(error) });
}

/**
 * A process of the torture: it counts what its seed says, as fast as it is let, and says after each batch
 * how many batches that makes. It never ends by itself; it is killed.
 *
 * Run with the directory, the mapper and the seed as its arguments. It scrapes now and then as well, since
 * what a process does with the files of others may be cut off at any point too.
 */

import { writeSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { CollectorRegistry, Counter, Gauge, Histogram, Summary, toText } from '../../src/index.ts';
import { type MapperChoice, openMultiprocessStorage } from '../../src/multiprocess/index.ts';
import { BATCH, BOUNDS, type Operation, workload } from './workload.ts';

/** How many batches between two scrapes of this process. */
const SCRAPE_EVERY = 20;

const [, , directory, mapper, seed] = process.argv;
const storage = openMultiprocessStorage({
  directory: directory!,
  mapper: mapper as MapperChoice,
});
const registry = new CollectorRegistry({ storage, collectTimeoutMs: 300_000 });
const options = { labelNames: ['path'], registry } as const;
const work = new Counter({ name: 'work', help: 'Work.', ...options });
const size = new Histogram({ name: 'size', help: 'Sizes.', buckets: BOUNDS, ...options });
// Few buckets, so that it gets coarser while its process is killed, and its record larger before.
const native = { buckets: [], nativeFactor: 1.1, nativeMaxBuckets: 40, nativeMinResetSeconds: 0 };
const span = new Histogram({ name: 'span', help: 'Spans.', ...native, ...options });
const cost = new Summary({ name: 'cost', help: 'Costs.', quantiles: [0.5], ...options });
const depth = new Gauge({ name: 'depth', help: 'Depth.', multiprocessMode: 'sum', ...options });

function count({ metric, path, amount }: Operation): void {
  // An exemplar that says itself what it must be, where there is more than the number to be torn.
  const exemplar = { path, amount: String(amount) };
  if (metric === 'work') work.labels(path).inc(amount, { exemplar });
  else if (metric === 'size') size.labels(path).observe(amount, { exemplar });
  else if (metric === 'span') span.labels(path).observe(amount);
  else if (metric === 'cost') cost.labels(path).observe(amount);
  else depth.labels(path).inc(amount);
}

/** So that eight of these leave the machine some time to start the next one. */
function rest(): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2);
}

const operations = workload(Number(seed));
for (let batches = 1; ; batches++) {
  for (let i = 0; i < BATCH; i++) count(operations.next().value);
  // What is written behind is acknowledged once it is written, as a scrape does it.
  registry.flush();
  writeSync(1, `${batches}\n`);
  if (batches % SCRAPE_EVERY === 0) await toText(registry);
  else await setImmediate();
  rest();
}

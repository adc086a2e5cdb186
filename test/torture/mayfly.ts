/**
 * A process that lives for a moment, made for the torture by births: it counts, says so, and waits to be
 * killed.
 *
 * Run with the directory, the mapper, its number, and as how many writers it counts: each is a file, as
 * each worker thread's would be.
 */

import { writeSync } from 'node:fs';
import { CollectorRegistry, Counter, Gauge, Histogram } from '../../src/index.ts';
import { type MapperChoice, openMultiprocessStorage } from '../../src/multiprocess/index.ts';

/** The paths it counts, in turn. */
const PATHS = 20;

const [, , directory, mapper, number, writers] = process.argv;
for (let i = 0; i < Number(writers); i++) {
  const storage = openMultiprocessStorage({
    directory: directory!,
    mapper: mapper as MapperChoice,
  });
  const registry = new CollectorRegistry({ storage });
  const work = new Counter({ name: 'work', help: 'Work.', labelNames: ['path'], registry });
  const size = new Histogram({ name: 'size', help: 'Sizes.', buckets: [1, 2], registry });
  const busy = new Gauge({ name: 'busy', help: 'Busy.', registry });
  // A fraction that no float holds, so that sums of it lose something at each step.
  work.labels(`/${(Number(number) + i) % PATHS}`).inc(0.1);
  size.observe(1.5);
  busy.set(1);
  registry.flush();
}
writeSync(1, '.');
setInterval(() => {}, 1 << 30);

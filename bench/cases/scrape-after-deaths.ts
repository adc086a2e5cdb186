/**
 * One scrape of a service that lost a thousand processes, of 1,000 counters and a gauge each, beside
 * the same when it had lost ten: what the dead counted lies in one archive.
 */

import { readdirSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import type { Benchmark, Library } from '../benchmark.ts';
import { inEmptyFolder, loadMultiprocess, nobodyElse } from '../shared-files.ts';
import { median } from '../statistics.ts';

const SERIES = 1000;
const SCRAPES = 200;
const PATIENCE_MS = 20_000;

async function scrapeAfter(deaths: number, library: Library): Promise<number> {
  const { CollectorRegistry, Counter, Gauge } = library;
  const { openMultiprocessStorage } = await loadMultiprocess();
  return await inEmptyFolder(async (directory) => {
    const open = () => openMultiprocessStorage({ directory });
    for (let death = 0; death < deaths; death++) {
      // A storage that counts and is closed is dead to all others.
      const storage = open();
      const registry = new CollectorRegistry({ storage });
      const options = { name: 'requests', help: 'Requests.', labelNames: ['path'], registry };
      const requests = new Counter(options);
      for (let i = 0; i < SERIES; i++) requests.labels(`/${i}`).inc();
      new Gauge({ name: 'busy', help: 'Busy.', multiprocessMode: 'max', registry }).set(1);
      storage.close();
    }
    const storage = open();
    const end = performance.now() + PATIENCE_MS;
    for (await storage.collect(); readdirSync(directory).length > 2; await storage.collect()) {
      if (performance.now() > end) throw new Error('bench: the dead are not folded');
      await delay(5);
    }
    const samples: number[] = [];
    for (let i = 0; i < SCRAPES; i++) {
      const start = performance.now();
      await storage.collect();
      samples.push(performance.now() - start);
    }
    storage.close();
    return median(samples);
  });
}

export const benchmark: Benchmark = {
  title: 'scrape after 1,000 processes died, and (bare) after ten',
  unit: 'ms',
  goal: { bare: 1.5 },
  incumbents: [],
  promethium: (library) => scrapeAfter(1000, library),
  incumbent: nobodyElse,
  bare: (library) => scrapeAfter(10, library),
};

/**
 * What a shared folder adds to the first metric of a process: directory, file, lock, header and first map,
 * by code that was never run. A metric on the heap comes before it, and loads what every metric needs.
 */

import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Benchmark } from '../benchmark.ts';
import { inEmptyFolder, loadMultiprocess, nobodyElse } from '../shared-files.ts';

/** What it may take of the disk. */
const MOST_BYTES = 256 * 1024;

export const benchmark: Benchmark = {
  title: 'first metric in an empty shared folder, mapper and library being loaded',
  unit: 'ms',
  goal: { most: 2 },
  incumbents: [],
  async promethium({ CollectorRegistry, Counter }) {
    const { openMultiprocessStorage } = await loadMultiprocess();
    return await inEmptyFolder(async (directory) => {
      const storage = openMultiprocessStorage({ directory, mapper: 'koffi' });
      // It reads an empty folder, for which it loads the mapper.
      await storage.collect();
      const registry = new CollectorRegistry({ storage });
      const options = { name: 'n', help: 'N.', labelNames: ['a'] } as const;
      new Counter({ ...options, registry: new CollectorRegistry() }).labels('x').inc();
      const start = performance.now();
      const counter = new Counter({ ...options, registry });
      counter.labels('x').inc();
      const elapsed = performance.now() - start;
      const bytes = readdirSync(directory, { recursive: true, encoding: 'utf8' })
        .map((name) => statSync(join(directory, name)))
        .reduce((sum, { blocks }) => sum + blocks * 512, 0);
      if (bytes <= MOST_BYTES) return elapsed;
      throw new Error(`bench: the first metric took ${bytes} bytes of the disk`);
    });
  },
  incumbent: nobodyElse,
};

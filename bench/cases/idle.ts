/** The processor time that a process takes in ten seconds for sharing its numbers, while it does nothing. */

import { setTimeout as delay } from 'node:timers/promises';
import type { Benchmark, Library } from '../benchmark.ts';
import { inEmptyFolder, loadMultiprocess, nobodyElse } from '../shared-files.ts';

const WATCHED_MS = 10_000;

async function cpuWhileIdle(): Promise<number> {
  const before = process.cpuUsage();
  await delay(WATCHED_MS);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

export const benchmark: Benchmark = {
  title: 'processor time of ten idle seconds with a shared folder',
  unit: 'ms',
  // A thousandth of one processor.
  goal: { most: 10 },
  incumbents: [],
  async promethium({ CollectorRegistry, Counter }: Library) {
    const { openMultiprocessStorage } = await loadMultiprocess();
    return await inEmptyFolder(async (directory) => {
      const storage = openMultiprocessStorage({ directory });
      const registry = new CollectorRegistry({ storage });
      new Counter({ name: 'n', help: 'N.', registry }).inc();
      await delay(1000);
      const cpu = await cpuWhileIdle();
      storage.close();
      return cpu;
    });
  },
  incumbent: nobodyElse,
  bare: cpuWhileIdle,
};

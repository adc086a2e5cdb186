/** Observations on a kept child with native buckets in a mapped file; bare is the same on the heap. */

import type { Benchmark, Library } from '../benchmark.ts';
import { promethiumCount } from '../counts.ts';
import { SIX_DECADES } from '../inputs.ts';
import { inEmptyFolder, loadMultiprocess, nobodyElse } from '../shared-files.ts';
import { nanoseconds } from '../timing.ts';

type Registry = InstanceType<Library['CollectorRegistry']>;

async function observing(library: Library, registry: Registry): Promise<number> {
  const native = { buckets: [], nativeFactor: 1.1 };
  const options = { name: 'h', help: 'H.', labelNames: ['route'] as const, ...native, registry };
  const child = new library.Histogram(options).labels('/');
  return await nanoseconds({
    run(times) {
      for (let i = 0; i < times; i++) child.observe(SIX_DECADES[i & 8191]!);
    },
    counted: () => promethiumCount(library, registry, '_count'),
  });
}

export const benchmark: Benchmark = {
  title: 'observe on a kept child, native buckets in a mapped file; bare is on the heap',
  unit: 'ns',
  goal: { bare: 1.5 },
  incumbents: [],
  promethium: (library) =>
    inEmptyFolder(async (directory) => {
      const { openMultiprocessStorage } = await loadMultiprocess();
      const storage = openMultiprocessStorage({ directory, mapper: 'koffi' });
      return await observing(library, new library.CollectorRegistry({ storage }));
    }),
  incumbent: nobodyElse,
  bare: (library) => observing(library, new library.CollectorRegistry()),
};

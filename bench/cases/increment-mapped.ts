/** The increment of eight kept children whose numbers lie in a mapped file; bare is the same on the heap. */

import type { Benchmark, Library } from '../benchmark.ts';
import { COMBINATIONS, LABEL_NAMES } from '../inputs.ts';
import { inEmptyFolder, loadMultiprocess, nobodyElse } from '../shared-files.ts';
import { nanoseconds } from '../timing.ts';

type Registry = InstanceType<Library['CollectorRegistry']>;

async function incrementing({ Counter }: Library, registry: Registry): Promise<number> {
  const options = { name: 'n_total', help: 'N.', labelNames: LABEL_NAMES, registry };
  const counter = new Counter(options);
  const children = COMBINATIONS.slice(0, 8).map((values) => counter.labels(values));
  return await nanoseconds({
    run(times) {
      for (let i = 0; i < times; i++) children[i & 7]!.inc();
    },
    counted: () => children.reduce((sum, { value }) => sum + value, 0),
  });
}

export const benchmark: Benchmark = {
  title: 'increment of kept children in a mapped file, eight in turn; bare is on the heap',
  unit: 'ns',
  goal: { bare: 1.5 },
  incumbents: [],
  promethium: (library) =>
    inEmptyFolder(async (directory) => {
      const { openMultiprocessStorage } = await loadMultiprocess();
      const storage = openMultiprocessStorage({ directory, mapper: 'koffi' });
      return await incrementing(library, new library.CollectorRegistry({ storage }));
    }),
  incumbent: nobodyElse,
  bare: (library) => incrementing(library, new library.CollectorRegistry()),
};

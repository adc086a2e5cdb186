/** Memory of histograms with 160 native buckets, beside ours with 200 classic ones. */

import type { Benchmark, Library } from '../benchmark.ts';
import { promethiumCount } from '../counts.ts';
import { LABEL_NAMES, mixedShape, type Values } from '../inputs.ts';
import { bytesPerSeries } from '../memory.ts';

const COUNT = 2000;

/** One value in each of 160 native buckets, or of 200 classic ones. */
const NATIVE_VALUES = Array.from({ length: 160 }, (_, i) => 0.001 * 2 ** ((i + 0.5) / 8));
const CLASSIC_BOUNDS = Array.from({ length: 200 }, (_, i) => i + 1);

export const benchmark: Benchmark = {
  title: 'heap and buffers a histogram, 160 native buckets; 200 classic ones',
  unit: 'B',
  goal: { bare: 1 },
  incumbents: [],
  promethium: (library) => measure(library, { buckets: [], nativeFactor: 1.1 }, NATIVE_VALUES),
  incumbent() {
    throw new Error('bench: no other client has native buckets');
  },
  bare: (library) => measure(library, { buckets: CLASSIC_BOUNDS }, CLASSIC_BOUNDS.slice(0, 160)),
};

async function measure(
  library: Library,
  own: { readonly buckets: readonly number[]; readonly nativeFactor?: number },
  values: readonly number[],
): Promise<number> {
  return await bytesPerSeries({
    series: mixedShape('/customers/', COUNT),
    others: mixedShape('other-', COUNT),
    make(series: readonly Values[]) {
      const registry = new library.CollectorRegistry();
      const options = { name: 'n', help: 'N.', labelNames: LABEL_NAMES, ...own, registry };
      const histogram = new library.Histogram(options);
      for (const { method, route, status } of series) {
        const child = histogram.labels(method, route, status);
        for (const value of values) child.observe(value);
      }
      return registry;
    },
    counted: async (registry) =>
      (await promethiumCount(library, registry, '_count')) / values.length,
  });
}

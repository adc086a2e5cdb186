/** Observations on a kept child with native buckets alone, over six decades of values. */

import type { Benchmark } from '../benchmark.ts';
import { promethiumCount } from '../counts.ts';
import { SIX_DECADES } from '../inputs.ts';
import { nanoseconds } from '../timing.ts';

export const benchmark: Benchmark = {
  title: 'observe on a kept child, native buckets over six decades',
  unit: 'ns',
  goal: { most: 40, bare: 2 },
  incumbents: [],
  async promethium(library) {
    const registry = new library.CollectorRegistry();
    const native = { buckets: [], nativeFactor: 1.1 };
    const options = { name: 'h', help: 'H.', labelNames: ['route'] as const, ...native, registry };
    const child = new library.Histogram(options).labels('/');
    return await nanoseconds({
      run(times) {
        for (let i = 0; i < times; i++) child.observe(SIX_DECADES[i & 8191]!);
      },
      counted: () => promethiumCount(library, registry, '_count'),
    });
  },
  incumbent() {
    throw new Error('bench: no other client has native buckets');
  },
  /** Classic buckets of the same library, 30 over the same values. */
  async bare(library) {
    const registry = new library.CollectorRegistry();
    const buckets = Array.from({ length: 30 }, (_, i) => 0.001 * 1e6 ** ((i + 1) / 31));
    const options = { name: 'h', help: 'H.', labelNames: ['route'] as const, buckets, registry };
    const child = new library.Histogram(options).labels('/');
    return await nanoseconds({
      run(times) {
        for (let i = 0; i < times; i++) child.observe(SIX_DECADES[i & 8191]!);
      },
      counted: () => promethiumCount(library, registry, '_count'),
    });
  },
};

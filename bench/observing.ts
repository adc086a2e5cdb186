/** Observations on one kept child, by the number of buckets: what two cases have in common. */

import type { Benchmark } from './benchmark.ts';
import { incumbentCount, promethiumCount } from './counts.ts';
import { bounds, DURATIONS } from './inputs.ts';
import { nanoseconds } from './timing.ts';

/** A case with this many buckets beside the one for +Inf. */
export function observing(count: number): Benchmark {
  const buckets = bounds(count);
  const labelNames = ['route'] as const;
  return {
    title: `observe on a kept child, ${count} buckets`,
    unit: 'ns',
    goal: { incumbent: 20 },
    async promethium(library) {
      const registry = new library.CollectorRegistry();
      const options = { name: 'h', help: 'H.', labelNames, buckets, registry };
      const child = new library.Histogram(options).labels('/');
      return await nanoseconds({
        run(times) {
          for (let i = 0; i < times; i++) child.observe(DURATIONS[i & 8191]!);
        },
        counted: () => promethiumCount(library, registry, '_count'),
      });
    },
    async incumbent({ Histogram, Registry }) {
      const registry = new Registry();
      const registers = [registry];
      const options = { name: 'h', help: 'H.', labelNames, buckets: [...buckets], registers };
      const child = new Histogram(options).labels('/');
      return await nanoseconds({
        run(times) {
          for (let i = 0; i < times; i++) child.observe(DURATIONS[i & 8191]!);
        },
        counted: () => incumbentCount(registry, '_count'),
      });
    },
    async bare() {
      const cells = new Float64Array(count + 2);
      return await nanoseconds({
        run(times) {
          for (let i = 0; i < times; i++) {
            const value = DURATIONS[i & 8191]!;
            let bucket = 0;
            while (bucket < count && value > buckets[bucket]!) bucket++;
            cells[bucket]! += 1;
            cells[count + 1]! += value;
          }
        },
        counted: () => cells.subarray(0, count + 1).reduce((sum, cell) => sum + cell, 0),
      });
    },
  };
}

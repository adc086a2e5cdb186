/** Looking a histogram's child up by its label values, and observing on it. */

import type { Benchmark } from '../benchmark.ts';
import { incumbentCount, promethiumCount } from '../counts.ts';
import { bounds, COMBINATIONS, DURATIONS, LABEL_NAMES } from '../inputs.ts';
import { nanoseconds } from '../timing.ts';

const buckets = bounds(11);

export const benchmark: Benchmark = {
  title: 'labels(a, b, c).observe(), 11 buckets',
  unit: 'ns',
  goal: { incumbent: 5 },
  async promethium(library) {
    const registry = new library.CollectorRegistry();
    const options = { name: 'h', help: 'H.', labelNames: LABEL_NAMES, buckets, registry };
    const histogram = new library.Histogram(options);
    return await nanoseconds({
      run(times) {
        for (let i = 0; i < times; i++) {
          const { method, route, status } = COMBINATIONS[i & 63]!;
          histogram.labels(method, route, status).observe(DURATIONS[i & 8191]!);
        }
      },
      counted: () => promethiumCount(library, registry, '_count'),
    });
  },
  async incumbent({ Histogram, Registry }) {
    const registry = new Registry();
    const registers = [registry];
    const options = { name: 'h', help: 'H.', labelNames: LABEL_NAMES, buckets, registers };
    const histogram = new Histogram(options);
    return await nanoseconds({
      // Faster than labels(a, b, c).observe(), which makes an object with methods first.
      run(times) {
        for (let i = 0; i < times; i++) {
          const { method, route, status } = COMBINATIONS[i & 63]!;
          histogram.observe({ method, route, status }, DURATIONS[i & 8191]!);
        }
      },
      counted: () => incumbentCount(registry, '_count'),
    });
  },
};

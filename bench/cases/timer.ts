/** A timer from its start to the observation, on a labelled histogram. */

import type { Benchmark } from '../benchmark.ts';
import { incumbentCount, promethiumCount } from '../counts.ts';
import { bounds, COMBINATIONS, LABEL_NAMES } from '../inputs.ts';
import { nanoseconds } from '../timing.ts';

const buckets = bounds(11);

export const benchmark: Benchmark = {
  title: 'timer from start to observe, 3 labels',
  unit: 'ns',
  goal: { incumbent: 2.3 },
  async promethium(library) {
    const registry = new library.CollectorRegistry();
    const options = { name: 'h', help: 'H.', labelNames: LABEL_NAMES, buckets, registry };
    const histogram = new library.Histogram(options);
    return await nanoseconds({
      run(times) {
        for (let i = 0; i < times; i++) {
          const { method, route, status } = COMBINATIONS[i & 63]!;
          histogram.labels(method, route, status).startTimer()();
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
      run(times) {
        for (let i = 0; i < times; i++) {
          const { method, route, status } = COMBINATIONS[i & 63]!;
          histogram.startTimer({ method, route, status })();
        }
      },
      counted: () => incumbentCount(registry, '_count'),
    });
  },
  // Two readings of the clock, which no timer can do without.
  async bare() {
    let ended = 0;
    return await nanoseconds({
      run(times) {
        for (let i = 0; i < times; i++) {
          const start = performance.now();
          if (performance.now() >= start) ended++;
        }
      },
      counted: () => ended,
    });
  },
};

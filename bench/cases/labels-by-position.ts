/** Looking a child up by the position of its label values, and counting on it. */

import type { Benchmark } from '../benchmark.ts';
import { incumbentCount, promethiumCount } from '../counts.ts';
import { COMBINATIONS, LABEL_NAMES } from '../inputs.ts';
import { nanoseconds } from '../timing.ts';

export const benchmark: Benchmark = {
  title: 'labels(a, b, c).inc(), 64 combinations',
  unit: 'ns',
  goal: { incumbent: 7 },
  async promethium(library) {
    const registry = new library.CollectorRegistry();
    const options = { name: 'n_total', help: 'N.', labelNames: LABEL_NAMES, registry };
    const counter = new library.Counter(options);
    return await nanoseconds({
      run(times) {
        for (let i = 0; i < times; i++) {
          const { method, route, status } = COMBINATIONS[i & 63]!;
          counter.labels(method, route, status).inc();
        }
      },
      counted: () => promethiumCount(library, registry, '_total'),
    });
  },
  async incumbent({ Counter, Registry }) {
    const registry = new Registry();
    const registers = [registry];
    const counter = new Counter({
      name: 'n_total',
      help: 'N.',
      labelNames: LABEL_NAMES,
      registers,
    });
    return await nanoseconds({
      run(times) {
        for (let i = 0; i < times; i++) {
          const { method, route, status } = COMBINATIONS[i & 63]!;
          counter.labels(method, route, status).inc();
        }
      },
      counted: () => incumbentCount(registry, '_total'),
    });
  },
};

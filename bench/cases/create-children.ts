/** The first use of many label values: what a cold start and a flood of new series cost. */

import type { Benchmark } from '../benchmark.ts';
import { incumbentCount, promethiumCount } from '../counts.ts';
import { LABEL_NAMES, MANY, mixedShape } from '../inputs.ts';
import { expectCount, milliseconds } from '../timing.ts';

export const benchmark: Benchmark = {
  title: 'first use of 100,000 children',
  unit: 'ms',
  goal: { incumbent: 2 },
  async promethium(library) {
    const shape = mixedShape();
    let registry = new library.CollectorRegistry();
    const time = await milliseconds({
      run() {
        registry = new library.CollectorRegistry();
        const options = { name: 'n_total', help: 'N.', labelNames: LABEL_NAMES, registry };
        const counter = new library.Counter(options);
        for (const { method, route, status } of shape) counter.labels(method, route, status).inc();
      },
    });
    expectCount(await promethiumCount(library, registry, '_total'), MANY);
    return time;
  },
  async incumbent({ Counter, Registry }) {
    const shape = mixedShape();
    let registry = new Registry();
    const time = await milliseconds({
      run() {
        registry = new Registry();
        const options = { name: 'n_total', help: 'N.', labelNames: LABEL_NAMES };
        const counter = new Counter({ ...options, registers: [registry] });
        for (const { method, route, status } of shape) counter.inc({ method, route, status });
      },
    });
    expectCount(await incumbentCount(registry, '_total'), MANY);
    return time;
  },
};

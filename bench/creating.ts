/** The first use of many label values: what the two cases of it have in common. */

import type { Benchmark } from './benchmark.ts';
import { incumbentCount, promethiumCount } from './counts.ts';
import { LABEL_NAMES, MANY, mixedShape } from './inputs.ts';
import { expectCount, milliseconds, once, type Task } from './timing.ts';

/** How a case differs from the other. */
export interface Creating {
  readonly title: string;
  /** Whether it is the first thing that the process does, by code that was never run. */
  readonly cold: boolean;
}

/** Makes a case, which counts once on each child. */
export function creating({ title, cold }: Creating): Benchmark {
  const measure = (task: Task): Promise<number> => (cold ? once(task) : milliseconds(task));
  return {
    title,
    unit: 'ms',
    goal: { incumbent: 2 },
    async promethium(library) {
      const shape = mixedShape();
      let registry = new library.CollectorRegistry();
      const time = await measure({
        run() {
          registry = new library.CollectorRegistry();
          const options = { name: 'n_total', help: 'N.', labelNames: LABEL_NAMES, registry };
          const counter = new library.Counter(options);
          for (const { method, route, status } of shape) {
            counter.labels(method, route, status).inc();
          }
        },
      });
      expectCount(await promethiumCount(library, registry, '_total'), MANY);
      return time;
    },
    async incumbent({ Counter, Registry }) {
      const shape = mixedShape();
      let registry = new Registry();
      const time = await measure({
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
}

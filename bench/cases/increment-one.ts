/** The increment of a child that the program has kept: what a hot path should cost. */

import type { Benchmark } from '../benchmark.ts';
import { incumbentCount } from '../counts.ts';
import { LABEL_NAMES } from '../inputs.ts';
import { nanoseconds } from '../timing.ts';

export const benchmark: Benchmark = {
  title: 'increment of a kept child, one in all',
  unit: 'ns',
  goal: { incumbent: 40, bare: 1.3 },
  async promethium({ Counter }) {
    const options = { name: 'n_total', help: 'N.', labelNames: LABEL_NAMES, registry: null };
    const child = new Counter(options).labels('GET', '/', '200');
    return await nanoseconds({
      run(times) {
        for (let i = 0; i < times; i++) child.inc();
      },
      counted: () => child.value,
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
    const child = counter.labels('GET', '/', '200');
    return await nanoseconds({
      run(times) {
        for (let i = 0; i < times; i++) child.inc();
      },
      counted: () => incumbentCount(registry, '_total'),
    });
  },
  async bare() {
    const cells = new Float64Array(256);
    const place = cells.length >> 1;
    return await nanoseconds({
      run(times) {
        for (let i = 0; i < times; i++) cells[place]! += 1;
      },
      counted: () => cells[place]!,
    });
  },
};

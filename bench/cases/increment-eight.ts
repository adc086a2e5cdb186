/** The increment of eight kept children in turn: a processor can overlap these, where one has to wait. */

import type { Benchmark } from '../benchmark.ts';
import { incumbentCount } from '../counts.ts';
import { COMBINATIONS, LABEL_NAMES } from '../inputs.ts';
import { nanoseconds } from '../timing.ts';

export const benchmark: Benchmark = {
  title: 'increment of kept children, eight in turn',
  unit: 'ns',
  goal: { incumbent: 40, bare: 3 },
  async promethium({ Counter }) {
    const options = { name: 'n_total', help: 'N.', labelNames: LABEL_NAMES, registry: null };
    const counter = new Counter(options);
    const children = COMBINATIONS.slice(0, 8).map((values) => counter.labels(values));
    return await nanoseconds({
      run(times) {
        for (let i = 0; i < times; i++) children[i & 7]!.inc();
      },
      counted: () => children.reduce((sum, { value }) => sum + value, 0),
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
    const children = COMBINATIONS.slice(0, 8).map((values) => counter.labels({ ...values }));
    return await nanoseconds({
      run(times) {
        for (let i = 0; i < times; i++) children[i & 7]!.inc();
      },
      counted: () => incumbentCount(registry, '_total'),
    });
  },
  async bare() {
    const cells = new Float64Array(256);
    const places = Array.from({ length: 8 }, (_, i) => i * 2);
    return await nanoseconds({
      run(times) {
        for (let i = 0; i < times; i++) cells[places[i & 7]!]! += 1;
      },
      counted: () => cells.reduce((sum, cell) => sum + cell, 0),
    });
  },
};

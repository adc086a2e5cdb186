/** Counters without labels, eight in turn: the one case in which incumbents do little. */

import type { Benchmark } from '../benchmark.ts';
import { incumbentCount } from '../counts.ts';
import { nanoseconds } from '../timing.ts';

const NAMES = [
  'a_total',
  'b_total',
  'c_total',
  'd_total',
  'e_total',
  'f_total',
  'g_total',
  'h_total',
];

export const benchmark: Benchmark = {
  title: 'increment of counters without labels, eight in turn',
  unit: 'ns',
  goal: {},
  async promethium({ Counter }) {
    const counters = NAMES.map((name) => new Counter({ name, help: 'N.', registry: null }));
    return await nanoseconds({
      run(times) {
        for (let i = 0; i < times; i++) counters[i & 7]!.inc();
      },
      counted: () => counters.reduce((sum, { value }) => sum + value, 0),
    });
  },
  async incumbent({ Counter, Registry }) {
    const registry = new Registry();
    const registers = [registry];
    const counters = NAMES.map((name) => new Counter({ name, help: 'N.', registers }));
    return await nanoseconds({
      run(times) {
        for (let i = 0; i < times; i++) counters[i & 7]!.inc();
      },
      counted: () => incumbentCount(registry, '_total'),
    });
  },
};

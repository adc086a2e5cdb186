/** Loading the library, in a process that has loaded nothing of it before. */

import type { Benchmark } from '../benchmark.ts';

export const benchmark: Benchmark = {
  title: 'import of the main entry',
  unit: 'ms',
  goal: { most: 5 },
  promethium: async (_library, loadMs) => loadMs,
  incumbent: async (_client, loadMs) => loadMs,
};

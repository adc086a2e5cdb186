/** The first use of many label values right after the start, when nothing is compiled yet. */

import type { Benchmark } from '../benchmark.ts';
import { creating } from '../creating.ts';

export const benchmark: Benchmark = creating({
  title: 'first use of 100,000 children, cold',
  cold: true,
});

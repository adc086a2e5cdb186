/** The first use of many label values by code that has run before, as in a flood of new series. */

import type { Benchmark } from '../benchmark.ts';
import { creating } from '../creating.ts';

export const benchmark: Benchmark = creating({
  title: 'first use of 100,000 children, warm',
  cold: false,
});

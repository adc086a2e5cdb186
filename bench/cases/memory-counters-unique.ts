/** Memory of counters each of which has a first label value of its own. */

import type { Benchmark } from '../benchmark.ts';
import { uniqueFirst } from '../inputs.ts';
import { keeping } from '../keeping.ts';

export const benchmark: Benchmark = keeping({
  title: 'heap and buffers a counter, unique first label',
  type: 'counter',
  goal: { incumbent: 1 / 0.85 },
  shape: uniqueFirst,
});

/** Memory of counters whose label values are shared as in most services. */

import type { Benchmark } from '../benchmark.ts';
import { mixedShape } from '../inputs.ts';
import { keeping } from '../keeping.ts';

export const benchmark: Benchmark = keeping({
  title: 'heap and buffers a counter, 2 × 12,500 × 4 values',
  type: 'counter',
  goal: { incumbent: 2 },
  shape: mixedShape,
});

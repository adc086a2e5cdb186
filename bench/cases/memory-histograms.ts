/** Memory of histograms. */

import type { Benchmark } from '../benchmark.ts';
import { mixedShape } from '../inputs.ts';
import { keeping } from '../keeping.ts';

export const benchmark: Benchmark = keeping({
  title: 'heap and buffers a histogram, 11 buckets',
  type: 'histogram',
  goal: { incumbent: 1 / 0.45 },
  shape: (prefix) => mixedShape(prefix).slice(0, 10_000),
});

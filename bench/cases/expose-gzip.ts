/** A large registry in the text format, compressed as it is sent, to the end of the stream. */

import type { Benchmark } from '../benchmark.ts';
import { compressing } from '../compressing.ts';

export const benchmark: Benchmark = compressing({
  title: '100,000 counters, 3 labels, to the end of a stream of gzip',
  series: 100_000,
  goal: { incumbent: 3 },
});

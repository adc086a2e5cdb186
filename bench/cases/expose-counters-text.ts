/** A large registry in the text format, as bytes. */

import type { Benchmark } from '../benchmark.ts';
import { exposing } from '../exposing.ts';

export const benchmark: Benchmark = exposing({
  title: '100,000 counters, 3 labels, to bytes of text',
  type: 'counter',
  format: 'text',
  series: 100_000,
  goal: { incumbent: 8, bare: 4 },
});

/** Many histograms in the text format, as bytes. */

import type { Benchmark } from '../benchmark.ts';
import { exposing } from '../exposing.ts';

export const benchmark: Benchmark = exposing({
  title: '10,000 histograms, 11 buckets, to bytes of text',
  type: 'histogram',
  format: 'text',
  series: 10_000,
  goal: { incumbent: 15 },
});

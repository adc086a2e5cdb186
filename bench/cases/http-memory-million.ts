/** What a scrape over HTTP takes in memory beyond the registry's own. */

import type { Benchmark } from '../benchmark.ts';
import { serving } from '../serving.ts';

export const benchmark: Benchmark = serving({
  title: 'memory during a scrape of 1,000,000 counters, beyond what was taken before',
  measure: 'memory',
  series: 1_000_000,
  goal: { most: 32 },
  incumbents: [],
});

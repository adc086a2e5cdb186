/** The longest pause of a program while it is scraped over HTTP and counts. */

import type { Benchmark } from '../benchmark.ts';
import { serving } from '../serving.ts';

export const benchmark: Benchmark = serving({
  title:
    'longest pause during a scrape of 1,000,000 counters, 1,000 increments a ms; bare without a scrape',
  measure: 'pause',
  series: 1_000_000,
  goal: { most: 10 },
  incumbents: [],
});

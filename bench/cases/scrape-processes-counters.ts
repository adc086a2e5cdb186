/** A scrape, after the first, over four processes that have the same many counters. */

import type { Benchmark } from '../benchmark.ts';
import { scrapingProcesses } from '../scraping-processes.ts';

export const benchmark: Benchmark = scrapingProcesses({
  title: 'scrape over 4 processes of 10,000 counters',
  type: 'counter',
  series: 10_000,
  goal: { incumbent: 20, python: 80 },
});

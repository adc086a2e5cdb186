/** A scrape, after the first, over four processes that have the same many histograms of 14 lines. */

import type { Benchmark } from '../benchmark.ts';
import { scrapingProcesses } from '../scraping-processes.ts';

export const benchmark: Benchmark = scrapingProcesses({
  title: 'scrape over 4 processes of 2,500 histograms, 11 buckets',
  type: 'histogram',
  series: 2500,
  goal: { incumbent: 15 },
});

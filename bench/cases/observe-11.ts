/** Observations of spread values on a kept child with 11 buckets. */

import type { Benchmark } from '../benchmark.ts';
import { observing } from '../observing.ts';

export const benchmark: Benchmark = observing(11);

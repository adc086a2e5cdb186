/** What a series of a registry of this size takes in an exposition. */

import type { Benchmark } from '../benchmark.ts';
import { scalingTime } from '../scaling.ts';

export const benchmark: Benchmark = scalingTime(1_000_000);

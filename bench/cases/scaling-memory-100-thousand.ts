/** What a series of a registry of this size takes in memory. */

import type { Benchmark } from '../benchmark.ts';
import { scalingMemory } from '../scaling.ts';

export const benchmark: Benchmark = scalingMemory(100_000);

/** The cases, each a file of `cases/`, in the order of the table. */

import type { Benchmark } from './benchmark.ts';

/** Their names. */
export const CASE_NAMES = [
  'increment-one',
  'increment-eight',
  'increment-unlabelled',
  'increment-mapped',
  'labels-by-position',
  'labels-by-name',
  'observe-11',
  'observe-30',
  'observe-native',
  'observe-native-mapped',
  'observe-labelled',
  'timer',
  'expose-counters-text',
  'expose-counters-openmetrics',
  'expose-counters-protobuf',
  'expose-histograms-text',
  'expose-gzip',
  'parse-text',
  'create-children-cold',
  'create-children',
  'memory-counters-mixed',
  'memory-counters-unique',
  'memory-histograms',
  'memory-native',
  'scaling-memory-10-thousand',
  'scaling-memory-100-thousand',
  'scaling-memory-million',
  'scaling-time-10-thousand',
  'scaling-time-100-thousand',
  'scaling-time-million',
  'http-pause-10-thousand',
  'http-pause-100-thousand',
  'http-pause-million',
  'http-memory-million',
  'scrape-default-metrics',
  'scrape-processes-counters',
  'scrape-processes-histograms',
  'import',
  'first-metric',
  'scrape-after-deaths',
  'idle',
] as const;

/** Loads the case of this name, and nothing of any other. */
export async function loadCase(name: string): Promise<Benchmark> {
  const { benchmark } = (await import(`./cases/${name}.ts`)) as { benchmark: Benchmark };
  return benchmark;
}

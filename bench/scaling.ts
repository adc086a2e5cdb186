/**
 * What a series takes in time and in memory, in registries of different sizes: where it is the same, the
 * whole grows in proportion. Incumbents take part up to a size that they survive.
 */

import type { Benchmark } from './benchmark.ts';
import { exposing } from './exposing.ts';
import { MANY, mixedShape } from './inputs.ts';
import { keeping } from './keeping.ts';

/** Nanoseconds for each series of an exposition in text. */
export function scalingTime(series: number): Benchmark {
  const title = `text of ${named(series)} counters, for each`;
  const whole = exposing({ title, type: 'counter', format: 'text', series, goal: {} });
  const forEach = (ms: number): number => (ms * 1e6) / series;
  return {
    title,
    unit: 'ns',
    goal: {},
    ...(series > MANY && { incumbents: [] }),
    promethium: async (library, loadMs) => forEach(await whole.promethium(library, loadMs)),
    incumbent: async (client, loadMs) => forEach(await whole.incumbent(client, loadMs)),
  };
}

/** Bytes for each series that is kept. */
export function scalingMemory(series: number): Benchmark {
  const title = `heap and buffers a counter, of ${named(series)}`;
  const shape = (prefix?: string) => mixedShape(prefix, series);
  const benchmark = keeping({ title, type: 'counter', goal: {}, shape });
  return { ...benchmark, ...(series > MANY && { incumbents: [] }) };
}

function named(count: number): string {
  return count.toLocaleString('en-US');
}

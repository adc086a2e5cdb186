/**
 * A process that makes more series than there is room for, made for tests: it prints what its own
 * scrape says, and what warnings there were, as JSON.
 *
 * Run with the directory, the mapper and the number of series as its arguments.
 */

import { setImmediate } from 'node:timers/promises';
import { openMultiprocessStorage } from '../../src/multiprocess/index.ts';
import type { MapperChoice } from '../../src/multiprocess/mapping/mapper-choice.ts';
import { REQUESTS } from './counting-process.ts';

/** What the process prints. */
export interface Crowded {
  readonly series: number;
  readonly total: number;
  readonly unshared: number;
  readonly warnings: readonly string[];
}

async function crowd(directory: string, mapper: MapperChoice, count: number): Promise<Crowded> {
  const warnings: string[] = [];
  process.on('warning', ({ message }) => warnings.push(message));
  const requests = openMultiprocessStorage({ directory, mapper });
  const series = requests.declare(REQUESTS);
  for (let i = 0; i < count; i++) {
    const { cells, index } = series.allocate([`/${i}`]);
    cells[index]! += 1;
  }
  const families = await requests.collect();
  const valuesOf = (name: string): number[] =>
    families
      .filter((family) => family.name === name)
      .flatMap((family) => Array.from(family.samples, ({ value }) => value));
  const values = valuesOf('requests');
  await setImmediate();
  const total = values.reduce((sum, value) => sum + value, 0);
  const [unshared = 0] = valuesOf('promethium_unshared_series');
  return { series: values.length, total, unshared, warnings };
}

const [, script, directory, mapper, count] = process.argv;
if (script?.includes('crowded-process')) {
  console.log(JSON.stringify(await crowd(directory!, mapper as MapperChoice, Number(count))));
}

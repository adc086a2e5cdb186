/**
 * A process that runs out of file descriptors, made for tests: it prints as JSON what its scrapes show
 * before that, meanwhile and afterwards, and what warnings there were.
 *
 * Run with the directory and the mapper as its arguments, and `early` where there are no descriptors left
 * when it makes its first metric.
 */

import { closeSync, openSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { type MapperChoice, openMultiprocessStorage } from '../../src/multiprocess/index.ts';
import { REQUESTS } from './counting-process.ts';
import { lines } from './storage.ts';

/** What the process prints. */
export interface Starved {
  readonly before: readonly string[];
  readonly meanwhile: readonly string[];
  readonly after: readonly string[];
  readonly warnings: readonly string[];
}

/** Opens what can be opened, and returns how to let go of it. */
function takeAll(): () => void {
  const taken: number[] = [];
  try {
    for (;;) taken.push(openSync('/dev/null', 'r'));
  } catch {
    // None is left.
  }
  return () => taken.forEach(closeSync);
}

async function starve(directory: string, mapper: MapperChoice, when: string): Promise<Starved> {
  const warnings: string[] = [];
  process.on('warning', ({ message }) => warnings.push(message));
  const storage = openMultiprocessStorage({ directory, mapper });
  const requests = storage.declare(REQUESTS);
  const count = (path: string): void => {
    const { cells, index } = requests.allocate([path]);
    cells[index]! += 1;
  };
  const show = async (): Promise<string[]> => lines(await storage.collect());
  let letGo: (() => void) | undefined;
  if (when === 'early') letGo = takeAll();
  else count('/before');
  const before = await show();
  letGo ??= takeAll();
  count('/meanwhile');
  const meanwhile = await show();
  letGo();
  // The disk is tried again after ten seconds.
  const now = performance.now.bind(performance);
  performance.now = () => now() + 10_000;
  count('/after');
  const after = await show();
  await setImmediate();
  return { before, meanwhile, after, warnings };
}

const [, script, directory, mapper, when] = process.argv;
if (script?.includes('starved-process')) {
  console.log(JSON.stringify(await starve(directory!, mapper as MapperChoice, when!)));
}

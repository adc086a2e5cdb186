/**
 * The torture by births: a service starts processes without end, each of which counts and is killed with
 * SIGKILL, while one process scrapes. What is counted must be exact, and what lies in the directory, and
 * the time a scrape takes, must not grow.
 */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { MetricFamily } from '../../src/index.ts';
import {
  type MapperChoice,
  type MultiprocessStorage,
  openMultiprocessStorage,
} from '../../src/multiprocess/index.ts';
import { type Ending, temporaryFolder } from '../processes/temporary-folder.ts';
import { bundled } from './bundled.ts';

/** How many are born. */
export interface BirthsOptions {
  readonly mapper: MapperChoice;
  /** Processes, in all. */
  readonly processes: number;
  /** Files that each of them writes. */
  readonly writers: number;
  /** Processes at a time. */
  readonly atOnce: number;
}

/** What came of it. */
export interface BirthsReport {
  readonly scrapes: number;
  /** Files that lay in the directory after a scrape, at the most. */
  readonly mostFiles: number;
  /** Files in the end, when all were dead and folded. */
  readonly files: number;
  /** Bytes in the end. */
  readonly bytes: number;
  /** The median time of a scrape in the first and in the last tenth, in milliseconds. */
  readonly scrapeMs: readonly [first: number, last: number];
  /** Memory of the process that scrapes when a tenth was born, and in the end. */
  readonly memory: readonly [first: number, last: number];
  /** What is not as it must be. */
  readonly wrong: readonly string[];
}

/** How long the last dead may wait to be folded. */
const PATIENCE_MS = 20_000;

/** Lets processes be born and die in a directory of its own. */
export async function tortureByBirths(
  context: Ending,
  options: BirthsOptions,
): Promise<BirthsReport> {
  const { mapper, processes, writers, atOnce } = options;
  const directory = temporaryFolder(context);
  const storage = openMultiprocessStorage({ directory, mapper });
  context.after(() => storage.close());
  const script = bundled(context, new URL('mayfly.ts', import.meta.url));
  const wrong: string[] = [];
  let born = 0;
  const keepOne = async (): Promise<void> => {
    while (born < processes) {
      const number = born++;
      const args = [script, directory, mapper, `${number}`, `${writers}`];
      const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
      const gone = once(child, 'exit');
      await Promise.race([once(child.stdout, 'data'), gone]);
      child.kill('SIGKILL');
      const [code, signal] = await gone;
      if (signal !== 'SIGKILL') wrong.push(`process ${number} ended by itself, with ${code}`);
    }
  };
  const lives = Promise.all(Array.from({ length: atOnce }, keepOne));
  const isOver = lives.then(() => true);
  const times: number[] = [];
  let mostFiles = 0;
  let counted = 0;
  let memoryAtFirst: number | undefined;
  while (!(await Promise.race([isOver, delay(1, false)]))) {
    const start = performance.now();
    const families = await storage.collect();
    times.push(performance.now() - start);
    mostFiles = Math.max(mostFiles, readdirSync(directory).length);
    const now = countOf(families);
    if (now < counted) wrong.push(`the count fell from ${counted} to ${now}`);
    counted = now;
    if (born * 10 >= processes) memoryAtFirst ??= memoryInUse();
  }
  await lives;
  const { files, bytes } = await folded(storage, directory);
  const want = processes * writers;
  wrong.push(...differences(await storage.collect(), want));
  const tenth = Math.ceil(times.length / 10);
  const scrapeMs = [median(times.slice(0, tenth)), median(times.slice(-tenth))] as const;
  const memoryAtLast = memoryInUse();
  const memory = [memoryAtFirst ?? memoryAtLast, memoryAtLast] as const;
  return { scrapes: times.length, mostFiles, files, bytes, scrapeMs, memory, wrong };
}

/** Bytes that are in use once all garbage is gone, on the heap and in buffers beside it. */
function memoryInUse(): number {
  setFlagsFromString('--expose-gc');
  const collectGarbage = runInNewContext('gc') as () => void;
  // Twice, since buffers go after the objects that hold them.
  collectGarbage();
  collectGarbage();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

/** Scrapes until nothing is left to be folded: an archive and the lock. */
async function folded(
  storage: MultiprocessStorage,
  directory: string,
): Promise<{ files: number; bytes: number }> {
  const end = performance.now() + PATIENCE_MS;
  for (;;) {
    await storage.collect();
    const names = readdirSync(directory);
    if (names.length <= 2 || performance.now() > end) {
      const bytes = names.reduce((sum, name) => sum + statSync(join(directory, name)).size, 0);
      return { files: names.length, bytes };
    }
    await delay(5);
  }
}

function countOf(families: readonly MetricFamily[]): number {
  return sum(families, 'size_count');
}

function differences(families: readonly MetricFamily[], writers: number): string[] {
  const wanted: readonly (readonly [name: string, want: number])[] = [
    ['work_total', writers * 0.1],
    ['size_count', writers],
    ['size_sum', writers * 1.5],
  ];
  return wanted
    .map(([name, want]) => ({ name, want, got: sum(families, name) }))
    .filter(({ want, got }) => Math.abs(got - want) > want * 1e-15 * 20)
    .map(({ name, want, got }) => `${name}: expected ${want}, got ${got}`);
}

function sum(families: readonly MetricFamily[], name: string): number {
  let total = 0;
  for (const { samples } of families) {
    for (const sample of samples) if (sample.name === name) total += sample.value;
  }
  return total;
}

function median(times: readonly number[]): number {
  return [...times].sort((a, b) => a - b)[Math.floor(times.length / 2)] ?? 0;
}

/** What a run came to, for people. */
export function toBirthsSentence(report: BirthsReport, options: BirthsOptions): string {
  const { scrapes, mostFiles, files, bytes, scrapeMs, memory, wrong } = report;
  const [first, last] = scrapeMs.map((time) => time.toFixed(2));
  return (
    `${options.mapper}: ${options.processes} processes of ${options.writers} writers born and killed, ` +
    `${scrapes} scrapes of ${first} ms at first and ${last} ms in the end, at most ${mostFiles} files, ` +
    `${files} files of ${bytes} bytes left, ` +
    `${((memory[1] - memory[0]) / 1024).toFixed(0)} KiB of memory more, ${wrong.length} numbers wrong`
  );
}

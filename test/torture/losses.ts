/**
 * How much of a process's last moments SIGKILL takes with it, where files are written behind: from the last
 * count that is in the file to the last one that the process said it had counted.
 */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { openMultiprocessStorage } from '../../src/multiprocess/index.ts';
import { Random } from '../fuzz/random.ts';
import { type Ending, temporaryFolder } from '../processes/temporary-folder.ts';
import { type RuntimeName, runtimeCommand } from '../setup/runtimes.ts';
import { bundled } from './bundled.ts';

/** How many, on what, and by which chance. */
export interface LossesOptions {
  readonly runtime: RuntimeName;
  /** Counting every millisecond, or as often as the event loop turns. */
  readonly work: 'timer' | 'busy';
  readonly kills: number;
  readonly seed: number;
}

/** At a time. More would measure how the machine shares itself out. */
const PROCESSES = 2;

/** When a process is killed, after its first count. */
const KILL_AFTER_MS = { least: 150, most: 450 } as const;

/** Kills as many processes, and returns the milliseconds that each of them lost, the shortest first. */
export async function measureLosses(context: Ending, options: LossesOptions): Promise<number[]> {
  const directory = temporaryFolder(context);
  const script = bundled(context, new URL('stamping-process.ts', import.meta.url));
  const random = new Random(options.seed);
  const stamps = new Map<string, readonly number[]>();
  let begun = 0;
  const keepOne = async (): Promise<void> => {
    while (begun < options.kills) {
      const label = String(begun++);
      const { least, most } = KILL_AFTER_MS;
      const afterMs = least + random.below(most - least);
      const command = [...runtimeCommand(options.runtime, script), directory, label, options.work];
      stamps.set(label, await runToDeath(command, afterMs));
    }
  };
  await Promise.all(Array.from({ length: PROCESSES }, keepOne));
  const written = await readCounts(directory);
  const lost = Array.from(stamps, ([label, said]) => lostOf(said, written.get(label) ?? 0));
  return lost.sort((one, other) => one - other);
}

/** Runs one process, and returns when each of its counts was, the n-th at the place n - 1. */
async function runToDeath([command = '', ...args]: string[], afterMs: number): Promise<number[]> {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const closed = once(child, 'close');
  let said = '';
  child.stdout.setEncoding('latin1').on('data', (text: string) => {
    if (said === '') setTimeout(() => child.kill('SIGKILL'), afterMs);
    said += text;
  });
  const [code, signal] = await closed;
  if (signal !== 'SIGKILL') throw new Error(`losses: expected to kill it, got ${code ?? signal}`);
  // What stands behind the last line feed was cut off.
  return said
    .split('\n')
    .slice(0, -1)
    .map((line) => Number(line.split(' ')[1]));
}

async function readCounts(directory: string): Promise<ReadonlyMap<string, number>> {
  const storage = openMultiprocessStorage({ directory, readOnly: true });
  const counts = new Map<string, number>();
  for (const { name, samples } of await storage.collect()) {
    if (name !== 'stamps') continue;
    for (const { labels, value } of samples) counts.set(labels['of']!, value);
  }
  storage.close();
  return counts;
}

function lostOf(said: readonly number[], written: number): number {
  if (written >= said.length) return 0;
  return said.at(-1)! - said[Math.max(0, written - 1)]!;
}

/** What came of it, for people. */
export function toLossesSentence(
  lost: readonly number[],
  { runtime, work, seed }: LossesOptions,
): string {
  const at = (share: number): string => lost[Math.floor((lost.length - 1) * share)]!.toFixed(0);
  return (
    `seed ${seed}, written behind on ${runtime}, ${work}: ${lost.length} processes killed lost ` +
    `${at(0.5)} ms (median), ${at(0.9)} ms (one in ten more), ${at(1)} ms (the most)`
  );
}

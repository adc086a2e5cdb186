/**
 * Containers that share a volume: each has process ids and a `/proc` of its own, in which the others are
 * not to be seen, and in each the program is process 1.
 */

import { deepEqual, match, ok } from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { after, describe, it } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { ProgramFolder } from '../members/program.ts';
import { type Member, startMember, type Way } from '../members/service.ts';
import { packed } from '../setup/packed.ts';
import { type RuntimeName, runtimeBinary } from '../setup/runtimes.ts';

const library = packed();
const programs = new ProgramFolder(library);
const script = programs.add('member.ts');
after(() => {
  programs.remove();
  library.remove();
});

/** What a container is, as far as it matters here. Others than root need a user namespace for it. */
const CONTAINER: readonly string[] = [
  'unshare',
  ...(process.getuid?.() === 0 ? [] : ['--user', '--map-root-user']),
  ...['--pid', '--fork', '--mount-proc', '--kill-child'],
];

const [command = '', ...args] = CONTAINER;
const isAllowed = spawnSync(command, [...args, 'true']).status === 0;
const RUNTIMES: readonly RuntimeName[] = ['node24', 'bun'];

describe('Containers that share a directory', { skip: isAllowed ? false : 'needs unshare' }, () => {
  for (const runtime of RUNTIMES) {
    const skip = runtimeBinary(runtime) ? false : `${runtime} is not installed`;
    const way: Way = { runtime, mapper: 'auto' };

    it(`add up, and know which of them died, on ${runtime}`, { skip }, async (context) => {
      const directory = programs.makeFolder('shared-');
      const options = { script, directory, way };
      const [one, other, outside] = await Promise.all([
        startMember(context, { ...options, within: CONTAINER }),
        startMember(context, { ...options, within: CONTAINER }),
        startMember(context, options),
      ]);
      const thread = await other.start('thread', 'thread');
      const all = [one, other, outside, thread];
      deepEqual([one.process, other.process, thread.process], ['1', '1', '1-1']);
      for (const [i, member] of all.entries()) await count(member, 2 ** i);
      deepEqual(await one.show('counted_total'), ['counted_total 15']);
      deepEqual(await outside.show('counted_total'), ['counted_total 15']);
      deepEqual(await valuesOf(one, 'each'), [1, 2, 4, 8]);
      match((await one.show('each')).join('\n'), /^each\{pid="1-[0-9a-f]{4}"\} [12]$/m);
      await other.kill();
      // The container dies by the death of what made it, a moment later.
      await until(async () => (await valuesOf(one, 'each')).length === 2);
      deepEqual(await one.show('counted_total'), ['counted_total 15']);
      deepEqual(await valuesOf(one, 'each'), [1, 4]);
      deepEqual(await valuesOf(outside, 'each'), [1, 4]);
      // What it counted is folded, and its files are gone.
      await until(() => filesOf(directory) === 2);
      deepEqual(await one.show('counted_total'), ['counted_total 15']);
    });
  }
});

async function count(member: Member, amount: number): Promise<void> {
  await member.metric('Counter', { name: 'counted_total' });
  await member.call('counted_total', 'inc', amount);
  await member.metric('Gauge', { name: 'each', multiprocessMode: 'liveall' });
  await member.call('each', 'set', amount);
}

async function valuesOf(member: Member, name: string): Promise<number[]> {
  const values = (await member.show(name)).map((line) => Number(line.split(' ')[1]));
  return values.sort((first, second) => first - second);
}

/** How many processes and threads have a file of their own. */
function filesOf(directory: string): number {
  return readdirSync(directory).filter((name) => /^[0-9a-f]{32}\.promethium$/.test(name)).length;
}

async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 10_000;
  while (!(await isSo())) {
    ok(performance.now() < deadline, 'not within 10 s');
    await setImmediate();
  }
}

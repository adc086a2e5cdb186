import { deepEqual, equal, match } from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { forkCounting } from '../../test/processes/fork-counting.ts';
import { lines, open } from '../../test/processes/storage.ts';
import { temporaryFolder } from '../../test/processes/temporary-folder.ts';
import { type RuntimeName, runtimeBinary } from '../../test/setup/runtimes.ts';
import type { MapperName } from './mapping/mapper.ts';

/** Runtimes that read TypeScript as it is, and what each maps with. */
const RUNTIMES: readonly [name: RuntimeName, mapper: MapperName, args: readonly string[]][] = [
  ['node24', 'koffi', []],
  ['node26', 'node-ffi', ['--no-warnings']],
  ['bun', 'bun', []],
  ['deno', 'deno', ['run', '-A']],
];

function command(name: RuntimeName, args: readonly string[]): [string, ...string[]] | undefined {
  const binary = runtimeBinary(name);
  return binary === undefined ? undefined : [binary, ...args];
}

describe('Processes of several runtimes', () => {
  for (const [name, mapper, args] of RUNTIMES) {
    it(`loses nothing that ${name} counted before it was killed`, async (context) => {
      const found = command(name, args);
      if (found === undefined) return context.skip(`${name} is not installed in test/runtimes`);
      const directory = temporaryFolder(context);
      const sidecar = open(context, { directory, mapper: 'koffi', readOnly: true });
      const counting = await forkCounting(context, { directory, mapper, command: found });
      await counting.spread(2000);
      await counting.set(3);
      deepEqual(await shown(sidecar), { connections: 3, requests_total: 2000 });
      await counting.kill();
      deepEqual(await shown(sidecar), { requests_total: 2000 });
    });
  }

  it('keeps the contract of mappers with node:ffi, on Node 26', (context) => {
    const node = runtimeBinary('node26');
    if (node === undefined) return context.skip('node26 is not installed in test/runtimes');
    const file = join(import.meta.dirname, 'mapping', 'mapper.test.ts');
    // Without the variable, the tests of a test would report to ours.
    const { NODE_TEST_CONTEXT: _, ...env } = process.env;
    const args = ['--no-warnings', '--experimental-ffi', '--test', '--test-reporter=tap'];
    const { stdout, status } = spawnSync(
      node,
      [...args, '--test-name-pattern=The mapper on node:ffi', file],
      { encoding: 'utf8', env },
    );
    match(stdout, /^ {4}ok \d+ - maps a part of a file, so that each sees what the other writes$/m);
    match(stdout, /^# skipped 0$/m);
    equal(status, 0, stdout);
  });

  it('adds up what all of them count in one directory', async (context: TestContext) => {
    const directory = temporaryFolder(context);
    const sidecar = open(context, { directory, mapper: 'koffi', readOnly: true });
    let expected = 0;
    for (const [i, [name, mapper, args]] of RUNTIMES.entries()) {
      const found = command(name, args);
      if (found === undefined) continue;
      const counting = await forkCounting(context, { directory, mapper, command: found });
      await counting.count('/', 10 ** i);
      expected += 10 ** i;
    }
    const families = await sidecar.collect();
    deepEqual(lines(families)[1], `requests_total{"path":"/"} ${expected}`);
  });
});

/** The sum of each name's samples. */
async function shown(storage: ReturnType<typeof open>): Promise<Record<string, number>> {
  const sums: Record<string, number> = {};
  for (const { samples } of await storage.collect()) {
    for (const { name, value } of samples) sums[name] = (sums[name] ?? 0) + value;
  }
  return sums;
}

import { deepEqual, equal, ok } from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { chmodSync, chownSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { describe, it, type TestContext } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { promisify } from 'node:util';
import { until } from '../../test/oracle/until.ts';
import type { Crowded } from '../../test/processes/crowded-process.ts';
import { forkCounting } from '../../test/processes/fork-counting.ts';
import { smallDisk } from '../../test/processes/small-disk.ts';
import type { Starved } from '../../test/processes/starved-process.ts';
import { count, lines, open } from '../../test/processes/storage.ts';
import { temporaryFolder } from '../../test/processes/temporary-folder.ts';
import { warnings } from '../../test/processes/warnings.ts';
import { bundled } from '../../test/torture/bundled.ts';
import { processStatus } from './system/process-identity.ts';

const NO_DISK = 'cannot mount a file system here: needs root';
const LONG_MS = 10_000;

function script(context: TestContext, name: string): string {
  return bundled(context, new URL(`../../test/processes/${name}.ts`, import.meta.url));
}

/** Starts a script that lives until the test ends, and returns what it prints, line by line. */
function start(context: TestContext, name: string, ...args: string[]): AsyncIterator<string> {
  const child = spawn(process.execPath, [script(context, name), ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  context.after(() => void child.kill('SIGKILL'));
  return createInterface(child.stdout)[Symbol.asyncIterator]();
}

async function next(printed: AsyncIterator<string>): Promise<number> {
  return Number((await printed.next()).value);
}

/** Runs a script to its end, under limits that the shell sets, and returns the JSON it prints. */
async function limited(
  context: TestContext,
  limit: string,
  name: string,
  ...args: string[]
): Promise<unknown> {
  const command = `${limit} && exec "$0" "$@"`;
  const program = [process.execPath, script(context, name), ...args];
  const { stdout } = await promisify(execFile)('sh', ['-c', command, ...program]);
  return JSON.parse(stdout);
}

for (const mapper of ['koffi', 'write-behind'] as const) {
  describe(`A process in trouble (${mapper})`, () => {
    it('counts on its heap what a full file system has no room for', async (context) => {
      const directory = smallDisk(context, 192);
      if (directory === undefined) return context.skip(NO_DISK);
      const crowded = (await limited(
        context,
        'true',
        'crowded-process',
        directory,
        mapper,
        '9000',
      )) as Crowded;
      const [name] = readdirSync(directory);
      const sidecar = open(context, { directory, mapper: 'koffi', readOnly: true });
      const shared = lines(await sidecar.collect());
      deepEqual(crowded, {
        series: 9000,
        total: 9000,
        unshared: 9000 - shared.length,
        warnings: [
          `file "${join(directory, name!)}": cannot grow, expected room for 131072 more bytes, got ENOSPC; what finds no room there lies on the heap of this process, which alone shows it`,
        ],
      } satisfies Crowded);
      equal(statSync(join(directory, name!)).size, 131_072);
      ok(shared.length > 2000 && shared.every((line) => line.endsWith(' 1')));
    });

    it('makes its file once there is room on the file system', async (context) => {
      const directory = smallDisk(context, 128);
      if (directory === undefined) return context.skip(NO_DISK);
      const said = warnings(context);
      const filling = join(directory, 'filling');
      writeFileSync(filling, new Uint8Array(100_000));
      const storage = open(context, { directory, mapper });
      count(storage, '/before', 1);
      deepEqual(lines(await storage.collect()), [
        'promethium_unshared_series{} 1',
        'requests_total{"path":"/before"} 1',
      ]);
      deepEqual(readdirSync(directory), ['filling']);
      rmSync(filling);
      const now = performance.now();
      context.mock.method(performance, 'now', () => now + 10_000);
      count(storage, '/after', 1);
      storage.flush();
      const sidecar = open(context, { directory, mapper: 'koffi', readOnly: true });
      deepEqual(lines(await sidecar.collect()), ['requests_total{"path":"/after"} 1']);
      await setImmediate();
      const [first, ...others] = said.filter((sentence) => sentence.includes(directory));
      ok(
        /^WRITE_FAILED: file ".*": cannot grow, expected room for 65536 more bytes, got ENOSPC; what finds no room there lies on the heap of this process, which alone shows it$/.test(
          first!,
        ),
        first,
      );
      deepEqual(others, []);
    });

    it('counts on and is seen where the directory becomes read-only', async (context) => {
      if (process.geteuid?.() !== 0)
        return context.skip('needs to be root, to become another user');
      const said = warnings(context);
      const directory = temporaryFolder(context);
      chownSync(directory, 65_534, 65_534);
      const sidecar = open(context, { directory, mapper: 'koffi', readOnly: true });
      process.seteuid!(65_534);
      try {
        const storage = open(context, { directory, mapper });
        count(storage, '/', 1);
        chmodSync(directory, 0o500);
        for (let i = 0; i < 3000; i++) count(storage, `/${i}`, 1);
        equal(lines(await storage.collect()).length, 3001);
        storage.flush();
      } finally {
        process.seteuid!(0);
      }
      equal(lines(await sidecar.collect()).length, 3001);
      await setImmediate();
      deepEqual(
        said.filter((sentence) => sentence.includes(directory)),
        [],
      );
    });

    it('is alive while it is stopped, and counts on when it goes on', async (context) => {
      const directory = temporaryFolder(context);
      const sidecar = open(context, { directory, mapper: 'koffi', readOnly: true });
      const counting = await forkCounting(context, { directory, mapper });
      await counting.count('/', 2);
      await counting.set(7);
      process.kill(counting.pid, 'SIGSTOP');
      const isStopped = () => processStatus(counting.pid).state === 'T' || undefined;
      await until('a stopped process', isStopped, { withinMs: LONG_MS });
      const before = lines(await sidecar.collect());
      if (mapper === 'koffi')
        deepEqual(before, ['connections{} 7', 'requests_total{"path":"/"} 2']);
      process.kill(counting.pid, 'SIGCONT');
      await counting.count('/', 2);
      const expected = ['connections{} 7', 'requests_total{"path":"/"} 4'];
      const isShown = async () =>
        JSON.stringify(lines(await sidecar.collect())) === JSON.stringify(expected) || undefined;
      await until('what it counted', isShown, { withinMs: LONG_MS });
    });

    it('is dead when it is killed, though a process that it forked lives', async (context) => {
      const directory = temporaryFolder(context);
      const sidecar = open(context, { directory, mapper: 'koffi', readOnly: true });
      const printed = start(context, 'forking-process', directory, mapper);
      const parent = await next(printed);
      const child = await next(printed);
      context.after(() => void process.kill(child, 'SIGKILL'));
      const requests = ['requests_total{"path":"/child"} 1', 'requests_total{"path":"/parent"} 1'];
      deepEqual(lines(await sidecar.collect()), ['connections{} 11', ...requests]);
      process.kill(parent, 'SIGKILL');
      const isDead = async () => {
        const [first] = lines(await sidecar.collect());
        return first === 'connections{} 10' || undefined;
      };
      await until('the end of the parent alone', isDead, { withinMs: LONG_MS });
      deepEqual(lines(await sidecar.collect()), ['connections{} 10', ...requests]);
    });

    it('loses nothing by process.exit() within a request', async (context) => {
      const directory = temporaryFolder(context);
      const sidecar = open(context, { directory, mapper: 'koffi', readOnly: true });
      const port = await next(start(context, 'exiting-service', directory, mapper));
      for (let i = 0; i < 3; i++) await fetch(`http://127.0.0.1:${port}/`);
      equal(await fetch(`http://127.0.0.1:${port}/exit`).catch(() => 'gone'), 'gone');
      deepEqual(lines(await sidecar.collect()), [
        'requests_total{"path":"/"} 3',
        'requests_total{"path":"/exit"} 1',
      ]);
    });

    it('counts on, and shows what it knows, while it is out of file descriptors', async (context) => {
      const directory = temporaryFolder(context);
      count(open(context, { directory, mapper: 'koffi' }), '/other', 5);
      const starved = (await limited(
        context,
        'ulimit -n 48',
        'starved-process',
        directory,
        mapper,
        'late',
      )) as Starved;
      const other = 'requests_total{"path":"/other"} 5';
      const [before, meanwhile, after] = ['before', 'meanwhile', 'after'].map(
        (path) => `requests_total{"path":"/${path}"} 1`,
      );
      deepEqual(starved, {
        before: [before!, other],
        meanwhile: [
          'promethium_unreadable_files{"reason":"directory"} 1',
          before!,
          meanwhile!,
          other,
        ],
        after: [
          'promethium_unreadable_files{"reason":"directory"} 0',
          after!,
          before!,
          meanwhile!,
          other,
        ],
        warnings: [
          `directory "${directory}": cannot be read, expected a directory of metrics, got EMFILE`,
        ],
      } satisfies Starved);
    });

    it('counts on its heap what it counts while it has no descriptor for a file', async (context) => {
      const directory = temporaryFolder(context);
      // Not by name, which would load it before.
      const starved = (await limited(
        context,
        'ulimit -n 48',
        'starved-process',
        directory,
        mapper === 'koffi' ? 'auto' : mapper,
        'early',
      )) as Starved;
      const sidecar = open(context, { directory, mapper: 'koffi', readOnly: true });
      deepEqual(lines(await sidecar.collect()), ['requests_total{"path":"/after"} 1']);
      deepEqual(starved, {
        before: ['promethium_unreadable_files{"reason":"directory"} 1'],
        meanwhile: [
          'promethium_unreadable_files{"reason":"directory"} 1',
          'promethium_unshared_series{} 1',
          'requests_total{"path":"/meanwhile"} 1',
        ],
        after: [
          'promethium_unreadable_files{"reason":"directory"} 0',
          'promethium_unshared_series{} 1',
          'requests_total{"path":"/after"} 1',
          'requests_total{"path":"/meanwhile"} 1',
        ],
        warnings: [
          `directory "${directory}": cannot hold a file of metrics, expected to create one in it, got EMFILE; what finds no room there lies on the heap of this process, which alone shows it`,
        ],
      } satisfies Starved);
    });
  });
}

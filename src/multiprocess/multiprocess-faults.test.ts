import { deepEqual, equal, ok } from 'node:assert/strict';
import { execFile } from 'node:child_process';
import {
  chmodSync,
  closeSync,
  copyFileSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { CONNECTIONS, REQUESTS } from '../../test/processes/counting-process.ts';
import type { Crowded } from '../../test/processes/crowded-process.ts';
import { count, lines, open } from '../../test/processes/storage.ts';
import { temporaryFolder } from '../../test/processes/temporary-folder.ts';
import { warnings } from '../../test/processes/warnings.ts';
import { CollectorRegistry, Counter, Summary, toText } from '../index.ts';
import { MultiprocessStorage } from './multiprocess-storage.ts';

/** Runs something as a user without rights. Root may read and write whatever the mode says. */
async function asNobody<Result>(run: () => Promise<Result>): Promise<Result> {
  process.seteuid!('nobody');
  try {
    return await run();
  } finally {
    process.seteuid!(0);
  }
}

describe('MultiprocessStorage in trouble', () => {
  it('counts on the heap where the directory cannot be used, and says so once', async (context) => {
    const said = warnings(context);
    const directory = join(temporaryFolder(context), 'file');
    writeFileSync(directory, '');
    const storage = new MultiprocessStorage({ directory, mapper: 'koffi' });
    context.after(() => storage.close());
    const series = storage.declare(REQUESTS);
    const { cells, index } = series.allocate(['/']);
    cells[index]! += 5;
    const removed = series.allocate(['/removed']);
    series.release(removed);
    count(storage, '/', 1);
    deepEqual(lines(await storage.collect()), [
      'promethium_unreadable_files{"reason":"directory"} 1',
      'promethium_unshared_series{} 2',
      'requests_total{"path":"/"} 6',
    ]);
    await storage.collect();
    await setImmediate();
    deepEqual(said, [
      `DIRECTORY_UNUSABLE: directory "${directory}": cannot be used, expected a directory or to create one, got a file; what finds no room there lies on the heap of this process, which alone shows it`,
    ]);
  });

  it('counts on the heap where it may only read, says so once and counts what nobody else sees', async (context) => {
    if (process.geteuid?.() !== 0) return context.skip('needs to be root, to become another user');
    const said = warnings(context);
    const directory = temporaryFolder(context);
    count(open(context, { directory, mapper: 'koffi' }), '/', 1);
    chmodSync(directory, 0o755);
    const storage = new MultiprocessStorage({ directory, mapper: 'koffi' });
    // Another user's file can be seen here, and cannot be read.
    const [file] = readdirSync(directory);
    const shown = await asNobody(() => {
      count(storage, '/', 5);
      return storage.collect();
    });
    deepEqual(lines(shown), [
      'promethium_unreadable_files{"reason":"inaccessible"} 1',
      'promethium_unshared_series{} 1',
      'requests_total{"path":"/"} 5',
    ]);
    await setImmediate();
    deepEqual(said, [
      `DIRECTORY_UNUSABLE: directory "${directory}": cannot hold a file of metrics, expected to create one in it, got EACCES; what finds no room there lies on the heap of this process, which alone shows it`,
      `FILE_UNREADABLE: file "${join(directory, file!)}": cannot be read, expected its contents, got EACCES`,
    ]);
  });

  it('waits for a directory that is not there yet, where it has nothing to put there', async (context) => {
    const said = warnings(context);
    const directory = join(temporaryFolder(context), 'later');
    const sidecar = open(context, { directory, mapper: 'koffi', readOnly: true });
    const idle = new MultiprocessStorage({ directory, mapper: 'koffi' });
    deepEqual(lines(await sidecar.collect()), []);
    deepEqual(lines(await idle.collect()), []);
    count(open(context, { directory, mapper: 'koffi' }), '/', 1);
    deepEqual(lines(await sidecar.collect()), ['requests_total{"path":"/"} 1']);
    deepEqual(lines(await idle.collect()), ['requests_total{"path":"/"} 1']);
    rmSync(directory, { recursive: true });
    deepEqual(lines(await sidecar.collect()), []);
    await setImmediate();
    deepEqual(said, []);
  });

  it('shows its files to whom they are to be shown, whatever the umask', (context) => {
    const directory = temporaryFolder(context);
    chmodSync(directory, 0o755);
    const before = process.umask(0o077);
    context.after(() => void process.umask(before));
    const storage = open(context, { directory, mapper: 'koffi', fileMode: 0o644 });
    count(storage, '/', 1);
    const [file] = readdirSync(directory);
    equal(statSync(join(directory, file!)).mode & 0o777, 0o644);
  });

  const notRoot = process.geteuid?.() !== 0 && 'only root can become another user';
  it('is read by another user where its files are for all', { skip: notRoot }, async (context) => {
    const directory = temporaryFolder(context);
    chmodSync(directory, 0o755);
    const storage = open(context, { directory, mapper: 'koffi', fileMode: 0o644 });
    count(storage, '/', 1);
    const sidecar = open(context, { directory, mapper: 'koffi', readOnly: true });
    deepEqual(lines(await asNobody(() => sidecar.collect())), ['requests_total{"path":"/"} 1']);
  });

  it('leaves out files that make no sense, each by itself, and says which', async (context) => {
    const said = warnings(context);
    const directory = temporaryFolder(context);
    const storage = open(context, { directory, mapper: 'koffi' });
    count(storage, '/', 5);
    const [own] = readdirSync(directory);
    const bad = (digit: string): string => join(directory, `${digit.repeat(32)}.promethium`);
    writeFileSync(bad('1'), '');
    writeFileSync(bad('2'), 'What is this?');
    copyFileSync(join(directory, own!), bad('3'));
    writeFileSync(join(directory, 'others.db'), 'not ours');
    writeFileSync(`${bad('4')}.new`, 'not yet');
    deepEqual(lines(await storage.collect()), [
      'promethium_unreadable_files{"reason":"empty"} 1',
      'promethium_unreadable_files{"reason":"foreign"} 2',
      'requests_total{"path":"/"} 5',
    ]);
    writeFileSync(bad('2'), 'What is this now?');
    await storage.collect();
    for (const digit of ['1', '2', '3']) rmSync(bad(digit));
    deepEqual(lines(await storage.collect()), [
      'promethium_unreadable_files{"reason":"empty"} 0',
      'promethium_unreadable_files{"reason":"foreign"} 0',
      'requests_total{"path":"/"} 5',
    ]);
    await setImmediate();
    deepEqual(said, [
      `FILE_CORRUPT: file "${bad('1')}": is empty, expected a header, got 0 bytes`,
      `FILE_FOREIGN: file "${bad('2')}": is not a file of metrics from this machine, expected it to begin with the magic words, got 5768617420697320`,
      `FILE_FOREIGN: file "${bad('3')}": is a copy, expected the id of its name, got ${own!.slice(0, 32)}`,
    ]);
  });

  for (const mapper of ['koffi', 'write-behind'] as const) {
    it(`counts on the heap what a full disk has no room for (${mapper})`, async (context) => {
      if (process.platform === 'win32') return context.skip('needs ulimit');
      const directory = temporaryFolder(context);
      const script = fileURLToPath(
        new URL('../../test/processes/crowded-process.ts', import.meta.url),
      );
      // A limit of 200 blocks of 512 bytes: the first segment fits, the second does half.
      const command = 'ulimit -f 200 && exec "$0" "$@"';
      const { stdout } = await promisify(execFile)('sh', [
        '-c',
        command,
        process.execPath,
        script,
        directory,
        mapper,
        '5000',
      ]);
      const [name] = readdirSync(directory);
      const path = join(directory, name!);
      const sidecar = open(context, { directory, mapper: 'koffi', readOnly: true });
      const shared = lines(await sidecar.collect());
      deepEqual(JSON.parse(stdout), {
        series: 5000,
        total: 5000,
        unshared: 5000 - shared.length,
        warnings: [
          `file "${path}": cannot grow, expected room for 65536 more bytes, got EFBIG; what finds no room there lies on the heap of this process, which alone shows it`,
        ],
      } satisfies Crowded);
      equal(statSync(path).size, 65_536);
      ok(shared.length > 1000 && shared.every((line) => line.endsWith(' 1')));
    });
  }

  it('tries again after a while, and shares what is made from then on', async (context) => {
    const directory = join(temporaryFolder(context), 'metrics');
    writeFileSync(directory, '');
    const storage = new MultiprocessStorage({ directory, mapper: 'koffi' });
    context.after(() => storage.close());
    count(storage, '/before', 1);
    rmSync(directory);
    count(storage, '/at-once', 1);
    const now = performance.now();
    context.mock.method(performance, 'now', () => now + 10_000);
    count(storage, '/later', 1);
    const sidecar = open(context, { directory, mapper: 'koffi', readOnly: true });
    deepEqual(lines(await sidecar.collect()), ['requests_total{"path":"/later"} 1']);
    deepEqual(lines(await storage.collect()), [
      'promethium_unshared_series{} 2',
      'requests_total{"path":"/at-once"} 1',
      'requests_total{"path":"/before"} 1',
      'requests_total{"path":"/later"} 1',
    ]);
  });

  it('says where processes declare one metric in two ways', async (context) => {
    const directory = temporaryFolder(context);
    const storage = open(context, { directory, mapper: 'koffi' });
    count(storage, '/', 1);
    const other = open(context, { directory, mapper: 'koffi' });
    other.declare({ ...REQUESTS, help: 'Requests.' }).allocate(['/']);
    deepEqual(lines(await storage.collect()), [
      'promethium_disagreeing_declarations{"family":"requests","aspect":"help"} 1',
      'requests_total{"path":"/"} 1',
    ]);
  });

  it('goes on when the directory is taken away', async (context) => {
    const directory = join(temporaryFolder(context), 'metrics');
    const storage = open(context, { directory, mapper: 'koffi' });
    count(storage, '/', 1);
    rmSync(directory, { recursive: true });
    count(storage, '/', 2);
    deepEqual(lines(await storage.collect()), [
      'promethium_restored_files_total{} 1',
      'requests_total{"path":"/"} 3',
    ]);
  });

  it('counts in memory after it was closed, and is dead to all', async (context) => {
    const directory = temporaryFolder(context);
    const storage = open(context, { directory, mapper: 'koffi' });
    const sidecar = open(context, { directory, mapper: 'koffi', readOnly: true });
    const { cells, index } = storage.declare(CONNECTIONS).allocate([]);
    cells[index] = 1;
    count(storage, '/', 1);
    storage.close();
    count(storage, '/', 1);
    deepEqual(lines(await sidecar.collect()), ['requests_total{"path":"/"} 1']);
    deepEqual(lines(await storage.collect()), [
      'promethium_unshared_series{} 1',
      'requests_total{"path":"/"} 2',
    ]);
  });

  for (const mapper of ['koffi', 'write-behind'] as const) {
    it(`writes nothing after it was closed to what has its descriptor by then (${mapper})`, async (context) => {
      const said = warnings(context);
      const folder = temporaryFolder(context);
      const storage = open(context, { directory: join(folder, 'metrics'), mapper });
      const registry = new CollectorRegistry({ storage });
      const options = { help: 'H.', labelNames: ['i'], registry } as const;
      const jobs = new Counter({ name: 'jobs', ...options });
      // These are kept in blocks that grow, until the file would have to.
      const times = new Summary({ name: 'times', quantiles: [0.5], ...options });
      const observe = (values: number): void => {
        for (let i = 0; i < 20; i++) {
          jobs.labels(`${i}`).inc();
          for (let j = 0; j < values; j++) times.labels(`${i}`).observe(1.011 ** j);
        }
      };
      observe(1);
      await toText(registry);
      storage.close();
      const others = ['a', 'b', 'c'].map((name) => openSync(join(folder, name), 'w+'));
      for (const fd of others) writeSync(fd, 'x'.repeat(200_000));
      observe(2000);
      registry.flush();
      await toText(registry);
      for (const name of ['a', 'b', 'c']) {
        equal(/^x{200000}$/.test(readFileSync(join(folder, name), 'latin1')), true, name);
      }
      for (const fd of others) closeSync(fd);
      await setImmediate();
      const told = said.filter((sentence) => sentence.includes(folder));
      deepEqual(told, []);
    });
  }
});

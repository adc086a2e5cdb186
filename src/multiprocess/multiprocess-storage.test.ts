import { deepEqual, equal, ok, throws } from 'node:assert/strict';
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { storageContract } from '../../test/contracts/storage.ts';
import { CONNECTIONS, REQUESTS } from '../../test/processes/counting-process.ts';
import { forkCounting } from '../../test/processes/fork-counting.ts';
import { temporaryFolder } from '../../test/processes/temporary-folder.ts';
import type { StoredFamily } from '../model/cells.ts';
import type { MetricFamily } from '../model/family.ts';
import {
  MultiprocessStorage,
  type MultiprocessStorageOptions,
  openMultiprocessStorage,
} from './multiprocess-storage.ts';

function open(
  context: Pick<TestContext, 'after'>,
  options: MultiprocessStorageOptions,
): MultiprocessStorage {
  const storage = openMultiprocessStorage(options);
  context.after(() => storage.close());
  return storage;
}

/** Families as lines, for tests to compare whole. */
function lines(families: readonly MetricFamily[]): string[] {
  return families.flatMap(({ samples }) =>
    Array.from(samples, ({ name, labels, value }) => `${name}${JSON.stringify(labels)} ${value}`),
  );
}

function count(storage: MultiprocessStorage, path: string, amount: number): void {
  const { cells, index } = storage.declare(REQUESTS).allocate([path]);
  cells[index]! += amount;
}

for (const mapper of ['koffi', 'write-behind'] as const) {
  storageContract(`MultiprocessStorage (${mapper})`, (cleanUp) =>
    open({ after: cleanUp as never }, { directory: temporaryFolder({ after: cleanUp }), mapper }),
  );
}

describe('MultiprocessStorage', () => {
  it('shows the sum of what several processes counted, in each of them', async (context) => {
    const directory = temporaryFolder(context);
    const own = open(context, { directory, mapper: 'koffi' });
    count(own, '/', 1);
    const one = await forkCounting(context, { directory, mapper: 'koffi' });
    const other = await forkCounting(context, { directory, mapper: 'koffi' });
    await one.count('/', 10);
    await other.count('/', 100);
    await other.count('/b', 7);
    deepEqual(lines(await own.collect()), [
      'connections{} 0',
      'requests_total{"path":"/"} 111',
      'requests_total{"path":"/b"} 7',
    ]);
  });

  it('loses nothing that a process counted before it was killed', async (context) => {
    const directory = temporaryFolder(context);
    const sidecar = open(context, { directory, mapper: 'koffi', readOnly: true });
    for (let round = 0; round < 3; round++) {
      const counting = await forkCounting(context, { directory, mapper: 'koffi' });
      for (let i = 0; i < 50; i++) await counting.count(`/${i % 5}`, 1);
      await counting.kill();
    }
    deepEqual(
      lines(await sidecar.collect()),
      [0, 1, 2, 3, 4].map((path) => `requests_total{"path":"/${path}"} 30`),
    );
    equal(readdirSync(directory).length, 3);
  });

  it('leaves the live gauges of a process out from its death on', async (context) => {
    const directory = temporaryFolder(context);
    const sidecar = open(context, { directory, mapper: 'koffi', readOnly: true });
    const one = await forkCounting(context, { directory, mapper: 'koffi' });
    const other = await forkCounting(context, { directory, mapper: 'koffi' });
    await one.set(3);
    await other.set(4);
    deepEqual(lines(await sidecar.collect()), ['connections{} 7']);
    await other.kill();
    deepEqual(lines(await sidecar.collect()), ['connections{} 3']);
  });

  it('tells the dead from the living without locks, by their process ids', async (context) => {
    const directory = temporaryFolder(context);
    const sidecar = open(context, { directory, mapper: 'write-behind', readOnly: true });
    const one = await forkCounting(context, { directory, mapper: 'koffi' });
    const other = await forkCounting(context, { directory, mapper: 'koffi' });
    await one.set(3);
    await other.set(4);
    deepEqual(lines(await sidecar.collect()), ['connections{} 7']);
    await other.kill();
    deepEqual(lines(await sidecar.collect()), ['connections{} 3']);
  });

  it('gives each thread a file of its own, and knows when a thread ended', async (context) => {
    const directory = temporaryFolder(context);
    const storage = open(context, { directory, mapper: 'koffi' });
    const family: StoredFamily = { ...CONNECTIONS, mode: 'liveall' };
    const place = storage.declare(family).allocate([]);
    place.cells[place.index] = 1;
    const source = `
      import { parentPort, threadId } from 'node:worker_threads';
      import { openMultiprocessStorage } from ${JSON.stringify(new URL('index.ts', import.meta.url).href)};
      const storage = openMultiprocessStorage(${JSON.stringify({ directory, mapper: 'koffi' })});
      const place = storage.declare(${JSON.stringify(family)}).allocate([]);
      place.cells[place.index] = 2;
      parentPort.on('message', () => {});
      parentPort.postMessage(threadId);`;
    const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(source)}`));
    context.after(async () => void (await worker.terminate()));
    const [threadId] = await once(worker, 'message');
    deepEqual(lines(await storage.collect()), [
      `connections{"pid":"${process.pid}"} 1`,
      `connections{"pid":"${process.pid}-${threadId}"} 2`,
    ]);
    await worker.terminate();
    deepEqual(lines(await storage.collect()), [`connections{"pid":"${process.pid}"} 1`]);
  });

  it('shows a removed series no more, and what takes its place from 0', async (context) => {
    const directory = temporaryFolder(context);
    const storage = open(context, { directory, mapper: 'koffi' });
    const sidecar = open(context, { directory, mapper: 'koffi', readOnly: true });
    const series = storage.declare(REQUESTS);
    const place = series.allocate(['/a']);
    place.cells[place.index] = 9;
    deepEqual(lines(await sidecar.collect()), ['requests_total{"path":"/a"} 9']);
    series.release(place);
    deepEqual(lines(await sidecar.collect()), []);
    const next = series.allocate(['/b']);
    deepEqual([next.cells === place.cells, next.index], [true, place.index]);
    next.cells[next.index]! += 2;
    deepEqual(lines(await sidecar.collect()), ['requests_total{"path":"/b"} 2']);
    deepEqual(lines(await storage.collect()), ['requests_total{"path":"/b"} 2']);
  });

  it('shows families that have no series yet', async (context) => {
    const storage = open(context, { directory: temporaryFolder(context), mapper: 'koffi' });
    storage.declare(REQUESTS);
    const families = await storage.collect();
    deepEqual(
      families.map(({ name, type, help }) => [name, type, help]),
      [['requests', 'counter', 'Requests answered.']],
    );
  });

  it('keeps all types, with everything that was said of them', async (context) => {
    const directory = temporaryFolder(context);
    const storage = open(context, { directory, mapper: 'koffi' });
    const sidecar = open(context, { directory, mapper: 'koffi', readOnly: true });
    const plain = { ...REQUESTS, labelNames: [], constantLabels: [['zone', 'ä "1"']] as const };
    const latency = storage
      .declare({
        ...plain,
        name: 'latency_seconds',
        type: 'histogram',
        unit: 'seconds',
        bounds: [0.5, 1],
      })
      .allocate([]);
    latency.cells.set([3, 2, 1, 4.5, 1000], latency.index);
    const build = storage.declare({ ...plain, name: 'build', type: 'info' });
    build.allocate([], [['version', '1.2.3']]);
    const state = storage
      .declare({
        ...plain,
        name: 'state',
        type: 'stateset',
        states: ['up', 'down'],
        mode: 'mostrecent',
      })
      .allocate([]);
    state.cells.set([0, 1, storage.now()], state.index);
    deepEqual(lines(await sidecar.collect()), [
      'build_info{"zone":"ä \\"1\\"","version":"1.2.3"} 1',
      'latency_seconds_bucket{"zone":"ä \\"1\\"","le":"0.5"} 3',
      'latency_seconds_bucket{"zone":"ä \\"1\\"","le":"1.0"} 5',
      'latency_seconds_bucket{"zone":"ä \\"1\\"","le":"+Inf"} 6',
      'latency_seconds_sum{"zone":"ä \\"1\\""} 4.5',
      'latency_seconds_count{"zone":"ä \\"1\\""} 6',
      'state{"zone":"ä \\"1\\"","state":"up"} 0',
      'state{"zone":"ä \\"1\\"","state":"down"} 1',
    ]);
  });

  it('has each scrape see all that was counted before it was asked for', async (context) => {
    const directory = temporaryFolder(context);
    const storage = open(context, { directory, mapper: 'koffi' });
    const { cells, index } = storage.declare(REQUESTS).allocate(['/']);
    const scrapes: Promise<readonly MetricFamily[]>[] = [];
    for (let i = 1; i <= 5; i++) {
      cells[index] = i;
      scrapes.push(storage.collect());
    }
    deepEqual(
      (await Promise.all(scrapes)).map((families) => lines(families)[0]),
      [1, 5, 5, 5, 5].map((value) => `requests_total{"path":"/"} ${value}`),
    );
  });

  it('takes up with a process that begins between two scrapes, and one whose file goes', async (context) => {
    const directory = temporaryFolder(context);
    const storage = open(context, { directory, mapper: 'koffi' });
    count(storage, '/', 1);
    await storage.collect();
    const other = open(context, { directory, mapper: 'koffi' });
    count(other, '/', 2);
    deepEqual(lines(await storage.collect()), ['requests_total{"path":"/"} 3']);
    const [file] = readdirSync(directory).sort(
      (a, b) => statSync(join(directory, b)).ctimeMs - statSync(join(directory, a)).ctimeMs,
    );
    rmSync(join(directory, file!));
    deepEqual(lines(await storage.collect()), ['requests_total{"path":"/"} 1']);
  });

  it('keeps to small files: 64 KiB hold 1,000 counters with a label', (context) => {
    const directory = temporaryFolder(context);
    const storage = open(context, { directory, mapper: 'koffi' });
    const series = storage.declare(REQUESTS);
    for (let i = 0; i < 1000; i++) series.allocate([`/some/path/${i}`]);
    deepEqual(
      readdirSync(directory).map((name) => statSync(join(directory, name)).size),
      [65_536],
    );
  });
});

describe('MultiprocessStorage in trouble', () => {
  /** Gathers the warnings of this library until the test ends. */
  function warnings(context: TestContext): string[] {
    const said: string[] = [];
    const listen = (warning: Error & { code?: string }): void => {
      if (warning.name === 'MetricsWarning') said.push(`${warning.code}: ${warning.message}`);
    };
    process.on('warning', listen);
    context.after(() => void process.off('warning', listen));
    return said;
  }

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
      'requests_total{"path":"/"} 6',
    ]);
    await storage.collect();
    await setImmediate();
    deepEqual(said, [
      `DIRECTORY_UNUSABLE: directory "${directory}": cannot be used, expected a directory or to create one, got EEXIST`,
      `DIRECTORY_UNUSABLE: directory "${directory}": cannot be read, expected a directory of metrics, got ENOTDIR`,
    ]);
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
    writeFileSync(join(directory, 'counter_1.db'), 'not ours');
    writeFileSync(`${bad('4')}.new`, 'not yet');
    deepEqual(lines(await storage.collect()), [
      'promethium_unreadable_files{"reason":"empty"} 1',
      'promethium_unreadable_files{"reason":"foreign"} 2',
      'requests_total{"path":"/"} 5',
    ]);
    for (const digit of ['1', '2', '3']) rmSync(bad(digit));
    deepEqual(lines(await storage.collect()), [
      'promethium_unreadable_files{"reason":"empty"} 0',
      'promethium_unreadable_files{"reason":"foreign"} 0',
      'requests_total{"path":"/"} 5',
    ]);
    await setImmediate();
    deepEqual(said, [
      `FILE_CORRUPT: file "${bad('1')}": is empty, expected a header`,
      `FILE_FOREIGN: file "${bad('2')}": is not a file of metrics from this machine, expected it to begin with the magic words`,
      `FILE_FOREIGN: file "${bad('3')}": is a copy, expected the id of its name, got ${own!.slice(0, 32)}`,
    ]);
  });

  it('goes on when the directory is taken away', async (context) => {
    const directory = join(temporaryFolder(context), 'metrics');
    const storage = open(context, { directory, mapper: 'koffi' });
    count(storage, '/', 1);
    rmSync(directory, { recursive: true });
    count(storage, '/', 2);
    deepEqual(lines(await storage.collect()), [
      'promethium_unreadable_files{"reason":"directory"} 1',
      'requests_total{"path":"/"} 3',
    ]);
  });

  it('counts in memory after it was closed, and is dead to others', async (context) => {
    const directory = temporaryFolder(context);
    const storage = open(context, { directory, mapper: 'koffi' });
    const sidecar = open(context, { directory, mapper: 'koffi', readOnly: true });
    const { cells, index } = storage.declare(CONNECTIONS).allocate([]);
    cells[index] = 1;
    count(storage, '/', 1);
    storage.close();
    count(storage, '/', 1);
    deepEqual(lines(await sidecar.collect()), ['requests_total{"path":"/"} 1']);
    deepEqual(lines(await storage.collect()), ['connections{} 1', 'requests_total{"path":"/"} 2']);
  });
});

describe('openMultiprocessStorage', () => {
  it('makes the directory, with those above it', (context) => {
    const directory = join(temporaryFolder(context), 'a', 'b');
    open(context, { directory });
    ok(statSync(directory).isDirectory());
    deepEqual(readdirSync(directory), []);
  });

  it('refuses a directory that is none', (context) => {
    const directory = join(temporaryFolder(context), 'file');
    writeFileSync(directory, '');
    throws(() => open(context, { directory }), {
      name: 'MetricsError',
      code: 'DIRECTORY_UNUSABLE',
      message: `directory "${directory}": cannot be used, expected a directory or to create one, got EEXIST`,
    });
    throws(() => open(context, { directory, readOnly: true }), {
      code: 'DIRECTORY_UNUSABLE',
      message: `directory "${directory}": cannot be used, expected one to read, got a file`,
    });
  });

  it('refuses a directory that is not there, for one that only reads', (context) => {
    const directory = join(temporaryFolder(context), 'nowhere');
    throws(() => open(context, { directory, readOnly: true }), {
      code: 'DIRECTORY_UNUSABLE',
      message: `directory "${directory}": cannot be used, expected one to read, got ENOENT`,
    });
  });

  it('refuses a directory that it may not write', (context) => {
    if (process.getuid?.() === 0) return context.skip('root may write everywhere');
    const directory = join(temporaryFolder(context), 'locked');
    mkdirSync(directory);
    chmodSync(directory, 0o500);
    throws(() => open(context, { directory }), {
      code: 'DIRECTORY_UNUSABLE',
      message: `directory "${directory}": cannot be used, expected one to read and write, got EACCES`,
    });
  });

  it('refuses a mapper that is not there', (context) => {
    throws(() => open(context, { directory: temporaryFolder(context), mapper: 'bun' }), {
      name: 'MetricsError',
      code: 'MAPPING_FAILED',
      message:
        'mapper "bun": cannot be loaded, expected it to be installed and allowed, got not Bun',
    });
  });

  it('names the option that is of the wrong type or value', () => {
    const refuses = (options: object, name: string, message: string): void =>
      throws(() => new MultiprocessStorage(options as MultiprocessStorageOptions), {
        name,
        message,
      });
    refuses({}, 'TypeError', 'storage "directory": not a path, expected a string, got undefined');
    refuses(
      { directory: '' },
      'RangeError',
      'storage "directory": not a path, expected one, got ""',
    );
    refuses(
      { directory: 'd', mapper: 'mmap' },
      'RangeError',
      'storage "mapper": unknown, expected "auto", "koffi", "node-ffi", "bun", "deno", "write-behind", got "mmap"',
    );
    refuses(
      { directory: 'd', flushIntervalMs: 0 },
      'RangeError',
      'storage "flushIntervalMs": not a time, expected a number >= 1, got 0',
    );
    refuses(
      { directory: 'd', readOnly: 'yes' },
      'TypeError',
      'storage "readOnly": not a boolean, expected true or false, got "yes"',
    );
  });
});

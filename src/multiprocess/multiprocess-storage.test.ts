import { deepEqual, equal } from 'node:assert/strict';
import { once } from 'node:events';
import { readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { Worker } from 'node:worker_threads';
import { storageContract } from '../../test/contracts/storage.ts';
import { CONNECTIONS, REQUESTS } from '../../test/processes/counting-process.ts';
import { forkCounting } from '../../test/processes/fork-counting.ts';
import { count, lines, open } from '../../test/processes/storage.ts';
import { temporaryFolder } from '../../test/processes/temporary-folder.ts';
import type { StoredFamily } from '../model/cells.ts';
import type { MetricFamily } from '../model/family.ts';

for (const mapper of ['koffi', 'write-behind'] as const) {
  storageContract(`MultiprocessStorage (${mapper})`, (cleanUp) =>
    open({ after: cleanUp }, { directory: temporaryFolder({ after: cleanUp }), mapper }),
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
    let left = lines(await storage.collect());
    // The system puts a thread away some moments after it has said that it ended.
    while (left.length > 1) left = lines(await storage.collect());
    deepEqual(left, [`connections{"pid":"${process.pid}"} 1`]);
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

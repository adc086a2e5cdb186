import { deepEqual, equal } from 'node:assert/strict';
import { copyFileSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { CONNECTIONS, REQUESTS } from '../../../test/processes/counting-process.ts';
import { lines, open } from '../../../test/processes/storage.ts';
import { temporaryFolder } from '../../../test/processes/temporary-folder.ts';
import { warnings } from '../../../test/processes/warnings.ts';

const HEARTBEAT_MS = 5000;

for (const mapper of ['koffi', 'write-behind'] as const) {
  describe(`A file that is removed while its process runs (${mapper})`, () => {
    it('is put back by the next scrape, and all cells lie in the new one', async (context) => {
      const said = warnings(context);
      const directory = join(temporaryFolder(context), 'metrics');
      const storage = open(context, { directory, mapper });
      const sidecar = open(context, { directory, mapper: 'koffi', readOnly: true });
      const requests = storage.declare(REQUESTS);
      const connections = storage.declare(CONNECTIONS).allocate([]);
      // More than one segment.
      const places = Array.from({ length: 3000 }, (_, i) => requests.allocate([`/${i}`]));
      for (const { cells, index } of places) cells[index] = 1;
      const [name] = readdirSync(directory);
      for (let times = 1; times <= 2; times++) {
        rmSync(directory, { recursive: true });
        const expected = [
          `connections{} ${times}`,
          `promethium_restored_files_total{} ${times}`,
          ...Array.from(places, (_, i) => `requests_total{"path":"/${i}"} 1`).sort(),
        ];
        connections.cells[connections.index] = times;
        deepEqual(lines(await storage.collect()), expected);
        storage.flush();
        deepEqual(lines(await sidecar.collect()), expected);
      }
      deepEqual(readdirSync(directory), [name]);
      const path = join(directory, name!);
      const { size } = statSync(path);
      for (const { cells, index } of places) cells[index]! += 1;
      for (let i = 0; i < 3000; i++) requests.allocate([`/more/${i}`]);
      equal(statSync(path).size > size, true);
      storage.flush();
      const shown = lines(await sidecar.collect());
      equal(shown.filter((line) => line.endsWith('} 2')).length, 3002);
      storage.close();
      // Without a lock it lives for as long as its process, which is this one.
      deepEqual(lines(await sidecar.collect()), mapper === 'koffi' ? shown.slice(1) : shown);
      await setImmediate();
      deepEqual(said, [
        `PROMETHIUM_FILE_RESTORED: file "${path}": was removed while its process runs, expected nobody to remove it, got it put back with what this process counted`,
      ]);
    });

    it('is put back where a copy has taken its place', async (context) => {
      const directory = temporaryFolder(context);
      const storage = open(context, { directory, mapper });
      const sidecar = open(context, { directory, mapper: 'koffi', readOnly: true });
      const { cells, index } = storage.declare(REQUESTS).allocate(['/']);
      cells[index]! += 1;
      storage.flush();
      const path = join(directory, readdirSync(directory)[0]!);
      const copy = join(temporaryFolder(context), 'copy');
      copyFileSync(path, copy);
      renameSync(copy, path);
      cells[index]! += 1;
      const expected = ['promethium_restored_files_total{} 1', 'requests_total{"path":"/"} 2'];
      deepEqual(lines(await storage.collect()), expected);
      cells[index]! += 1;
      storage.flush();
      deepEqual(lines(await sidecar.collect()), [expected[0], 'requests_total{"path":"/"} 3']);
      equal(readdirSync(directory).length, 1);
    });

    it('is put back by the heartbeat, in a process that nobody asks', async (context) => {
      context.mock.timers.enable({ apis: ['setInterval'] });
      const directory = temporaryFolder(context);
      const storage = open(context, { directory, mapper });
      const sidecar = open(context, { directory, mapper: 'koffi', readOnly: true });
      const { cells, index } = storage.declare(REQUESTS).allocate(['/']);
      // The heartbeat begins with the next turn of the event loop.
      await setImmediate();
      const [name] = readdirSync(directory);
      // Moved away, it is as good as removed.
      renameSync(join(directory, name!), join(temporaryFolder(context), 'elsewhere'));
      cells[index]! += 2;
      deepEqual(lines(await sidecar.collect()), []);
      context.mock.timers.tick(HEARTBEAT_MS);
      storage.flush();
      deepEqual(lines(await sidecar.collect()), [
        'promethium_restored_files_total{} 1',
        'requests_total{"path":"/"} 2',
      ]);
    });

    it('is counted as unshared until it can be put back', async (context) => {
      context.mock.timers.enable({ apis: ['setInterval'] });
      const said = warnings(context);
      const directory = join(temporaryFolder(context), 'metrics');
      const storage = open(context, { directory, mapper });
      const sidecar = open(context, { directory, mapper: 'koffi', readOnly: true });
      const requests = storage.declare(REQUESTS);
      const { cells, index } = requests.allocate(['/']);
      cells[index]! += 1;
      await setImmediate();
      const [name] = readdirSync(directory);
      const path = join(directory, name!);
      rmSync(directory, { recursive: true });
      writeFileSync(directory, '');
      requests.allocate(['/new']);
      deepEqual(lines(await storage.collect()), [
        'promethium_unreadable_files{"reason":"directory"} 1',
        'promethium_unshared_series{} 2',
        'requests_total{"path":"/"} 1',
        'requests_total{"path":"/new"} 0',
      ]);
      cells[index]! += 1;
      context.mock.timers.tick(2 * HEARTBEAT_MS);
      rmSync(directory);
      context.mock.timers.tick(HEARTBEAT_MS);
      storage.flush();
      deepEqual(lines(await sidecar.collect()), [
        'promethium_restored_files_total{} 1',
        'requests_total{"path":"/"} 2',
        'requests_total{"path":"/new"} 0',
      ]);
      equal(lines(await storage.collect()).includes('promethium_unshared_series{} 0'), true);
      await setImmediate();
      const told = said.filter((sentence) => sentence.includes(path));
      deepEqual(told, [
        `DIRECTORY_UNUSABLE: file "${path}": was removed while its process runs, expected to put it back, got EEXIST`,
        `PROMETHIUM_FILE_RESTORED: file "${path}": was removed while its process runs, expected nobody to remove it, got it put back with what this process counted`,
      ]);
    });

    it('stays removed once its storage is closed', async (context) => {
      context.mock.timers.enable({ apis: ['setInterval'] });
      const directory = temporaryFolder(context);
      const storage = open(context, { directory, mapper });
      storage.declare(REQUESTS).allocate(['/']);
      await setImmediate();
      storage.close();
      for (const name of readdirSync(directory)) rmSync(join(directory, name));
      context.mock.timers.tick(HEARTBEAT_MS);
      deepEqual(lines(await storage.collect()), []);
      deepEqual(readdirSync(directory), []);
    });

    it('has no heartbeat where its storage is closed in the same turn', async (context) => {
      const { mock } = context.mock.method(globalThis, 'setInterval');
      const storage = open(context, { directory: temporaryFolder(context), mapper });
      storage.declare(REQUESTS).allocate(['/']);
      storage.close();
      await setImmediate();
      const heartbeats = mock.calls.filter(({ arguments: [, ms] }) => ms === HEARTBEAT_MS);
      equal(heartbeats.length, 0);
    });
  });
}

import { deepEqual, equal, ok, rejects } from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { COUNTED, folder, leave, names, total } from '../../../test/processes/folded-directory.ts';
import { forkCounting } from '../../../test/processes/fork-counting.ts';
import { count, lines, open } from '../../../test/processes/storage.ts';
import { temporaryFolder } from '../../../test/processes/temporary-folder.ts';
import { warnings } from '../../../test/processes/warnings.ts';
import { openMultiprocessStorage } from '../multiprocess-storage.ts';
import type { FoldStep } from './folding.ts';

async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  const end = performance.now() + 10_000;
  while (!(await holds())) {
    ok(performance.now() < end, 'within ten seconds');
    await new Promise((resolve) => setImmediate(resolve));
  }
}

describe('a service whose processes die', () => {
  it('folds them by itself after a scrape, and forgets none', async (context) => {
    const said = warnings(context);
    const directory = temporaryFolder(context);
    const storage = open(context, { directory, mapper: 'koffi' });
    count(storage, '/', 1);
    const child = await forkCounting(context, { directory, mapper: 'koffi' });
    await child.count('/', 20);
    await child.set(5);
    await child.kill();
    deepEqual(lines(await storage.collect()), COUNTED(21));
    await until(() => existsSync(join(directory, 'archive.1.promethium')));
    await until(() => names(directory).length === 3);
    deepEqual(lines(await storage.collect()), COUNTED(21));
    deepEqual(said, []);
  });

  for (const readOnly of [false, true]) {
    it(`is ${readOnly ? 'not ' : ''}folded by who ${readOnly ? 'only reads' : 'may write'}`, async (context) => {
      const directory = temporaryFolder(context);
      leave(directory, [1]);
      const storage = open(context, { directory, mapper: 'koffi', readOnly });
      context.mock.timers.enable({ apis: ['setTimeout'] });
      await storage.collect();
      context.mock.timers.tick(1000);
      equal(existsSync(join(directory, 'fold')), !readOnly);
      context.mock.timers.reset();
      if (!readOnly) await until(() => names(directory).length === 2);
    });
  }

  it('counts what a storage that was closed left, once', async (context) => {
    const directory = temporaryFolder(context);
    const closed = openMultiprocessStorage({ directory, mapper: 'koffi' });
    count(closed, '/', 1);
    closed.close();
    deepEqual(lines(await closed.collect()), COUNTED(1));
    await folder(directory).fold();
    deepEqual(lines(await closed.collect()), COUNTED(1));
  });

  it('loses nothing where the system refuses links', async (context) => {
    const directory = temporaryFolder(context);
    leave(directory, [1, 20]);
    const refuse = (step: FoldStep): void => {
      if (step === 'written') throw Object.assign(new Error('refused'), { code: 'EPERM' });
    };
    await rejects(folder(directory, { onStep: refuse }).fold(), { code: 'EPERM' });
    deepEqual(names(directory), ['ID.promethium', 'ID.promethium', 'fold']);
    deepEqual(readdirSync(join(directory, 'fold')), ['free']);
    deepEqual(await total(directory), COUNTED(21));
  });
});

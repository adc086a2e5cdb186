import { deepEqual, equal, throws } from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { count, lines, open } from '../../test/processes/storage.ts';
import { type Ending, temporaryFolder } from '../../test/processes/temporary-folder.ts';
import { MapperSelection } from './mapping/mapper-choice.ts';
import { createPrivateDirectory, removeForsaken } from './private-directory.ts';
import { openPrivateStorage } from './private-storage.ts';
import { currentIdentity } from './system/process-identity.ts';

const { mapper } = new MapperSelection('auto');

/** Looks into `place` two minutes after what lies in it was written. */
function clean(place: string): void {
  removeForsaken(place, { mapper, self: currentIdentity() }, Date.now() + 120_000);
}

interface Counting {
  readonly process: ChildProcess;
  readonly directory: string;
}

/** Starts a process that counts in a directory of its own in `place` until it is killed. */
async function countIn(context: Ending, place: string): Promise<Counting> {
  const script = `
    import { Counter, REGISTRY } from '../node.ts';
    import { MultiprocessStorage } from './multiprocess-storage.ts';
    import { createPrivateDirectory } from './private-directory.ts';
    const directory = createPrivateDirectory([${JSON.stringify(place)}]);
    REGISTRY.useStorage(new MultiprocessStorage({ directory }));
    new Counter({ name: 'jobs_total', help: 'Jobs.' }).inc();
    process.stdout.write(directory);
    setInterval(() => {}, 60_000);`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', script], {
    cwd: import.meta.dirname,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  context.after(() => void child.kill('SIGKILL'));
  const [directory] = (await once(child.stdout.setEncoding('utf8'), 'data')) as [string];
  return { process: child, directory };
}

describe('openPrivateStorage', () => {
  it('counts where threads of this process find it, and nobody else', async (t) => {
    const storage = openPrivateStorage();
    t.after(() => storage.close());
    equal(statSync(storage.directory).mode & 0o777, 0o700);
    count(storage, '/', 2);
    const seen = await open(t, { directory: storage.directory, readOnly: true }).collect();
    deepEqual(lines(seen), ['requests_total{"path":"/"} 2']);
  });

  it('is another one for each call', (t) => {
    const storages = [openPrivateStorage(), openPrivateStorage()];
    t.after(() => {
      for (const storage of storages) storage.close();
    });
    equal(new Set(storages.map(({ directory }) => directory)).size, 2);
  });

  it('goes when the process ends', () => {
    const script = `
      import { Counter, REGISTRY } from '../node.ts';
      import { openPrivateStorage } from './private-storage.ts';
      REGISTRY.useStorage(openPrivateStorage());
      new Counter({ name: 'jobs_total', help: 'Jobs.' }).inc();
      process.stdout.write(REGISTRY.storage.directory);
      process.exit(3);`;
    const { stdout, status } = spawnSync(
      process.execPath,
      ['--input-type=module', '--eval', script],
      { cwd: import.meta.dirname, encoding: 'utf8' },
    );
    equal(status, 3);
    equal(existsSync(stdout), false);
  });
});

describe('createPrivateDirectory', () => {
  it('takes the first place that can hold one', (t) => {
    const place = temporaryFolder(t);
    const directory = createPrivateDirectory([join(place, 'missing'), place]);
    deepEqual(
      readdirSync(place).map((name) => join(place, name)),
      [directory],
    );
  });

  it('says that no place can hold one', (t) => {
    const missing = join(temporaryFolder(t), 'missing');
    throws(() => createPrivateDirectory([missing]), {
      name: 'MetricsError',
      code: 'DIRECTORY_UNUSABLE',
      message: `directory "${missing}": cannot be used, expected to create one in it, got ENOENT`,
    });
  });
});

describe('removeForsaken', () => {
  it('removes what a killed process left, and nothing of one that lives', async (t) => {
    const place = temporaryFolder(t);
    const [living, killed] = await Promise.all([countIn(t, place), countIn(t, place)]);
    clean(place);
    deepEqual([existsSync(living.directory), existsSync(killed.directory)], [true, true]);
    const gone = once(killed.process, 'exit');
    killed.process.kill('SIGKILL');
    await gone;
    // While its directory is young it may be one that is just being made.
    removeForsaken(place, { mapper, self: currentIdentity() }, Date.now() + 50_000);
    equal(existsSync(killed.directory), true);
    clean(place);
    deepEqual([existsSync(living.directory), existsSync(killed.directory)], [true, false]);
  });

  it('removes one in which nothing was counted, after a minute', (t) => {
    const place = temporaryFolder(t);
    const directory = createPrivateDirectory([place]);
    removeForsaken(place, { mapper, self: currentIdentity() }, Date.now() + 50_000);
    equal(existsSync(directory), true);
    clean(place);
    equal(existsSync(directory), false);
  });

  it('leaves alone what is not its own, and does not mind a place that is none', (t) => {
    const place = temporaryFolder(t);
    const other = temporaryFolder(t);
    for (const name of ['promethium-private-strange', 'promethium-privat', 'else']) {
      mkdirSync(join(place, name));
      writeFileSync(join(place, name, 'file'), '');
    }
    symlinkSync(other, join(place, 'promethium-private-link'));
    writeFileSync(join(place, 'promethium-private-file'), '');
    for (const name of readdirSync(place)) utimesSync(join(place, name), 0, 0);
    const names = readdirSync(place);
    clean(place);
    deepEqual(readdirSync(place), names);
    equal(existsSync(other), true);
    clean(join(place, 'missing'));
  });
});

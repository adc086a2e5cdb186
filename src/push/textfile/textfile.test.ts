import { deepEqual, equal, rejects } from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { temporaryFolder } from '../../../test/processes/temporary-folder.ts';
import { Counter } from '../../metrics/instruments/counter.ts';
import { CollectorRegistry } from '../../metrics/registry/registry.ts';
import { writeTextfile } from './textfile.ts';

const TEXT = `# HELP jobs_total Jobs done.
# TYPE jobs_total counter
jobs_total 3`;

function countedRegistry(): CollectorRegistry {
  const registry = new CollectorRegistry();
  new Counter({ name: 'jobs_total', help: 'Jobs done.', registry }).inc(3);
  return registry;
}

/** A registry whose text is `kilobytes` long and ends in a line that says so. */
function longRegistry(kilobytes: number): CollectorRegistry {
  const registry = new CollectorRegistry();
  const lines = new Counter({ name: 'l_total', help: 'L.', labelNames: ['text'], registry });
  const text = 'x'.repeat(1000);
  for (let i = 0; i < kilobytes; i++) lines.labels(`${text}${i}`).inc();
  new Counter({ name: 'end_total', help: 'End.', registry }).inc(kilobytes);
  return registry;
}

/** A process that reads a file for as long as it is there and tells what it saw that was not whole. */
const READER = `
import { readFileSync } from 'node:fs';
const [path] = process.argv.slice(1);
let reads = 0;
const wrong = new Set();
process.on('message', () => process.send({ reads, wrong: [...wrong] }, () => process.exit()));
(function read() {
  for (let i = 0; i < 20; i++) {
    const text = readFileSync(path, 'utf8');
    const lines = text.split('\\n').filter((line) => line.startsWith('l_total{')).length;
    const end = Number(/^end_total (\\d+)\\n+$/m.exec(text)?.[1]);
    if (lines !== end) wrong.add(lines + ' of ' + end);
    if (++reads === 1) process.send('reading');
  }
  setImmediate(read);
})();
`;

/** What is synced from now on, and whether the file is there by then. Syncing a folder fails as told. */
async function watchSyncs(t: TestContext, path: string, failure?: string): Promise<string[]> {
  const synced: string[] = [];
  const handle = await open(import.meta.filename);
  const prototype = Object.getPrototypeOf(handle) as FileHandle;
  await handle.close();
  const { sync } = prototype;
  t.mock.method(prototype, 'sync', async function (this: FileHandle): Promise<void> {
    const isFolder = (await this.stat()).isDirectory();
    synced.push(`${isFolder ? 'folder' : 'file'}, ${existsSync(path) ? 'there' : 'absent'}`);
    if (isFolder && failure !== undefined) throw new Error(failure);
    await sync.call(this);
  });
  return synced;
}

/** Where a link points to; nowhere, if it has gone meanwhile. */
function linkOf(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch {
    return undefined;
  }
}

describe('writeTextfile', () => {
  it('writes the text format, for everybody to read, and leaves nothing else', async (t) => {
    const folder = temporaryFolder(t);
    const path = join(folder, 'job.prom');
    await writeTextfile({ path, registry: countedRegistry() });
    equal(readFileSync(path, 'utf8').trimEnd(), TEXT);
    equal(statSync(path).mode & 0o777, 0o644 & ~process.umask());
    deepEqual(readdirSync(folder), ['job.prom']);
  });

  it('gives the file the mode it is told to', async (t) => {
    const path = join(temporaryFolder(t), 'job.prom');
    await writeTextfile({ path, registry: countedRegistry(), mode: 0o600 });
    equal(statSync(path).mode & 0o777, 0o600);
  });

  it('syncs the text before it has its name, and the folder after', async (t) => {
    const folder = temporaryFolder(t);
    const path = join(folder, 'job.prom');
    const synced = await watchSyncs(t, path);
    await writeTextfile({ path, registry: countedRegistry() });
    deepEqual(synced, ['file, absent', 'folder, there']);
  });

  const noProc = !existsSync('/proc/self/fd') && 'no /proc to see open files in';
  it('goes on where a folder cannot be synced, and closes it', { skip: noProc }, async (t) => {
    const folder = temporaryFolder(t);
    const path = join(folder, 'job.prom');
    const synced = await watchSyncs(t, path, 'EINVAL: invalid argument, fsync');
    await writeTextfile({ path, registry: countedRegistry() });
    deepEqual(synced, ['file, absent', 'folder, there']);
    equal(readFileSync(path, 'utf8').trimEnd(), TEXT);
    const open = readdirSync('/proc/self/fd').map((fd) => linkOf(`/proc/self/fd/${fd}`));
    equal(open.includes(folder), false);
  });

  it('takes any collector', async (t) => {
    const path = join(temporaryFolder(t), 'job.prom');
    const jobs = new Counter({ name: 'jobs_total', help: 'Jobs done.', registry: null });
    jobs.inc(3);
    await writeTextfile({ path, registry: jobs });
    equal(readFileSync(path, 'utf8').trimEnd(), TEXT);
  });

  it('is never seen half written, whoever reads while several write', async (t) => {
    const folder = temporaryFolder(t);
    const path = join(folder, 'job.prom');
    await writeTextfile({ path, registry: longRegistry(1) });
    const reader: ChildProcess = spawn(
      process.execPath,
      ['--input-type=module', '-e', READER, path],
      { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] },
    );
    t.after(() => reader.kill());
    equal((await once(reader, 'message'))[0], 'reading');
    const registries = [1, 700, 40].map(longRegistry);
    for (let round = 0; round < 15; round++) {
      await Promise.all(registries.map((registry) => writeTextfile({ path, registry })));
    }
    reader.send('enough');
    const [{ reads, wrong }] = (await once(reader, 'message')) as [
      { reads: number; wrong: string[] },
    ];
    deepEqual(wrong, []);
    equal(reads > 1, true);
    deepEqual(readdirSync(folder), ['job.prom']);
  });

  it('keeps the old file and removes its own where it cannot take its place', async (t) => {
    const folder = temporaryFolder(t);
    const path = join(folder, 'job.prom');
    mkdirSync(path);
    writeFileSync(join(path, 'old'), '');
    await rejects(writeTextfile({ path, registry: countedRegistry() }), (error: Error) => {
      const shown = error.message.replace(/'[^']*\.tmp'/, "'TEMPORARY'");
      equal(
        shown,
        `textfile "${path}": not written, expected a file that can be replaced, got EISDIR: illegal operation on a directory, rename 'TEMPORARY' -> '${path}'`,
      );
      equal((error as Error & { code: string }).code, 'WRITE_FAILED');
      equal((error.cause as NodeJS.ErrnoException).code, 'EISDIR');
      return true;
    });
    deepEqual(readdirSync(folder), ['job.prom']);
  });

  it('keeps the old file where the source breaks off', async (t) => {
    const folder = temporaryFolder(t);
    const path = join(folder, 'job.prom');
    writeFileSync(path, 'old');
    const registry = {
      collect(): never {
        throw new Error('no families today');
      },
    };
    await rejects(writeTextfile({ path, registry }), {
      code: 'WRITE_FAILED',
      message: `textfile "${path}": not written, expected a file that can be replaced, got no families today`,
    });
    equal(readFileSync(path, 'utf8'), 'old');
    deepEqual(readdirSync(folder), ['job.prom']);
  });

  it('says which folder is not there', async (t) => {
    const path = join(temporaryFolder(t), 'absent', 'job.prom');
    await rejects(writeTextfile({ path, registry: countedRegistry() }), (error: Error) => {
      equal((error.cause as NodeJS.ErrnoException).code, 'ENOENT');
      return true;
    });
  });

  it('replaces a file that it may not write, since the folder is what counts', async (t) => {
    const path = join(temporaryFolder(t), 'job.prom');
    writeFileSync(path, 'old');
    chmodSync(path, 0o400);
    await writeTextfile({ path, registry: countedRegistry() });
    equal(readFileSync(path, 'utf8').trimEnd(), TEXT);
  });

  it('replaces a link, not what it points to', async (t) => {
    const folder = temporaryFolder(t);
    const path = join(folder, 'job.prom');
    writeFileSync(join(folder, 'other'), 'other');
    symlinkSync('other', path);
    await writeTextfile({ path, registry: countedRegistry() });
    equal(readFileSync(join(folder, 'other'), 'utf8'), 'other');
    equal(readFileSync(path, 'utf8').trimEnd(), TEXT);
  });

  const registry = new CollectorRegistry();
  const refused: readonly (readonly [unknown, string, string])[] = [
    [undefined, 'TypeError', 'textfile: no options, expected { path, … }, got undefined'],
    [
      { path: 'a', file: 'b' },
      'TypeError',
      'textfile: unknown option, expected path, registry, mode, got "file"',
    ],
    [{}, 'TypeError', 'textfile "path": of the wrong type, expected a string, got undefined'],
    [
      { path: '', registry },
      'RangeError',
      'textfile "path": not a file\'s name, expected a path, got ""',
    ],
    [
      { path: 'folder/', registry },
      'RangeError',
      'textfile "path": not a file\'s name, expected a path, got "folder/"',
    ],
    [
      { path: 'a', registry: {} },
      'TypeError',
      'textfile "registry": no collector, expected an object with collect(), got an object',
    ],
    [
      { path: 'a', registry, mode: 0o1000 },
      'RangeError',
      'textfile "mode": not a file mode, expected 0 to 0o777, got 512',
    ],
    [
      { path: 'a', registry, mode: '644' },
      'TypeError',
      'textfile "mode": not a file mode, expected 0 to 0o777, got "644"',
    ],
  ];
  for (const [options, name, message] of refused) {
    it(`refuses ${JSON.stringify(options)}`, async () => {
      await rejects(writeTextfile(options as never), { name, message });
    });
  }
});

import { deepEqual, ok, throws } from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, readdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { open } from '../../test/processes/storage.ts';
import { temporaryFolder } from '../../test/processes/temporary-folder.ts';
import type { WithoutRights } from '../../test/processes/without-rights.ts';
import type { MultiprocessStorageOptions } from './multiprocess-options.ts';
import { MultiprocessStorage } from './multiprocess-storage.ts';

describe('openMultiprocessStorage', () => {
  it('makes the directory, with those above it', (context) => {
    const directory = join(temporaryFolder(context), 'a', 'b');
    open(context, { directory });
    ok(statSync(directory).isDirectory());
    deepEqual(readdirSync(directory), []);
  });

  it('refuses a directory that nobody can make, at once', { timeout: 5000 }, (context) => {
    if (process.platform !== 'linux') return context.skip('needs /proc');
    // Making all levels in one call never returns there.
    for (const directory of ['/proc/nope', '/proc/nope/a/b']) {
      throws(() => open(context, { directory }), {
        code: 'DIRECTORY_UNUSABLE',
        message: `directory "${directory}": cannot be used, expected a directory or to create one, got ENOENT`,
      });
    }
  });

  it('takes a link to a directory for one', (context) => {
    const folder = temporaryFolder(context);
    const directory = join(folder, 'link');
    mkdirSync(join(folder, 'real'));
    symlinkSync(join(folder, 'real'), directory);
    open(context, { directory: join(directory, 'below') });
    deepEqual(readdirSync(join(folder, 'real')), ['below']);
  });

  it('refuses a directory that is none', (context) => {
    const directory = join(temporaryFolder(context), 'file');
    writeFileSync(directory, '');
    throws(() => open(context, { directory }), {
      name: 'MetricsError',
      code: 'DIRECTORY_UNUSABLE',
      message: `directory "${directory}": cannot be used, expected a directory or to create one, got a file`,
    });
    throws(() => open(context, { directory, readOnly: true }), {
      code: 'DIRECTORY_UNUSABLE',
      message: `directory "${directory}": cannot be used, expected one to read, got a file`,
    });
  });

  it('refuses a directory that it may not write, or not even read', (context) => {
    if (process.platform === 'win32') return context.skip('needs modes');
    const folder = temporaryFolder(context);
    chmodSync(folder, 0o755);
    // What root has made is another user's to the program; what we have made is ours to lock.
    const [readable, unreadable] = ['readable', 'unreadable'].map((name) => join(folder, name));
    mkdirSync(readable!, { mode: 0o555 });
    mkdirSync(unreadable!, { mode: 0o300 });
    const script = join(import.meta.dirname, '../../test/processes/without-rights.ts');
    const stdout = execFileSync(process.execPath, [script, readable!, unreadable!]);
    deepEqual(JSON.parse(String(stdout)), {
      refused: [
        `DIRECTORY_UNUSABLE: directory "${readable}": cannot be used, expected one to read and write, got EACCES`,
        'none',
        `DIRECTORY_UNUSABLE: directory "${unreadable}": cannot be used, expected one to read and write, got EACCES`,
        `DIRECTORY_UNUSABLE: directory "${unreadable}": cannot be used, expected one to read, got EACCES`,
      ],
    } satisfies WithoutRights);
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
    for (const [none, shown] of [
      [undefined, 'undefined'],
      [null, 'null'],
      ['/run/a', '"/run/a"'],
    ]) {
      refuses(
        none as never,
        'TypeError',
        `storage: no options, expected { directory, … }, got ${shown}`,
      );
    }
    refuses(
      { directory: 'd', filemode: 0o644 },
      'TypeError',
      'storage: unknown option, expected directory, mapper, flushIntervalMs, publishIntervalMs, readOnly, fileMode, got "filemode"',
    );
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
    for (const publishIntervalMs of [0, Infinity, 2 ** 31]) {
      refuses(
        { directory: 'd', publishIntervalMs },
        'RangeError',
        `storage "publishIntervalMs": not a time, expected milliseconds >= 1 and < 2^31, got ${publishIntervalMs}`,
      );
    }
    for (const [fileMode, shown] of [
      [0o400, '0o400'],
      [0o755, '0o755'],
      [0o1600, '0o1600'],
      [-1, '-1'],
      [600.5, '600.5'],
      ['640', '"640"'],
    ]) {
      refuses(
        { directory: 'd', fileMode },
        'RangeError',
        `storage "fileMode": not for files of metrics, expected 0o600, and reading or writing for others, such as 0o644, got ${shown}`,
      );
    }
    refuses(
      { directory: 'd', readOnly: 'yes' },
      'TypeError',
      'storage "readOnly": not a boolean, expected true or false, got "yes"',
    );
  });
});

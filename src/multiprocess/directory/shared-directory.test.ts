import { deepEqual } from 'node:assert/strict';
import { closeSync, openSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { count, open } from '../../../test/processes/storage.ts';
import { temporaryFolder } from '../../../test/processes/temporary-folder.ts';
import { koffiMapper } from '../mapping/map-koffi.ts';
import { removeLeftovers } from './shared-directory.ts';

const NOW_MS = 1_700_000_000_000;

/** Makes an empty file that was written last so many seconds before {@linkcode NOW_MS}. */
function make(directory: string, name: string, seconds: number): string {
  const path = join(directory, name);
  writeFileSync(path, '');
  utimesSync(path, NOW_MS / 1000 - seconds, NOW_MS / 1000 - seconds);
  return path;
}

const id = (digit: string): string => digit.repeat(32);

describe('removeLeftovers', () => {
  for (const mapper of [koffiMapper(), undefined]) {
    it(`removes what nobody goes on making, and nothing else (${mapper?.name ?? 'no mapper'})`, (context) => {
      const directory = temporaryFolder(context);
      make(directory, `${id('a')}.promethium.new`, 60);
      make(directory, `${id('b')}.promethium.new`, 59);
      make(directory, `${id('c')}.promethium`, 1000);
      make(directory, 'mine.promethium.new', 1000);
      make(directory, `${id('d')}-promethium.new`, 1000);
      removeLeftovers(directory, mapper, NOW_MS);
      deepEqual(readdirSync(directory).sort(), [
        `${id('b')}.promethium.new`,
        `${id('c')}.promethium`,
        `${id('d')}-promethium.new`,
        'mine.promethium.new',
      ]);
    });
  }

  it('leaves alone what somebody has locked', (context) => {
    const directory = temporaryFolder(context);
    const fd = openSync(make(directory, `${id('a')}.promethium.new`, 1000), 'r');
    context.after(() => closeSync(fd));
    koffiMapper().lock(fd);
    removeLeftovers(directory, koffiMapper(), NOW_MS);
    deepEqual(readdirSync(directory), [`${id('a')}.promethium.new`]);
  });

  it('does nothing where there is no directory', (context) => {
    removeLeftovers(join(temporaryFolder(context), 'nowhere'), undefined, NOW_MS);
  });

  it('is done by each process once it has made a file of its own', async (context) => {
    const directory = temporaryFolder(context);
    make(directory, `${id('a')}.promethium.new`, 0);
    const storage = open(context, { directory, mapper: 'koffi' });
    deepEqual(readdirSync(directory), [`${id('a')}.promethium.new`]);
    count(storage, '/', 1);
    await setImmediate();
    deepEqual(
      readdirSync(directory).map((name) => name.slice(32)),
      ['.promethium'],
    );
  });
});

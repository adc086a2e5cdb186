import { deepEqual, equal, ok, rejects } from 'node:assert/strict';
import { execFile } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  readdirSync,
  renameSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { CONNECTIONS } from '../../../test/processes/counting-process.ts';
import { COUNTED, folder, leave, names, total } from '../../../test/processes/folded-directory.ts';
import { count, open } from '../../../test/processes/storage.ts';
import { temporaryFolder } from '../../../test/processes/temporary-folder.ts';
import type { StoredFamily } from '../../model/cells.ts';
import { unnamedArchivePath } from '../directory/shared-directory.ts';
import type { MapperChoice } from '../mapping/mapper-choice.ts';
import { openMultiprocessStorage } from '../multiprocess-storage.ts';
import { newId } from '../segment/segment-id.ts';
import { hostClock } from '../system/host-clock.ts';
import { Pace } from '../system/pace.ts';
import { currentIdentity } from '../system/process-identity.ts';
import type { FoldStep } from './folding.ts';

const SCRIPT = fileURLToPath(
  new URL('../../../test/processes/folding-process.ts', import.meta.url),
);

/** Folds in a process of its own, which may die at a step, and returns what it printed. */
async function foldElsewhere(
  directory: string,
  { fatal = '', before = 0, mapper = 'koffi' as MapperChoice } = {},
): Promise<string> {
  const run = promisify(execFile)(process.execPath, [
    SCRIPT,
    directory,
    fatal,
    String(before),
    mapper,
  ]);
  try {
    return (await run).stdout.trim();
  } catch (error) {
    const { signal, stderr } = error as { signal: string | null; stderr: string };
    if (signal === null) throw new Error(stderr);
    return signal;
  }
}

describe('Folding', () => {
  it('puts what the dead counted into an archive and removes their files', async (context) => {
    const directory = temporaryFolder(context);
    leave(directory, [1, 20, 300]);
    equal(await folder(directory).fold(), 3);
    deepEqual(names(directory), ['archive.1.promethium', 'fold']);
    deepEqual(readdirSync(join(directory, 'fold')), ['free']);
    deepEqual(await total(directory), COUNTED(321));
    leave(directory, [4000]);
    deepEqual(await total(directory), COUNTED(4321));
    equal(await folder(directory).fold(), 1);
    deepEqual(names(directory), ['archive.2.promethium', 'fold']);
    deepEqual(await total(directory), COUNTED(4321));
  });

  it('leaves the living alone, and what nobody can judge', async (context) => {
    const directory = temporaryFolder(context);
    count(open(context, { directory, mapper: 'koffi' }), '/', 1);
    leave(directory, [20]);
    equal(await folder(directory).fold(), 1);
    deepEqual(names(directory), ['ID.promethium', 'archive.1.promethium', 'fold']);
    // Written behind, and judged from another boot: neither a lock nor a process id says anything.
    leave(directory, [300], 'write-behind');
    const self = { ...currentIdentity(), bootId: 'f'.repeat(32) };
    equal(await folder(directory, { self }).fold(), 0);
    deepEqual(await total(directory), COUNTED(321));
  });

  it('folds what was written behind before the machine restarted', async (context) => {
    const directory = temporaryFolder(context);
    leave(directory, [300], 'write-behind');
    for (const name of readdirSync(directory)) utimesSync(join(directory, name), 1e9, 1e9);
    const self = { ...currentIdentity(), bootId: 'f'.repeat(32) };
    equal(await folder(directory, { self }).fold(), 1);
    deepEqual(names(directory), ['archive.1.promethium', 'fold']);
    deepEqual(await total(directory), COUNTED(300));
  });

  for (const step of ['tidied', 'linked', 'older removed', 'file removed'] as const) {
    it(`removes nothing any more once its lock was stolen (${step})`, async (context) => {
      const directory = temporaryFolder(context);
      const lock = join(directory, 'fold');
      leave(directory, [1]);
      await folder(directory).fold();
      leave(directory, [20, 300]);
      let before: string[] = [];
      const onStep = (done: FoldStep): void => {
        if (done !== step) return;
        renameSync(join(lock, readdirSync(lock)[0]!), join(lock, 'free'));
        before = readdirSync(directory);
      };
      await folder(directory, { onStep }).fold();
      const left = readdirSync(directory);
      deepEqual(
        before.filter((name) => name.endsWith('.promethium') && !left.includes(name)),
        [],
      );
      deepEqual(await total(directory), COUNTED(321));
      await folder(directory).fold();
      deepEqual(await total(directory), COUNTED(321));
      equal(readdirSync(directory).length, 2);
    });
  }

  for (const step of ['locked', 'tidied'] as const) {
    it(`leaves what the thief of its lock is writing, and writes nothing (${step})`, async (context) => {
      for (const archives of [0, 1]) {
        const directory = temporaryFolder(context);
        if (archives > 0) {
          leave(directory, [1]);
          await folder(directory).fold();
        }
        leave(directory, [20, 300]);
        let before: string[] = [];
        const onStep = (done: FoldStep): void => {
          if (done !== step) return;
          const lock = join(directory, 'fold');
          renameSync(join(lock, readdirSync(lock)[0]!), join(lock, 'free'));
          writeFileSync(unnamedArchivePath(directory, newId()), 'half of it');
          before = readdirSync(directory);
        };
        equal(await folder(directory, { onStep }).fold(), 0);
        deepEqual(readdirSync(directory), before);
      }
    });
  }

  it('does nothing, and makes no archive again, where nobody died since', async (context) => {
    const directory = temporaryFolder(context);
    leave(directory, [1]);
    const { fold } = folder(directory);
    equal(await fold(), 1);
    const { ino } = statSync(join(directory, 'archive.1.promethium'));
    equal(await fold(), 0);
    equal(statSync(join(directory, 'archive.1.promethium')).ino, ino);
    deepEqual(readdirSync(join(directory, 'fold')), ['free']);
  });

  it('gives the archive to those who may read the files', async (context) => {
    const directory = temporaryFolder(context);
    leave(directory, [1]);
    await folder(directory, { fileMode: 0o644 }).fold();
    equal(statSync(join(directory, 'archive.1.promethium')).mode & 0o777, 0o644);
  });

  it('takes nothing from who may read the files, although its own would be for less', async (context) => {
    const directory = temporaryFolder(context);
    const modes = [0o600, 0o644, 0o600];
    const made: number[] = [];
    writeFileSync(join(directory, 'notes.promethium'), '', { mode: 0o666 });
    for (const [i, fileMode] of modes.entries()) {
      const storage = openMultiprocessStorage({ directory, fileMode, mapper: 'koffi' });
      count(storage, '/', 1);
      storage.close();
      await folder(directory).fold();
      made.push(statSync(join(directory, `archive.${i + 1}.promethium`)).mode & 0o777);
    }
    deepEqual(made, [0o600, 0o644, 0o644]);
  });

  const STEPS: readonly [step: FoldStep, before: number][] = [
    ['locked', 0],
    ['written', 0],
    ['linked', 0],
    ['named', 0],
    ['tidied', 0],
    ['written', 1],
    ['linked', 1],
    ['named', 1],
    ['older removed', 0],
    ['file removed', 0],
    ['file removed', 1],
    ['file removed', 2],
    ['released', 0],
  ];
  for (const [fatal, before] of STEPS) {
    const when = `${fatal}${before === 0 ? '' : ` (${before} before)`}`;
    it(`counts exactly after a SIGKILL when it has done "${when}", and the next one goes on`, async (context) => {
      const directory = temporaryFolder(context);
      leave(directory, [1, 20, 300]);
      equal(await foldElsewhere(directory, { fatal, before }), 'SIGKILL');
      deepEqual(await total(directory), COUNTED(321));
      leave(directory, [4000]);
      await folder(directory).fold();
      deepEqual(await total(directory), COUNTED(4321));
      // Whatever was left goes with this one, and what was new was folded at once.
      const [archive, ...others] = names(directory);
      deepEqual([archive?.replace(/\d+/, 'N'), others], ['archive.N.promethium', ['fold']]);
      deepEqual(readdirSync(join(directory, 'fold')), ['free']);
    });
  }

  it('is done by one of two at once, while the other one skips it', async (context) => {
    const directory = temporaryFolder(context);
    leave(directory, [1, 20]);
    const [one, other] = [folder(directory), folder(directory)];
    for (const { reader } of [one, other]) {
      await reader.read({ own: undefined, missing: false }, new Pace());
    }
    const folded = await Promise.all([one.folding.run(new Pace()), other.folding.run(new Pace())]);
    deepEqual(folded, [2, 0]);
    // What the other one knows of the dead is out of date, and does no harm.
    equal(await other.folding.run(new Pace()), 0);
    deepEqual(await total(directory), COUNTED(21));
    deepEqual(names(directory), ['archive.1.promethium', 'fold']);
  });

  it('stops where somebody else has made the next archive', async (context) => {
    const directory = temporaryFolder(context);
    leave(directory, [1]);
    const first = folder(directory);
    await first.fold();
    leave(directory, [20]);
    const second = folder(directory, {
      // As if two held the lock: a second archive appears between listing and linking.
      onStep(step) {
        if (step === 'written') writeFileSync(join(directory, 'archive.2.promethium'), '');
      },
    });
    equal(await second.fold(), 0);
    deepEqual(names(directory), [
      'ID.promethium',
      'archive.1.promethium',
      'archive.2.promethium',
      'fold',
    ]);
  });

  it('leaves a directory that it cannot write, and says why', async (context) => {
    if (process.geteuid?.() !== 0) return context.skip('needs to be root, to become another user');
    const directory = temporaryFolder(context);
    const storage = openMultiprocessStorage({ directory, mapper: 'koffi', fileMode: 0o644 });
    count(storage, '/', 1);
    storage.close();
    chmodSync(directory, 0o755);
    for (const name of readdirSync(directory)) chownSync(join(directory, name), 65_534, 65_534);
    process.seteuid!(65_534);
    try {
      await rejects(folder(directory).fold(), { code: 'EACCES' });
      deepEqual(await total(directory), COUNTED(1));
    } finally {
      process.seteuid!(0);
    }
    deepEqual(names(directory), ['ID.promethium']);
  });

  it('folds nothing where a file is of another user, who could not read the archive', async (context) => {
    if (process.geteuid?.() !== 0) return context.skip('needs to be root, to give files away');
    const directory = temporaryFolder(context);
    leave(directory, [1, 2]);
    for (const name of readdirSync(directory).slice(0, 1)) {
      chownSync(join(directory, name), 65_534, 65_534);
    }
    equal(await folder(directory).fold(), 0);
    deepEqual(names(directory), ['ID.promethium', 'ID.promethium']);
    deepEqual(await total(directory), COUNTED(3));
  });

  it('leaves alone what is not its own', async (context) => {
    const directory = temporaryFolder(context);
    leave(directory, [1]);
    const others = [
      'archive.1.promethium.bak',
      'archive.01.promethium',
      'archive.x.promethium.new',
      'counter_1.db',
      'fold.mine',
      'mine.promethium.new',
    ];
    for (const name of others) writeFileSync(join(directory, name), 'mine');
    await folder(directory).fold();
    deepEqual(names(directory), [
      'archive.01.promethium',
      'archive.1.promethium',
      'archive.1.promethium.bak',
      'archive.x.promethium.new',
      'counter_1.db',
      'fold',
      'fold.mine',
      'mine.promethium.new',
    ]);
  });

  it('does not fold what is shown of a damaged archive, and goes on without it', async (context) => {
    const directory = temporaryFolder(context);
    leave(directory, [1]);
    await folder(directory).fold();
    writeFileSync(join(directory, 'archive.1.promethium'), 'What is this?');
    leave(directory, [20]);
    deepEqual(await total(directory), [
      'promethium_unreadable_files{"reason":"foreign"} 1',
      ...COUNTED(20),
    ]);
    equal(await folder(directory).fold(), 1);
    deepEqual(await total(directory), COUNTED(20));
  });

  it('keeps the `all` gauges of the 100 processes that ended last, for an hour', async (context) => {
    const directory = temporaryFolder(context);
    const busy: StoredFamily = { ...CONNECTIONS, name: 'busy', mode: 'all' };
    for (let i = 0; i < 110; i++) {
      const storage = openMultiprocessStorage({ directory, mapper: 'koffi' });
      const { cells, index } = storage.declare(busy).allocate([]);
      cells[index] = i;
      storage.close();
    }
    const now = hostClock();
    let later = 0;
    const clock = (): number => now() + later;
    const { reader, fold } = folder(directory, { clock });
    equal(await fold(), 110);
    const shown = async (): Promise<number> => {
      const { contributions } = await reader.read({ own: undefined, missing: false }, new Pace());
      return contributions.filter(({ folded }) => folded === undefined).length;
    };
    equal(await shown(), 100);
    later = 3590;
    equal(await shown(), 100);
    later = 3601;
    equal(await shown(), 0);
    const { size } = statSync(join(directory, 'archive.1.promethium'));
    leave(directory, [1]);
    await fold();
    ok(statSync(join(directory, 'archive.2.promethium')).size < size / 20);
  });
});

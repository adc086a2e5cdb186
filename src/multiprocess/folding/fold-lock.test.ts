import { deepEqual, equal, notEqual, throws } from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, renameSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { type Ending, temporaryFolder } from '../../../test/processes/temporary-folder.ts';
import { koffiMapper } from '../mapping/map-koffi.ts';
import { type MapperChoice, MapperSelection } from '../mapping/mapper-choice.ts';
import { newId } from '../segment/segment-id.ts';
import { currentIdentity, type ProcessIdentity } from '../system/process-identity.ts';
import { FoldLock, HolderWatch, LostLock } from './fold-lock.ts';

const SELF = currentIdentity();
const LINUX = process.platform === 'linux' ? false : 'needs /proc';
const HOLDER = fileURLToPath(new URL('../../../test/processes/lock-holder.ts', import.meta.url));
const MINUTE = 60_000;

/** One who wants the lock of a directory, with a clock of its own. */
class Contender {
  readonly #directory: string;
  readonly #mapper: MapperChoice;
  readonly #self: ProcessIdentity;
  readonly #watch = new HolderWatch(() => this.now);
  now = 0;

  constructor(directory: string, mapper: MapperChoice, self: ProcessIdentity = SELF) {
    this.#directory = directory;
    this.#mapper = mapper;
    this.#self = self;
  }

  take(): FoldLock | undefined {
    const { mapper } = new MapperSelection(this.#mapper);
    const about = { directory: this.#directory, mapper, self: this.#self, watch: this.#watch };
    return FoldLock.take({ ...about, id: newId() });
  }
}

/** The only name in the lock's folder. */
function nameIn(directory: string): string {
  const names = readdirSync(join(directory, 'fold'));
  equal(names.length, 1);
  return names[0]!;
}

/** Starts a process that takes the lock and keeps it. */
async function hold(
  context: Ending,
  directory: string,
  mapper: MapperChoice,
): Promise<ChildProcess> {
  const child = spawn(process.execPath, [HOLDER, directory, mapper], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  context.after(() => void child.kill('SIGKILL'));
  equal(String((await once(child.stdout!, 'data'))[0]), 'held\n');
  return child;
}

async function kill(child: ChildProcess, signal: 'SIGKILL' | 'SIGSTOP' = 'SIGKILL'): Promise<void> {
  const gone = once(child, 'exit');
  child.kill(signal);
  if (signal === 'SIGKILL') await gone;
}

for (const mapper of ['koffi', 'write-behind'] as const) {
  describe(`FoldLock of another process (${mapper})`, { skip: LINUX }, () => {
    it('is left alone while that lives or is stopped, and stolen once it was killed', async (context) => {
      const directory = temporaryFolder(context);
      const contender = new Contender(directory, mapper);
      const child = await hold(context, directory, mapper);
      equal(contender.take(), undefined);
      await kill(child, 'SIGSTOP');
      contender.now += 60 * MINUTE;
      equal(contender.take(), undefined);
      contender.now += 60 * MINUTE;
      equal(contender.take(), undefined);
      const held = nameIn(directory);
      await kill(child);
      const lock = contender.take();
      notEqual(lock, undefined);
      notEqual(nameIn(directory), held);
      lock!.release();
      equal(nameIn(directory), 'free');
    });

    it('is stolen although another process has the id of the one that was killed', async (context) => {
      const directory = temporaryFolder(context);
      const child = await hold(context, directory, mapper);
      const held = nameIn(directory);
      await kill(child);
      const other = spawn(process.execPath, ['-e', 'process.stdin.resume()']);
      context.after(() => void other.kill('SIGKILL'));
      const recycled = held.replace(`.${child.pid}.`, `.${other.pid}.`);
      notEqual(recycled, held);
      renameSync(join(directory, 'fold', held), join(directory, 'fold', recycled));
      const lock = new Contender(directory, mapper).take();
      notEqual(lock, undefined);
      lock!.release();
    });
  });
}

describe('FoldLock that no lock of the kernel stands for', { skip: LINUX }, () => {
  it('is stolen from a worker thread that was terminated, though its process lives', async (context) => {
    const directory = temporaryFolder(context);
    const contender = new Contender(directory, 'write-behind');
    const thread = new Worker(new URL('../../../test/processes/lock-holder.ts', import.meta.url), {
      argv: [directory, 'write-behind'],
      stdin: true,
      stdout: true,
    });
    equal(String((await once(thread.stdout, 'data'))[0]), 'held\n');
    equal(contender.take(), undefined);
    await thread.terminate();
    const lock = contender.take();
    notEqual(lock, undefined);
    lock!.release();
  });

  it('is taken by a worker thread on Bun, where one of the kernel would outlive it', (context) => {
    const directory = temporaryFolder(context);
    const bun = { ...koffiMapper(), name: 'bun' as const };
    const self = { ...SELF, threadId: 3, kernelThread: process.pid, threadStart: 7 };
    const watch = new HolderWatch();
    const lock = FoldLock.take({ directory, mapper: bun, self, id: newId(), watch });
    equal(
      nameIn(directory).replace(/[0-9a-f]{32}-[0-9a-f]{32}/, 'BOOT-ID'),
      [
        `process.${SELF.pid}.${SELF.processStart}-${SELF.pidNamespace}-BOOT-ID`,
        `${process.pid}-7`,
      ].join('.'),
    );
    // A thread of another start: that one has ended.
    const stolen = new Contender(directory, 'koffi').take();
    notEqual(stolen, undefined);
    throws(() => lock!.requireHeld(), LostLock);
    lock!.release();
    stolen!.requireHeld();
    stolen!.release();
  });

  it('is stolen at once where the machine has restarted since, and not from another machine', (context) => {
    const directory = temporaryFolder(context);
    const old = new Contender(directory, 'write-behind', { ...SELF, bootId: 'f'.repeat(32) });
    const lock = old.take();
    const contender = new Contender(directory, 'write-behind');
    equal(contender.take(), undefined);
    utimesSync(join(directory, 'fold', nameIn(directory)), 1e9, 1e9);
    const stolen = contender.take();
    notEqual(stolen, undefined);
    throws(() => lock!.requireHeld(), LostLock);
    lock!.release();
    stolen!.release();
    equal(nameIn(directory), 'free');
    // Taken now, in that run.
    const again = old.take();
    equal(contender.take(), undefined);
    again!.release();
  });

  it('is stolen from who cannot be judged after ten minutes of the same, by the own clock', (context) => {
    const directory = temporaryFolder(context);
    const elsewhere = { ...SELF, pidNamespace: SELF.pidNamespace + 1 };
    const other = new Contender(directory, 'write-behind', elsewhere);
    const contender = new Contender(directory, 'write-behind');
    const first = other.take();
    equal(contender.take(), undefined);
    contender.now += 9 * MINUTE;
    equal(contender.take(), undefined);
    first!.release();
    const second = other.take();
    contender.now += 9 * MINUTE;
    equal(contender.take(), undefined);
    contender.now += 9.9 * MINUTE;
    equal(contender.take(), undefined);
    second!.requireHeld();
    contender.now += 0.1 * MINUTE;
    const stolen = contender.take();
    notEqual(stolen, undefined);
    throws(() => second!.requireHeld(), LostLock);
    second!.release();
    deepEqual(readdirSync(join(directory, 'fold')).length, 1);
    stolen!.requireHeld();
    stolen!.release();
  });
});

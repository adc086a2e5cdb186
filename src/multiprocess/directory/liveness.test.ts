import { equal } from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { temporaryFolder } from '../../../test/processes/temporary-folder.ts';
import { koffiMapper } from '../mapping/map-koffi.ts';
import type { ReadHeader } from '../segment/segment.ts';
import {
  currentIdentity,
  NO_BOOT_ID,
  type ProcessIdentity,
  processStatus,
} from '../system/process-identity.ts';
import { Heartbeat, judgeLiveness } from './liveness.ts';

const SELF = currentIdentity();
const LINUX = process.platform === 'linux' ? false : 'needs /proc';

/** What is judged once the system has put away a thread that has ended, some moments after it said so. */
async function atLast(judge: () => string): Promise<string> {
  let liveness = judge();
  while (liveness === 'alive') {
    await setImmediate();
    liveness = judge();
  }
  return liveness;
}

const HEADER: ReadHeader = {
  ...SELF,
  id: '0'.repeat(32),
  startTime: 0,
  locked: false,
  headerBytes: 256,
  published: 256,
  epoch: 0,
  heartbeat: 0,
  begun: 0,
};

function judge(header: Partial<ReadHeader>): string {
  return judgeLiveness(-1, { ...HEADER, ...header }, { mapper: undefined, self: SELF });
}

/** Waits until it is so; the test's time limit is the bound. */
async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await setImmediate();
}

describe('judgeLiveness by process id', { skip: LINUX }, () => {
  it('takes a process for alive that is there and began when it says', () => {
    equal(judge({}), 'alive');
  });

  it('takes it for dead when another process has its id', () => {
    equal(judge({ processStart: SELF.processStart + 1 }), 'dead');
  });

  it('takes it for alive when nobody says when it began', () => {
    equal(judge({ processStart: 0 }), 'alive');
  });

  it('takes it for dead when there is no such process', async () => {
    const child = spawn(process.execPath, ['-e', ''], { stdio: 'ignore' });
    await once(child, 'exit');
    equal(judge({ pid: child.pid! }), 'dead');
  });

  it('takes a zombie for dead', { timeout: 10_000 }, async (context) => {
    // A shell starts a program and becomes another one, which never asks what became of the first.
    const script = 'exec 3<&0; cat <&3 & echo $!; exec sleep 30';
    const shell = spawn('sh', ['-c', script], { stdio: ['pipe', 'pipe', 'ignore'] });
    context.after(() => void shell.kill('SIGKILL'));
    const [line] = await once(shell.stdout, 'data');
    const pid = Number(line);
    await until(() => readFileSync(`/proc/${shell.pid}/comm`, 'latin1') === 'sleep\n');
    equal(judge({ pid, processStart: 0 }), 'alive');
    shell.stdin.end();
    await until(() => processStatus(pid).state === 'Z');
    equal(judge({ pid, processStart: 0 }), 'dead');
  });

  it('does not know of another boot, another pid namespace, or one that is not told', () => {
    equal(judge({ bootId: 'f'.repeat(32) }), 'unknown');
    equal(judge({ pidNamespace: SELF.pidNamespace + 1 }), 'unknown');
    equal(judge({ bootId: NO_BOOT_ID }), 'unknown');
    equal(judge({ pidNamespace: 0 }), 'unknown');
  });
});

describe('judgeLiveness of another boot', { skip: LINUX }, () => {
  it('takes for dead what was written behind before this one, and not what another machine writes', (context) => {
    const path = join(temporaryFolder(context), 'file');
    const fd = openSync(path, 'w');
    context.after(() => closeSync(fd));
    const options = { mapper: undefined, self: SELF };
    const other = { ...HEADER, bootId: 'f'.repeat(32) };
    equal(judgeLiveness(fd, other, options), 'unknown');
    utimesSync(path, 1e9, 1e9);
    equal(judgeLiveness(fd, other, options), 'dead');
    equal(judgeLiveness(fd, HEADER, options), 'alive');
    // Nobody knows when a mapped file was written, or which boot it was.
    equal(judgeLiveness(fd, { ...other, locked: true }, options), 'unknown');
    equal(judgeLiveness(fd, { ...other, bootId: NO_BOOT_ID }, options), 'unknown');
    const unknown = { ...SELF, bootId: NO_BOOT_ID };
    equal(judgeLiveness(fd, other, { mapper: undefined, self: unknown }), 'unknown');
    // A clock that was wrong then.
    const tomorrow = Date.now() / 1000 + 86_400;
    utimesSync(path, tomorrow, tomorrow);
    equal(judgeLiveness(fd, other, options), 'dead');
  });
});

describe('judgeLiveness of a worker thread', { skip: LINUX }, () => {
  /** Starts a thread, which says who it is, and waits. */
  async function start(): Promise<{ thread: Worker; identity: ProcessIdentity }> {
    const script = `
      const { parentPort } = require('node:worker_threads');
      const { currentIdentity } = require(${JSON.stringify(import.meta.resolve('../system/process-identity.ts').slice(7))});
      parentPort.once('message', () => {});
      parentPort.postMessage(currentIdentity());`;
    const thread = new Worker(script, { eval: true });
    const [identity] = await once(thread, 'message');
    return { thread, identity };
  }

  it('takes it for alive while it runs, and for dead once it ended or was terminated', async () => {
    for (const end of ['end', 'terminate'] as const) {
      const { thread, identity } = await start();
      equal(identity.pid, process.pid);
      equal(judge(identity), 'alive');
      const exit = once(thread, 'exit');
      if (end === 'end') thread.postMessage('end');
      else await thread.terminate();
      await exit;
      equal(await atLast(() => judge(identity)), 'dead');
    }
  });

  it('takes it for dead when another thread has its id', async () => {
    const { thread, identity } = await start();
    equal(judge({ ...identity, threadStart: identity.threadStart - 1 }), 'dead');
    await thread.terminate();
  });

  it('goes by its process where nobody says which thread it was', async () => {
    const { thread, identity } = await start();
    await thread.terminate();
    equal(judge({ ...identity, kernelThread: 0 }), 'alive');
    equal(judge({ ...identity, kernelThread: 0, processStart: 1 }), 'dead');
  });

  it('does not believe a lock that its process holds on for it, but one of another namespace', async (context) => {
    const path = join(temporaryFolder(context), 'file');
    const mapper = koffiMapper();
    const writer = openSync(path, 'w');
    const reader = openSync(path, 'r');
    context.after(() => [writer, reader].forEach(closeSync));
    equal(mapper.lock(writer), true);
    const { thread, identity } = await start();
    const header = { ...HEADER, ...identity, locked: true };
    equal(judgeLiveness(reader, header, { mapper, self: SELF }), 'alive');
    await thread.terminate();
    equal(await atLast(() => judgeLiveness(reader, header, { mapper, self: SELF })), 'dead');
    const elsewhere = { ...SELF, pidNamespace: SELF.pidNamespace + 1 };
    equal(judgeLiveness(reader, header, { mapper, self: elsewhere }), 'alive');
  });
});

describe('judgeLiveness by lock', () => {
  it('believes the lock and nothing else', (context) => {
    const path = join(temporaryFolder(context), 'file');
    const mapper = koffiMapper();
    const writer = openSync(path, 'w');
    const reader = openSync(path, 'r');
    context.after(() => closeSync(reader));
    const header = { ...HEADER, locked: true, pid: 1, bootId: NO_BOOT_ID };
    equal(mapper.lock(writer), true);
    equal(judgeLiveness(reader, header, { mapper, self: SELF }), 'alive');
    equal(mapper.lock(reader), false);
    closeSync(writer);
    equal(judgeLiveness(reader, header, { mapper, self: SELF }), 'dead');
    equal(mapper.lock(reader), true);
  });
});

describe('Heartbeat', () => {
  it('is silent after 30 seconds without a beat, by the clock of whoever listens', () => {
    const heartbeat = new Heartbeat();
    equal(heartbeat.isSilent(7, 1000), false);
    equal(heartbeat.isSilent(7, 1029.9), false);
    equal(heartbeat.isSilent(7, 1030), true);
    equal(heartbeat.isSilent(8, 1031), false);
  });
});

/**
 * The contract of the multi-process mode, held on every runtime that the library is for: with files that
 * are mapped, by what the runtime or an optional package has, and with files that are written behind.
 */

import { deepEqual, ok } from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { Ending } from '../members/member.ts';
import { ProgramFolder } from '../members/program.ts';
import { type Member, startMember, type Way } from '../members/service.ts';
import { packed } from '../setup/packed.ts';
import { type RuntimeName, runtimeBinary, runtimeNames } from '../setup/runtimes.ts';

const library = packed();
const programs = new ProgramFolder(library);
const script = programs.add('member.ts');
after(() => {
  programs.remove();
  library.remove();
});

/** All that map, and those whose threads and ends differ for what is written behind. */
const WAYS: readonly Way[] = [
  ...runtimeNames.map((runtime): Way => ({ runtime, mapper: mapperOf(runtime) })),
  { runtime: 'node20', mapper: 'write-behind' },
  { runtime: 'node26', mapper: 'write-behind' },
  { runtime: 'bun', mapper: 'write-behind' },
  { runtime: 'deno', mapper: 'write-behind' },
];

function mapperOf(runtime: RuntimeName): Way['mapper'] {
  return runtime === 'node26' ? 'node-ffi' : 'auto';
}

/** Ways for a process to end that take nothing with them, and those that leave it no time. */
const ENDINGS: readonly Ending[] = ['return', 'exit', 'throw', 'SIGTERM', 'SIGKILL'];
const THREAD_ENDINGS: readonly Ending[] = ['return', 'exit', 'throw', 'terminate'];

/** A service of two processes, and how to have a third look at it as a scrape would. */
class Service {
  readonly directory: string = programs.makeFolder('shared-');
  readonly way: Way;
  readonly #ends: (() => void | Promise<void>)[] = [];
  one!: Member;
  other!: Member;

  constructor(way: Way) {
    this.way = way;
  }

  async start(): Promise<void> {
    [this.one, this.other] = await Promise.all([this.add(), this.add()]);
  }

  async stop(): Promise<void> {
    for (const end of this.#ends) await end();
  }

  add(way: Way = this.way): Promise<Member> {
    const context = { after: (end: () => void | Promise<void>) => void this.#ends.push(end) };
    return startMember(context, { script, directory: this.directory, way });
  }

  /** What is written behind is shown by others once it is written; what is mapped, at once. */
  async settle(...members: readonly Member[]): Promise<void> {
    if (this.way.mapper !== 'write-behind') return;
    await Promise.all(members.map((member) => member.tell({ do: 'flush' })));
  }

  /** Both processes show these lines, and nothing else of that name. */
  async shows(prefix: string, expected: readonly string[]): Promise<void> {
    await this.settle(this.one, this.other);
    deepEqual(await this.one.show(prefix), expected);
    deepEqual(await this.other.show(prefix), expected);
  }

  /** For each file, whether its writer holds a lock on it. */
  locks(): boolean[] {
    return readdirSync(this.directory)
      .filter((name) => /^[0-9a-f]{32}\.promethium$/.test(name))
      .map((name) => (readFileSync(join(this.directory, name)).readInt32LE(24) & 1) === 1);
  }
}

function both(
  { one, other }: Service,
  act: (member: Member) => Promise<unknown>,
): Promise<unknown> {
  return Promise.all([act(one), act(other)]);
}

for (const way of WAYS) {
  const skip = runtimeBinary(way.runtime) ? false : `${way.runtime} is not installed`;
  const how = way.mapper === 'write-behind' ? 'written behind' : 'mapped';
  describe(`A service on ${way.runtime} with files that are ${how}`, { skip }, () => {
    const service = new Service(way);
    before(() => service.start());
    after(() => service.stop());
    holdsForNumbers(service);
    holdsForThreads(service);
    holdsForChildren(service);
    holdsForDeath(service);
  });
}

function holdsForNumbers(service: Service): void {
  it('adds up counters, histograms and summaries, in a file each that is locked where it is mapped', async () => {
    await both(service, (member) =>
      member.metric('Counter', { name: 'a_total', labelNames: ['of'] }),
    );
    await both(service, (member) =>
      // Of one with native buckets, these are the count.
      member.metric('Histogram', { name: 'a_seconds', buckets: [1], nativeFactor: 1.1 }),
    );
    await both(service, (member) => member.metric('Summary', { name: 'a_bytes' }));
    const isMapped = service.way.mapper !== 'write-behind';
    deepEqual(service.locks(), [isMapped, isMapped]);
    await service.one.tell({
      do: 'call',
      name: 'a_total',
      labels: ['x'],
      method: 'inc',
      args: [2],
    });
    await service.other.tell({
      do: 'call',
      name: 'a_total',
      labels: ['x'],
      method: 'inc',
      args: [3],
    });
    await service.other.tell({ do: 'call', name: 'a_total', labels: ['y'], method: 'inc' });
    await both(service, (member) => member.call('a_seconds', 'observe', 0.5));
    await service.one.call('a_seconds', 'observe', 2);
    await both(service, (member) => member.call('a_bytes', 'observe', 8));
    await service.shows('a_', [
      'a_total{of="x"} 5',
      'a_total{of="y"} 1',
      'a_bytes_sum 16',
      'a_bytes_count 2',
      'a_seconds_bucket{le="1.0"} 2',
      'a_seconds_bucket{le="+Inf"} 3',
      'a_seconds_sum 3',
      'a_seconds_count 3',
    ]);
  });

  it('shows gauges as their mode says', async () => {
    const { one, other } = service;
    const modes = ['all', 'livesum', 'max', 'min', 'sum'];
    for (const multiprocessMode of modes) {
      const name = `b_${multiprocessMode}`;
      await both(service, (member) => member.metric('Gauge', { name, multiprocessMode }));
      await Promise.all([other.call(name, 'set', 5), one.call(name, 'set', 3)]);
    }
    const pids = [one.process, other.process].sort();
    await service.shows('b_', [
      ...pids.map((pid) => `b_all{pid="${pid}"} ${pid === one.process ? 3 : 5}`),
      'b_livesum 8',
      'b_max 5',
      'b_min 3',
      'b_sum 8',
    ]);
  });

  it('shows statements once, and states as their mode says', async () => {
    await both(service, (member) => member.metric('Info', { name: 'c_build' }));
    await both(service, (member) => member.call('c_build', 'info', { version: '1.0' }));
    const state = { name: 'c_state', states: ['up', 'down'], multiprocessMode: 'mostrecent' };
    await both(service, (member) => member.metric('Enum', state));
    await service.one.call('c_state', 'state', 'up');
    // Two clocks of Bun or Deno agree to about 10 ms: what is set sooner after may be shown as before.
    await until(async () => {
      await service.other.call('c_state', 'state', 'down');
      await service.settle(service.other);
      return (await service.one.show('c_state')).includes('c_state{c_state="down"} 1');
    });
    await service.shows('c_', [
      'c_build_info{version="1.0"} 1',
      'c_state{c_state="up"} 0',
      'c_state{c_state="down"} 1',
    ]);
  });

  it('takes away what one process removed, and leaves the other its own', async () => {
    const { one, other } = service;
    await both(service, (member) =>
      member.metric('Counter', { name: 'd_total', labelNames: ['of'] }),
    );
    for (const value of ['x', 'y']) {
      const inc = { do: 'call', name: 'd_total', labels: [value], method: 'inc' } as const;
      await both(service, (member) => member.tell(inc));
    }
    await service.shows('d_', ['d_total{of="x"} 2', 'd_total{of="y"} 2']);
    await one.call('d_total', 'remove', 'x');
    await service.shows('d_', ['d_total{of="x"} 1', 'd_total{of="y"} 2']);
    await other.call('d_total', 'clear');
    await service.shows('d_', ['d_total{of="y"} 1']);
  });
}

/** What a scrape shows of a counter and of a `livesum` gauge, both called `name`. */
async function sums(member: Member, name: string): Promise<{ counted: number; live: number }> {
  const lines = await member.show(name);
  const value = (of: string): number =>
    Number(lines.find((line) => line.startsWith(of))?.split(' ')[1] ?? 0);
  return { counted: value(`${name}_total`), live: value(`${name}_live`) };
}

/** Has a new member count 1, and say that it is there. */
async function countOnce(member: Member, name: string): Promise<void> {
  await member.metric('Counter', { name: `${name}_total` });
  await member.metric('Gauge', { name: `${name}_live`, multiprocessMode: 'livesum' });
  await member.call(`${name}_total`, 'inc');
  await member.call(`${name}_live`, 'set', 1);
}

/** Waits until it is so, as it is soon after a thread has ended. */
async function until(isSo: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 5000;
  while (!(await isSo())) ok(performance.now() < deadline, 'not within 5 s');
}

function holdsForThreads(service: Service): void {
  it('adds up worker threads, the main thread included, and keeps what each counted whatever its end', async () => {
    const { one, other } = service;
    await countOnce(one, 'e');
    const threads = await Promise.all(THREAD_ENDINGS.map((how) => one.start('thread', `e-${how}`)));
    await Promise.all(threads.map((thread) => countOnce(thread, 'e')));
    await service.settle(one, ...threads);
    deepEqual(await sums(one, 'e'), { counted: 5, live: 5 });
    deepEqual(await sums(other, 'e'), { counted: 5, live: 5 });
    deepEqual(await sums(threads[1]!, 'e'), { counted: 5, live: 5 });
    await Promise.all(threads.map((thread) => thread.call('e_total', 'inc')));
    // What a terminated thread counted since is lost where files are written behind.
    await service.settle(threads.at(-1)!);
    for (const how of THREAD_ENDINGS) await one.end(`e-${how}`, how);
    await until(async () => (await sums(other, 'e')).live === 1);
    deepEqual(await sums(other, 'e'), { counted: 9, live: 1 });
    deepEqual(await sums(one, 'e'), { counted: 9, live: 1 });
  });
}

function holdsForChildren(service: Service): void {
  it('adds up child processes, and loses nothing of those that ended by themselves', async () => {
    const { one, other } = service;
    await Promise.all(
      ENDINGS.map(async (how) => {
        const child = await one.start('process', `g-${how}`);
        await countOnce(child, 'g');
        if (how === 'SIGKILL') await service.settle(child);
        await one.end(`g-${how}`, how);
      }),
    );
    deepEqual(await sums(other, 'g'), { counted: ENDINGS.length, live: 0 });
    await countOnce(one, 'g');
    await service.settle(one);
    deepEqual(await sums(other, 'g'), { counted: ENDINGS.length + 1, live: 1 });
  });
}

function holdsForDeath(service: Service): void {
  it('keeps what a killed process counted, with its threads, and shows its live gauges no more', async () => {
    const { one, other } = service;
    const thread = await other.start('thread', 'h');
    const all = [one, other, thread];
    await Promise.all(all.map((member) => countOnce(member, 'h')));
    await service.settle(...all);
    deepEqual(await sums(one, 'h'), { counted: 3, live: 3 });
    await other.kill();
    deepEqual(await sums(one, 'h'), { counted: 3, live: 1 });
    deepEqual(await one.show('promethium_unreadable_files'), []);
    const heir = await service.add();
    await countOnce(heir, 'h');
    await service.settle(heir);
    deepEqual(await sums(one, 'h'), { counted: 4, live: 2 });
    deepEqual(await sums(heir, 'h'), { counted: 4, live: 2 });
  });
}

describe('A service whose processes run on several runtimes', () => {
  const MIXED: readonly Way[] = [
    { runtime: 'node24', mapper: 'auto' },
    { runtime: 'bun', mapper: 'auto' },
    { runtime: 'deno', mapper: 'auto' },
    { runtime: 'node20', mapper: 'auto' },
    { runtime: 'node22', mapper: 'write-behind' },
    { runtime: 'node26', mapper: 'node-ffi' },
    { runtime: 'bun', mapper: 'write-behind' },
  ];
  const missing = MIXED.find(({ runtime }) => !runtimeBinary(runtime))?.runtime;
  const skip = missing === undefined ? false : `${missing} is not installed`;

  it('shows the same from each of them, after the death of any as well', {
    skip,
  }, async (context) => {
    const service = new Service(MIXED[0]!);
    context.after(() => service.stop());
    const members = await Promise.all(MIXED.map((way) => service.add(way)));
    const threads = await Promise.all(members.map((member) => member.start('thread', 'i')));
    const all = [...members, ...threads];
    await Promise.all(all.map((member) => fill(member, all.indexOf(member))));
    const expected = (living: readonly Member[]): string[] => [
      'i_total{of="all"} 16383',
      `i_live ${living.length}`,
      'i_mostrecent 7',
      'i_seconds_bucket{le="1.0"} 1',
      'i_seconds_bucket{le="10.0"} 10',
      'i_seconds_bucket{le="+Inf"} 14',
      'i_seconds_sum 105',
      'i_seconds_count 14',
    ];
    const writing = all.filter((_, i) => MIXED[i % MIXED.length]!.mapper === 'write-behind');
    const flush = (): Promise<unknown> =>
      Promise.all(writing.map((member) => member.tell({ do: 'flush' })));
    await all[3]!.call('i_mostrecent', 'set', 7);
    await flush();
    for (const member of all) deepEqual(await member.show('i_'), expected(all));
    // From here on the first is the only one left to ask in the end.
    for (let left = members.length - 1; left > 0; left--) {
      await members[left]!.kill();
      const living = [...members.slice(0, left), ...threads.slice(0, left)];
      deepEqual(await living[(left * 5) % living.length]!.show('i_'), expected(living));
    }
    deepEqual(await members[0]!.show('i_'), expected([members[0]!, threads[0]!]));
  });

  /** A number of each kind, powers of two so that every wrong sum is another one. */
  async function fill(member: Member, number: number): Promise<void> {
    await member.metric('Counter', { name: 'i_total', labelNames: ['of'] });
    await member.tell({
      do: 'call',
      name: 'i_total',
      labels: ['all'],
      method: 'inc',
      args: [2 ** number],
    });
    const native = { buckets: [1, 10], nativeFactor: 1.1 };
    await member.metric('Histogram', { name: 'i_seconds', ...native });
    await member.call('i_seconds', 'observe', number + 1);
    await member.metric('Gauge', { name: 'i_live', multiprocessMode: 'livesum' });
    await member.call('i_live', 'set', 1);
    await member.metric('Gauge', { name: 'i_mostrecent', multiprocessMode: 'mostrecent' });
  }
});

import { deepEqual, equal, ok } from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { describe, it, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { ManualClock } from '../../test/manual-clock.ts';
import { nativeLists } from '../../test/native-lists.ts';
import { open } from '../../test/processes/storage.ts';
import { temporaryFolder } from '../../test/processes/temporary-folder.ts';
import { parseProtobuf, toProtobuf, toText } from '../exposition/index.ts';
import { Histogram } from '../metrics/histograms/histogram.ts';
import type { HistogramOptions } from '../metrics/histograms/histogram-options.ts';
import { CollectorRegistry } from '../metrics/registry/registry.ts';
import { histogramSnapshot } from '../testing/histogram-snapshot.ts';
import { Folding } from './folding/folding.ts';
import { koffiMapper } from './mapping/map-koffi.ts';
import type { MapperChoice } from './mapping/mapper-choice.ts';
import { DirectoryReader } from './reading/directory-reader.ts';
import { hostClock } from './system/host-clock.ts';
import { Pace } from './system/pace.ts';
import { currentIdentity } from './system/process-identity.ts';

/** A process of a service, as far as one process can stand for several, with a histogram. */
function join(
  context: TestContext,
  directory: string,
  {
    mapper = 'koffi',
    at = 0,
    ...options
  }: Partial<HistogramOptions> & { mapper?: MapperChoice; at?: number } = {},
) {
  const storage = open(context, { directory, mapper });
  const clock = new ManualClock();
  clock.pass(at);
  const registry = new CollectorRegistry({ storage, clock });
  const native = { nativeSchema: 0, nativeMinResetSeconds: 0 };
  const common = { name: 'sizes', help: 'Sizes.', labelNames: ['a'] as const, buckets: [2] };
  const sizes = new Histogram({ ...common, ...native, registry, ...options, labelNames: ['a'] });
  return { storage, clock, registry, sizes };
}

/** What a sidecar shows of the series. */
async function shown(context: TestContext, directory: string, a = 'x') {
  const storage = open(context, { directory, readOnly: true });
  const registry = new CollectorRegistry({ storage });
  const snapshot = await histogramSnapshot(registry, 'sizes', { a });
  if (snapshot?.native === undefined) return snapshot;
  const { count, sum, buckets, native } = snapshot;
  const { schema, zeroCount, positive, negative } = native;
  return { count, sum, buckets, schema, zeroCount, positive, negative };
}

async function fold(directory: string): Promise<number> {
  const about = { directory, mapper: koffiMapper(), self: currentIdentity(), clock: hostClock() };
  const reader = new DirectoryReader(about);
  await reader.read({ own: undefined, missing: false }, new Pace());
  return new Folding({ ...about, reader, fileMode: 0o600 }).run(new Pace());
}

describe('Native histograms of several processes', () => {
  for (const mapper of ['koffi', 'write-behind'] as const) {
    it(`are one, those of ended processes included, folded or not (${mapper})`, async (context) => {
      const directory = temporaryFolder(context);
      const fine = join(context, directory, { mapper, nativeSchema: 1 });
      for (const value of [0, 1, 3, 3.5, -1]) fine.sizes.labels('x').observe(value);
      fine.storage.close();
      const coarse = join(context, directory, { mapper, nativeMaxBuckets: Infinity });
      coarse.sizes.labels('x').observe(100, { count: 4 });
      const expected = {
        count: 9,
        sum: 406.5,
        buckets: [
          [2, 3],
          [Infinity, 9],
        ],
        schema: 0,
        zeroCount: 1,
        positive: [
          [0, 1],
          [2, 2],
          [7, 4],
        ],
        negative: [[0, 1]],
      };
      coarse.storage.flush();
      deepEqual(await shown(context, directory), expected);
      // Without a lock nobody can tell that a storage of a living process was closed.
      const dead = mapper === 'koffi' ? 1 : 0;
      equal(await fold(directory), dead);
      deepEqual(await shown(context, directory), expected);
      coarse.storage.close();
      equal(await fold(directory), dead);
      deepEqual(await shown(context, directory), expected);
      const files = readdirSync(directory).filter((name) => /^[0-9a-f]{32}\./.test(name));
      equal(files.length, 2 - 2 * dead);
    });
  }

  const STEPS = ['written', 'linked', 'named', 'older removed', 'file removed', 'released'];
  for (const fatal of STEPS) {
    it(`are counted exactly after a SIGKILL when a folding process has done "${fatal}"`, async (context) => {
      const directory = temporaryFolder(context);
      const leave = (value: number): void => {
        const { storage, sizes } = join(context, directory, { nativeSchema: 3 });
        for (let i = 0; i < 50; i++) sizes.labels('x').observe(value * 1.1 ** i);
        storage.close();
      };
      leave(1);
      await fold(directory);
      leave(2);
      leave(3);
      const before = await shown(context, directory);
      const script = new URL('../../test/processes/folding-process.ts', import.meta.url);
      const args = [fileURLToPath(script), directory, fatal, '0', 'koffi'];
      const [, signal] = await once(spawn(process.execPath, args, { stdio: 'ignore' }), 'close');
      equal(signal, 'SIGKILL');
      deepEqual(await shown(context, directory), before);
      await fold(directory);
      deepEqual(await shown(context, directory), before);
    });
  }

  it('get coarser with the coarsest, and begin anew where that is allowed', async (context) => {
    const directory = temporaryFolder(context);
    const reset = { nativeMinResetSeconds: 60, nativeMaxBuckets: 3 };
    const one = join(context, directory, { ...reset });
    const other = join(context, directory, {});
    for (const value of [1, 2, 4, 8]) one.sizes.labels('x').observe(value);
    for (const value of [1, 2, 4, 8]) other.sizes.labels('x').observe(value);
    const { schema, positive } = (await shown(context, directory)) as { [key: string]: unknown };
    deepEqual(
      [schema, positive],
      [
        -1,
        [
          [0, 2],
          [1, 4],
          [2, 2],
        ],
      ],
    );
    // The one that got coarser begins anew as soon as it may, as fine as it was.
    one.clock.pass(60);
    one.sizes.labels('x').observe(8);
    deepEqual(await shown(context, directory), {
      count: 5,
      sum: 23,
      buckets: [
        [2, 2],
        [Infinity, 5],
      ],
      schema: 0,
      zeroCount: 0,
      positive: [
        [0, 1],
        [1, 1],
        [2, 1],
        [3, 2],
      ],
      negative: [],
    });
  });

  it('lose with remove, clear and reset what this process counted', async (context) => {
    const directory = temporaryFolder(context);
    const ended = join(context, directory);
    for (const a of ['x', 'y']) ended.sizes.labels(a).observe(64);
    ended.storage.close();
    await fold(directory);
    const one = join(context, directory);
    const other = join(context, directory);
    for (const a of ['x', 'y']) {
      one.sizes.labels(a).observe(1);
      other.sizes.labels(a).observe(4);
    }
    const buckets = async (a: string) =>
      ((await shown(context, directory, a)) as { positive?: unknown } | undefined)?.positive;
    deepEqual(await buckets('x'), [
      [0, 1],
      [2, 1],
      [6, 1],
    ]);
    // What was folded goes as well.
    one.sizes.remove('x');
    deepEqual(await buckets('x'), [[2, 1]]);
    one.sizes.labels('y').reset();
    deepEqual(await buckets('y'), [
      [2, 1],
      [6, 1],
    ]);
    other.sizes.clear();
    deepEqual(await buckets('y'), []);
    equal(await buckets('x'), undefined);
  });

  it('add what is idle, or too much, to the child for the rest', async (context) => {
    const directory = temporaryFolder(context);
    const { sizes, clock, registry } = join(context, directory, {
      maxChildren: 2,
      maxIdleSeconds: 60,
    });
    const kept = sizes.labels('x');
    kept.observe(4);
    sizes.labels('y').observe(1);
    sizes.labels('z').observe(0.5);
    clock.pass(1);
    await toText(registry);
    clock.pass(61);
    sizes.labels('y').observe(1);
    await toText(registry);
    const buckets = async (a: string) =>
      ((await shown(context, directory, a)) as { positive?: unknown } | undefined)?.positive;
    equal(await buckets('x'), undefined);
    deepEqual(await buckets('__overflow__'), [
      [-1, 1],
      [2, 1],
    ]);
    kept.observe(8);
    await toText(registry);
    deepEqual(await buckets('x'), [[3, 1]]);
  });

  it('take from who has none what its classic buckets say, while a deploy adds them', async (context) => {
    const directory = temporaryFolder(context);
    const classic = { nativeSchema: undefined, nativeMinResetSeconds: undefined };
    const old = join(context, directory, { ...classic, buckets: [-1, 0, 3, 100] } as object);
    for (const value of [-2, 0, 0.1, 7, 1000]) old.sizes.labels('x').observe(value);
    const expected = (positive: [number, number][], count: number) => ({
      count,
      buckets: [
        [2, 1],
        [Infinity, count],
      ],
      schema: 0,
      zeroCount: 1,
      positive,
      negative: [[0, 1]],
    });
    // Newer by the time of its file.
    context.mock.timers.enable({ apis: ['Date'], now: Date.now() + 1000 });
    const { storage, sizes } = join(context, directory);
    sizes.labels('x').observe(2);
    const { sum: _, ...now } = (await shown(context, directory)) as { sum: number };
    deepEqual(now, {
      ...expected(
        [
          [1, 1],
          [2, 1],
          [7, 1],
          [1025, 1],
        ],
        6,
      ),
      buckets: [
        [2, 3],
        [Infinity, 6],
      ],
    });
    const text = await toText(new CollectorRegistry({ storage }));
    const disagreeing = text.split('\n').filter((line) => /^promethium_disag/.test(line));
    deepEqual(disagreeing, [
      'promethium_disagreeing_declarations{family="sizes",aspect="bounds"} 1',
      'promethium_disagreeing_declarations{family="sizes",aspect="native"} 1',
    ]);
    old.storage.close();
    await fold(directory);
    const { sum: __, ...folded } = (await shown(context, directory)) as { sum: number };
    deepEqual(folded, now);
  });

  it('show the ten newest of all exemplars, folded or not', async (context) => {
    const directory = temporaryFolder(context);
    const exemplars = async () => {
      const storage = open(context, { directory, readOnly: true });
      const families = parseProtobuf(await toProtobuf(new CollectorRegistry({ storage })));
      const [list = []] = nativeLists(families, 'sizes');
      return list.map(({ labels, value }) => `${JSON.stringify(labels)} ${value}`);
    };
    for (const [at, values] of [
      [0, [1, 2, 3, 4, 5, 6, 7, 8]],
      [100, [1.5, 2.5, 3.5, 4.5]],
    ] as const) {
      const { storage, sizes, clock } = join(context, directory, { at });
      for (const value of values) {
        clock.pass(1);
        sizes.labels('x').observe(value, { exemplar: { at: String(at) } });
      }
      storage.close();
    }
    const expected = [1.5, 2.5, 3, 3.5, 4, 4.5, 5, 6, 7, 8].map(
      (value) => `{"at":"${value % 1 === 0 ? 0 : 100}"} ${value}`,
    );
    deepEqual(await exemplars(), expected);
    equal(await fold(directory), 2);
    deepEqual(await exemplars(), expected);
    // The eleventh takes the place of the oldest, and a reset takes all.
    const { sizes, clock } = join(context, directory, { at: 200 });
    clock.pass(1);
    const child = sizes.labels('x');
    child.observe(9, { exemplar: { at: '200' } });
    equal((await exemplars()).includes('{"at":"0"} 3'), false);
    equal((await exemplars()).includes('{"at":"200"} 9'), true);
    child.reset();
    equal((await exemplars()).includes('{"at":"200"} 9'), false);
    child.observe(10, { exemplar: { at: '201' } });
    equal((await exemplars()).includes('{"at":"201"} 10'), true);
  });

  it('agree with their classic buckets and never fall beside a writer that never rests', async (context) => {
    const directory = temporaryFolder(context);
    const script = new URL('../../test/processes/hot-observer.ts', import.meta.url);
    const worker = new Worker(script, { workerData: { directory, mapper: 'koffi' } });
    context.after(async () => void (await worker.terminate()));
    await once(worker, 'message');
    const storage = open(context, { directory, mapper: 'koffi', readOnly: true });
    const registry = new CollectorRegistry({ storage });
    let before = 0;
    let least = 0;
    for (let scrape = 0; scrape < 60; scrape++) {
      const { count, buckets, native } = (await histogramSnapshot(registry, 'hot'))!;
      const sum = [...native!.positive, ...native!.negative].reduce((sum, [, one]) => sum + one, 0);
      equal(native!.zeroCount + sum, count);
      equal(buckets.at(-1)![1], count);
      ok(count >= before && buckets[0]![1] >= least && buckets[0]![1] <= count);
      before = count;
      least = buckets[0]![1];
    }
    ok(before > 0);
  });
});

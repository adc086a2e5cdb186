import { deepEqual, ok } from 'node:assert/strict';
import { describe, it } from 'node:test';
import { empty, family } from '../../test/decoded-families.ts';
import { nativeBuckets, nativeHistogram } from '../../test/native-buckets.ts';
import { handPublished } from '../../test/processes/hand-published.ts';
import { open } from '../../test/processes/storage.ts';
import { temporaryFolder } from '../../test/processes/temporary-folder.ts';
import { type RecordedFamily, recordFamily } from '../../test/recorded-family.ts';
import { CollectorRegistry } from '../metrics/registry/registry.ts';
import { nativeUpperBound } from '../model/native-bounds.ts';

/** Those families of a scrape that are not of promethium itself. */
async function recorded(registry: CollectorRegistry): Promise<RecordedFamily[]> {
  const families: RecordedFamily[] = [];
  for await (const one of registry.collect()) {
    if (!one.name.startsWith('promethium_')) families.push(recordFamily(one));
  }
  return families;
}

describe('Native buckets and exemplars of collectors of the process', () => {
  it('are merged like those of instruments, with those of the dead', async (context) => {
    const directory = temporaryFolder(context);
    const exemplar = (id: string, value: number, timestamp?: number) => ({
      labels: { id },
      value,
      ...(timestamp !== undefined && { timestamp }),
    });
    const processes = [1, 2].map((number) => {
      const storage = handPublished(context, { directory, mapper: 'koffi' });
      const registry = new CollectorRegistry({ storage });
      const state = { amount: number, exemplars: true };
      const counter = family({ name: 'c', type: 'counter' }, (writer) => {
        writer.number(state.amount, 5, state.exemplars ? exemplar(`c${number}`, 1) : undefined);
      });
      const histogram = family({ name: 'h', type: 'histogram' }, (writer) => {
        const count = state.amount;
        const timed = exemplar(`h${number}`, number, number);
        writer.histogram({
          ...empty,
          bounds: [1],
          cells: [count, 2 * count],
          sum: count,
          created: 7 - number,
          exemplars: state.exemplars ? [timed, undefined] : undefined,
          native: nativeHistogram({
            schema: 2 - number,
            zeroThreshold: 0.25,
            zeroCount: count,
            positive: nativeBuckets([3, count]),
            negative: nativeBuckets([number, count]),
            exemplars: state.exemplars ? [timed] : [],
          }),
        });
      });
      const listed = family({ name: 'l', type: 'histogram' }, (writer) => {
        const positive = nativeBuckets([0, 1], [2, number]);
        const native = nativeHistogram({ schema: -53, positive, customBounds: [1, 2] });
        writer.histogram({ ...empty, cells: [1 + number], created: 3, native });
      });
      registry.register({ collect: () => [counter, histogram, listed] }, { scope: 'process' });
      return { storage, registry, state };
    });
    for (const { storage } of processes) await storage.passInterval();
    processes[0]!.storage.wayOut();
    processes[0]!.storage.close();
    const { storage, registry, state } = processes[1]!;
    const header = { help: 'h', unit: '' };
    const point = (...values: unknown[]) => [{ labels: {}, time: null, point: values }];
    const shown = (id: string, value: number, timestamp: string | null) => ({
      labels: { id },
      value,
      timestamp,
    });
    const ofDead = shown('h1', 1, '1');
    const ofLiving = shown('h2', 2, '2');
    const native = { schema: 0, zeroThreshold: 0.25, customBounds: [] };
    deepEqual(await recorded(registry), [
      {
        ...header,
        name: 'c',
        type: 'counter',
        points: point('number', 3, 5, shown('c2', 1, null)),
      },
      {
        ...header,
        name: 'h',
        type: 'histogram',
        points: point('histogram', [1], [3, 9], 3, 5, [ofDead, ofLiving], {
          ...native,
          zeroCount: 3,
          // Of schema 1 before: two of its buckets are one of schema 0.
          positive: [
            [2, 1],
            [3, 2],
          ],
          negative: [
            [1, 1],
            [2, 2],
          ],
          exemplars: [ofDead, ofLiving],
        }),
      },
      {
        ...header,
        name: 'l',
        type: 'histogram',
        points: point('histogram', [1, 2], [2, 2, 5], 0, 3, null),
      },
    ]);
    Object.assign(state, { amount: 4, exemplars: false });
    await storage.passInterval();
    const [counter, histogram] = await recorded(
      new CollectorRegistry({ storage: open(context, { directory, readOnly: true }) }),
    );
    deepEqual(counter?.points, point('number', 5, 5, shown('c1', 1, null)));
    deepEqual(
      histogram?.points,
      point('histogram', [1], [5, 15], 5, 5, [ofDead, null], {
        ...native,
        zeroCount: 5,
        positive: [
          [2, 1],
          [3, 4],
        ],
        negative: [
          [1, 1],
          [2, 4],
        ],
        exemplars: [ofDead],
      }),
    );
  });

  it('are of one declaration, whichever resolution a process answers first', async (context) => {
    const directory = temporaryFolder(context);
    const processes = [1, 3].map((schema) => {
      const storage = handPublished(context, { directory, mapper: 'koffi' });
      const registry = new CollectorRegistry({ storage });
      const state = { count: 0 };
      const histogram = family({ name: 'h', type: 'histogram' }, (writer) => {
        const { count } = state;
        // Between two bounds of either schema.
        const resolution = { schema, zeroThreshold: 0.3 };
        const positive = count > 0 ? nativeBuckets([9, count]) : nativeBuckets();
        const native = nativeHistogram({ ...resolution, positive });
        writer.histogram({ ...empty, cells: [count], sum: 0, created: 3, native });
      });
      registry.register({ collect: () => [histogram] }, { scope: 'process' });
      return { storage, state };
    });
    const reading = new CollectorRegistry({
      storage: open(context, { directory, readOnly: true }),
    });
    const native = async (): Promise<unknown> => {
      for (const { storage } of processes) await storage.passInterval();
      const [{ points }] = (await recorded(reading)) as [RecordedFamily];
      return points.map(({ point }) => point.at(-1));
    };
    const shown = {
      zeroThreshold: 0.3,
      zeroCount: 0,
      negative: [],
      exemplars: [],
      customBounds: [],
    };
    const coarse = { ...shown, schema: 1, zeroThreshold: nativeUpperBound(1, -3) };
    deepEqual(await native(), [{ ...coarse, positive: [] }]);
    processes[1]!.state.count = 2;
    deepEqual(await native(), [{ ...shown, schema: 3, positive: [[9, 2]] }]);
    processes[0]!.state.count = 1;
    deepEqual(await native(), [
      {
        ...coarse,
        positive: [
          [3, 2],
          [9, 1],
        ],
      },
    ]);
    const names: string[] = [];
    for await (const { name } of reading.collect()) names.push(name);
    ok(!names.includes('promethium_disagreeing_declarations'));
  });

  it('are added up at the bounds of the newest process where bounds are listed', async (context) => {
    const directory = temporaryFolder(context);
    const processes = [
      [1, 5],
      [1, 2, 5],
    ].map((customBounds) => {
      const storage = handPublished(context, { directory, mapper: 'koffi' });
      const registry = new CollectorRegistry({ storage });
      const histogram = family({ name: 'l', type: 'histogram' }, (writer) => {
        const positive = nativeBuckets([0, 1], [1, 10], [2, 100]);
        const native = nativeHistogram({ schema: -53, positive, customBounds });
        writer.histogram({ ...empty, cells: [111], created: 3, native });
      });
      registry.register({ collect: () => [histogram] }, { scope: 'process' });
      return { storage, registry };
    });
    for (const { storage } of processes) await storage.passInterval();
    const [merged] = await recorded(processes[0]!.registry);
    deepEqual(
      merged?.points.map(({ point }) => point),
      [['histogram', [1, 2, 5], [2, 12, 122, 222], 0, 3, null]],
    );
  });
});

import { deepEqual, equal } from 'node:assert/strict';
import { describe, it } from 'node:test';
import { observingContract } from '../../../test/contracts/observing.ts';
import { ManualClock } from '../../../test/manual-clock.ts';
import { SharedStorage } from '../../../test/shared-storage.ts';
import {
  NO_BUCKETS,
  type ShownNative,
  shownNative,
  shownOfFamily,
} from '../../../test/shown-native.ts';
import { toText } from '../../exposition/format.ts';
import type { FamilyWriter, HistogramPoint, MetricFamily } from '../../model/family.ts';
import { NativeCounts } from '../../model/native-counts.ts';
import type { NativeHistogram } from '../../model/native-histogram.ts';
import { MemoryStorage } from '../../storage/memory.ts';
import type { Storage } from '../../storage/storage.ts';
import { CollectorRegistry } from '../registry/registry.ts';
import { Histogram } from './histogram.ts';
import type { HistogramOptions } from './histogram-options.ts';

observingContract(
  'histogram',
  (registry) => new Histogram({ name: 'x', help: 'X.', buckets: [], nativeFactor: 2, registry }),
);

const declared = (options: Partial<HistogramOptions> = {}): Histogram =>
  new Histogram({ name: 'x', help: 'X.', nativeSchema: 0, registry: null, ...options });

describe('a histogram with native buckets', () => {
  it('shows them beside its classic ones', () => {
    const histogram = declared({
      buckets: [1],
      registry: new CollectorRegistry({ clock: new ManualClock() }),
    });
    for (const value of [0.5, 0, 3, 4, -3]) histogram.observe(value);
    histogram.observe(100, { count: 5 });
    histogram.observe(7, { count: 0 });
    deepEqual(shownNative(histogram), [
      {
        ...NO_BUCKETS,
        labels: [],
        count: 10,
        sum: 504.5,
        created: 1_700_000_000,
        zeroCount: 1,
        positive: [
          [-1, 1],
          [2, 2],
          [7, 5],
        ],
        negative: [[2, 1]],
      },
    ]);
    deepEqual([histogram.count, histogram.sum], [10, 504.5]);
  });

  it('has the classic ones of every histogram unless told otherwise, and none for an empty list', async () => {
    const registry = new CollectorRegistry();
    declared({ registry }).observe(3);
    declared({ name: 'y', buckets: [], registry }).observe(3);
    declared({ name: 'z', buckets: [Infinity], registry }).observe(3);
    const lines = (await toText(registry)).split('\n').filter((line) => /^[yz]/.test(line));
    deepEqual(lines, [
      'y_bucket{le="+Inf"} 1',
      'y_sum 3',
      'y_count 1',
      'z_bucket{le="+Inf"} 1',
      'z_sum 3',
      'z_count 1',
    ]);
    equal([...(await toText(registry)).matchAll(/^x_bucket/gm)].length, 12);
  });

  it('has none unless told to', () => {
    deepEqual(shownNative(new Histogram({ name: 'x', help: 'X.', registry: null })), [undefined]);
  });

  it('has the schema of its factor', () => {
    const schemas = [1.1, 2, 1.001, 100_000].map((nativeFactor) => {
      const histogram = new Histogram({ name: 'x', help: 'X.', nativeFactor, registry: null });
      return shownNative(histogram)[0]?.schema;
    });
    deepEqual(schemas, [3, 0, 8, -4]);
  });

  it('is reset with all it holds', () => {
    const histogram = declared({ nativeMaxBuckets: 2 });
    for (const value of [1, 2, 4, 0]) histogram.observe(value);
    equal(shownNative(histogram)[0]?.schema, -1);
    histogram.reset();
    const { created: _, ...rest } = shownNative(histogram)[0]!;
    deepEqual(rest, { ...NO_BUCKETS, labels: [], count: 0, sum: 0 });
  });

  it('is a histogram like any other', () => {
    const histogram = declared();
    equal(histogram instanceof Histogram, true);
    equal(histogram.constructor, Histogram);
  });

  it('counts what a timer measures', () => {
    const clock = new ManualClock();
    const histogram = declared({ buckets: [], registry: new CollectorRegistry({ clock }) });
    const end = histogram.startTimer();
    clock.pass(3);
    end();
    histogram.time(() => clock.pass(5));
    deepEqual(shownNative(histogram)[0]?.positive, [
      [2, 1],
      [3, 1],
    ]);
  });

  it('shows its classic part alone where the storage keeps no other', async () => {
    const registry = new CollectorRegistry({ storage: new SharedStorage() });
    const histogram = declared({ buckets: [1], registry });
    histogram.observe(3);
    deepEqual([histogram.count, histogram.sum], [1, 3]);
    deepEqual(shownNative(histogram), [undefined]);
  });
});

describe('the children of a histogram with native buckets', () => {
  function withChildren(options: Partial<HistogramOptions> = {}) {
    const clock = new ManualClock();
    const registry = new CollectorRegistry({ clock });
    const histogram = new Histogram({
      name: 'x',
      help: 'X.',
      labelNames: ['a'],
      buckets: [],
      nativeSchema: 0,
      registry,
      ...options,
    });
    const show = async () => {
      const families = await registry.collect();
      for await (const family of families) if (family.name === 'x') return shownOfFamily(family);
      return [];
    };
    return { clock, histogram, show };
  }
  const brief = (all: readonly (ShownNative | undefined)[]) =>
    all.map((shown) => [...shown!.labels, shown!.count, shown!.positive]);

  it('are removed and made anew from 0', async () => {
    const { histogram, show } = withChildren();
    const kept = histogram.labels('1');
    kept.observe(3);
    histogram.labels('2').observe(5);
    equal(histogram.remove('1'), true);
    kept.observe(4);
    deepEqual(brief(await show()), [['2', 1, [[3, 1]]]]);
    histogram.labels('1').observe(9);
    kept.observe(4);
    deepEqual(brief(await show()), [
      ['2', 1, [[3, 1]]],
      ['1', 1, [[4, 1]]],
    ]);
    equal(kept.count, 3);
    deepEqual(shownNative(kept)[0]?.positive, [[2, 3]]);
    histogram.clear();
    deepEqual(await show(), []);
  });

  it('go to the child for the rest when they are idle, and come back from 0', async () => {
    const { clock, histogram, show } = withChildren({ maxIdleSeconds: 60 });
    const [one, two] = [histogram.labels('1'), histogram.labels('2')];
    one.observe(3);
    two.observe(3);
    two.observe(-1);
    await show();
    clock.pass(61);
    two.observe(100);
    deepEqual(brief(await show()), [
      [
        '2',
        3,
        [
          [2, 1],
          [7, 1],
        ],
      ],
      ['__overflow__', 1, [[2, 1]]],
    ]);
    clock.pass(61);
    one.observe(9);
    deepEqual(brief(await show()), [
      [
        '__overflow__',
        4,
        [
          [2, 2],
          [7, 1],
        ],
      ],
      ['1', 1, [[4, 1]]],
    ]);
    one.observe(9);
    deepEqual(brief(await show()), [
      [
        '__overflow__',
        4,
        [
          [2, 2],
          [7, 1],
        ],
      ],
      ['1', 2, [[4, 2]]],
    ]);
    deepEqual((await show())[0]?.negative, [[0, 1]]);
  });

  it('count for the rest where there is no room for them to come back', async () => {
    const { clock, histogram, show } = withChildren({
      maxIdleSeconds: 60,
      maxChildren: 1,
      nativeMaxBuckets: 2,
    });
    const one = histogram.labels('1');
    one.observe(1);
    one.observe(3);
    await show();
    clock.pass(61);
    await show();
    histogram.labels('2').observe(1);
    one.observe(5);
    const all = await show();
    deepEqual(
      all.map((shown) => [...shown!.labels, shown!.schema, shown!.positive]),
      [
        [
          '__overflow__',
          -2,
          [
            [0, 1],
            [1, 2],
          ],
        ],
        ['2', 0, [[0, 1]]],
      ],
    );
    one.observe(5);
    deepEqual((await show())[0]?.positive, [
      [0, 1],
      [1, 3],
    ]);
  });

  it('leave the buckets that a storage gave them when they are removed', () => {
    const limits = { maxBuckets: 160, maxZeroThreshold: 0 };
    const native = new NativeCounts({ schema: 0, zeroThreshold: 0, ...limits });
    const storage = new MemoryStorage();
    const lending: Storage = {
      declare: (family) => {
        const series = storage.declare(family);
        return { ...series, allocate: (values) => ({ ...series.allocate(values), native }) };
      },
    };
    const registry = new CollectorRegistry({ storage: lending });
    const options = {
      name: 'x',
      help: 'X.',
      labelNames: ['a'],
      nativeSchema: 0,
      registry,
    } as const;
    const histogram = new Histogram(options);
    const kept = histogram.labels('1');
    kept.observe(3);
    histogram.remove('1');
    kept.observe(3);
    deepEqual([native.count, shownNative(kept)[0]?.positive], [1, [[2, 2]]]);
  });
});

describe('native exemplars', () => {
  const NATIVE = { buckets: [], nativeSchema: 0 } as const;

  function exemplarsOf(histogram: Histogram): {
    native: string[];
    classic: (string | undefined)[];
  } {
    let found = { native: [] as string[], classic: [] as (string | undefined)[] };
    const writer = {
      full: false,
      begin() {},
      histogram({ native, exemplars }: HistogramPoint) {
        const list = (native as NativeHistogram).exemplars;
        found = {
          native: list.map(
            ({ value, timestamp, labels }) => `${labels['id']} ${value} ${timestamp}`,
          ),
          classic: (exemplars ?? []).map((exemplar) => exemplar?.labels['id']),
        };
      },
    };
    const [family] = histogram.collect() as MetricFamily[];
    family!.walk(writer as Partial<FamilyWriter> as FamilyWriter).advance();
    return found;
  }

  it('are those that were given, by value, beside those of classic buckets', () => {
    const registry = new CollectorRegistry({ clock: new ManualClock() });
    const histogram = declared({ buckets: [2], registry });
    deepEqual(exemplarsOf(histogram), { native: [], classic: [] });
    histogram.observe(3, { exemplar: { id: 'a' } });
    histogram.observe(1, { exemplar: { id: 'b' } });
    histogram.observe(5, { exemplar: { id: 'c' } });
    deepEqual(exemplarsOf(histogram), {
      native: ['b 1 1700000000', 'a 3 1700000000', 'c 5 1700000000'],
      classic: ['b', 'c'],
    });
    histogram.reset();
    deepEqual(exemplarsOf(histogram), { native: [], classic: [] });
  });

  it('are sampled until there are ten, though a bucket has its own', () => {
    const clock = new ManualClock();
    let next = 0;
    const exemplars = { provider: () => ({ id: `${next++}` }) };
    const registry = new CollectorRegistry({ clock });
    const histogram = declared({ ...NATIVE, registry, exemplars });
    for (let i = 0; i < 20; i++) {
      histogram.observe(2 ** i);
      histogram.observe(2 ** i);
      clock.pass(0.1);
    }
    const { native, classic } = exemplarsOf(histogram);
    deepEqual(
      native.map((exemplar) => exemplar.split(' ')[0]),
      ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'],
    );
    deepEqual(classic, ['0']);
    clock.pass(7);
    histogram.observe(2 ** 30);
    equal(exemplarsOf(histogram).classic[0], '10');
    equal(exemplarsOf(histogram).native.length, 10);
  });
});

import { deepEqual, equal, throws } from 'node:assert/strict';
import { describe, it } from 'node:test';
import { observingContract } from '../../../test/contracts/observing.ts';
import { ManualClock } from '../../../test/manual-clock.ts';
import { recordNative } from '../../../test/native-spans.ts';
import { SharedStorage } from '../../../test/shared-storage.ts';
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

const SMALL = 2 ** -128;

interface Shown extends ReturnType<typeof recordNative> {
  readonly labels: readonly string[];
  readonly count: number;
  readonly sum: number | undefined;
  readonly created: number | undefined;
}

/** What is shown of native buckets, by label values. */
function shownOf(family: MetricFamily | undefined): (Shown | undefined)[] {
  const all: (Shown | undefined)[] = [];
  const labels: string[] = [];
  const writer = {
    full: false,
    begin() {},
    label(depth: number, value: string) {
      labels.splice(depth, Infinity, value);
    },
    histogram({ bounds, cells, index, sum, created, native }: HistogramPoint) {
      let count = 0;
      for (let i = 0; i <= bounds.length; i++) count += cells[index + i]!;
      all.push(native && { labels: [...labels], count, sum, created, ...recordNative(native) });
    },
  };
  const walk = family!.walk(writer as Partial<FamilyWriter> as FamilyWriter);
  while (!walk.advance());
  return all;
}

const shown = (histogram: { collect(): unknown }): (Shown | undefined)[] =>
  shownOf((histogram.collect() as MetricFamily[])[0]);

const declared = (options: Partial<HistogramOptions> = {}): Histogram =>
  new Histogram({ name: 'x', help: 'X.', nativeSchema: 0, registry: null, ...options });

/** What is shown of a histogram with nothing in it. */
const NOTHING = { schema: 0, zeroThreshold: SMALL, zeroCount: 0, positive: [], negative: [] };

describe('a histogram with native buckets', () => {
  it('shows them beside its classic ones', () => {
    const histogram = declared({
      buckets: [1],
      registry: new CollectorRegistry({ clock: new ManualClock() }),
    });
    for (const value of [0.5, 0, 3, 4, -3]) histogram.observe(value);
    histogram.observe(100, { count: 5 });
    histogram.observe(7, { count: 0 });
    deepEqual(shown(histogram), [
      {
        ...NOTHING,
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
    deepEqual(shown(new Histogram({ name: 'x', help: 'X.', registry: null })), [undefined]);
  });

  it('has the schema of its factor', () => {
    const schemas = [1.1, 2, 1.001, 100_000].map((nativeFactor) => {
      const histogram = new Histogram({ name: 'x', help: 'X.', nativeFactor, registry: null });
      return shown(histogram)[0]?.schema;
    });
    deepEqual(schemas, [3, 0, 8, -4]);
  });

  it('is reset with all it holds', () => {
    const histogram = declared({ nativeMaxBuckets: 2 });
    for (const value of [1, 2, 4, 0]) histogram.observe(value);
    equal(shown(histogram)[0]?.schema, -1);
    histogram.reset();
    const { created: _, ...rest } = shown(histogram)[0]!;
    deepEqual(rest, { ...NOTHING, labels: [], count: 0, sum: 0 });
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
    deepEqual(shown(histogram)[0]?.positive, [
      [2, 1],
      [3, 1],
    ]);
  });

  it('shows its classic part alone where the storage keeps no other', async () => {
    const registry = new CollectorRegistry({ storage: new SharedStorage() });
    const histogram = declared({ buckets: [1], registry });
    histogram.observe(3);
    deepEqual([histogram.count, histogram.sum], [1, 3]);
    deepEqual(shown(histogram), [undefined]);
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
      for await (const family of families) if (family.name === 'x') return shownOf(family);
      return [];
    };
    return { clock, histogram, show };
  }
  const brief = (all: readonly (Shown | undefined)[]) =>
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
    deepEqual(shown(kept)[0]?.positive, [[2, 3]]);
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
    deepEqual([native.count, shown(kept)[0]?.positive], [1, [[2, 2]]]);
  });
});

describe('a histogram with too many native buckets', () => {
  function limited(options: Partial<HistogramOptions>) {
    const clock = new ManualClock();
    const registry = new CollectorRegistry({ clock });
    return {
      clock,
      histogram: declared({ nativeMaxBuckets: 2, buckets: [2], registry, ...options }),
    };
  }

  it('begins anew with the observation that was too much, once an hour', () => {
    const { clock, histogram } = limited({});
    clock.pass(3600);
    for (const value of [1, 2, 3.5]) histogram.observe(value);
    deepEqual(shown(histogram), [
      { ...NOTHING, labels: [], count: 1, sum: 3.5, created: 1_700_003_600, positive: [[2, 1]] },
    ]);
    equal(clock.waiting, 0);
  });

  it('gets coarser within the hour, and begins anew after it', () => {
    const { clock, histogram } = limited({});
    for (const value of [1, 2, 4]) histogram.observe(value);
    const { schema, positive, count } = shown(histogram)[0]!;
    deepEqual(
      [schema, count, positive],
      [
        -1,
        3,
        [
          [0, 1],
          [1, 2],
        ],
      ],
    );
    clock.pass(3599);
    equal(histogram.count, 3);
    clock.pass(1);
    deepEqual(shown(histogram), [
      { ...NOTHING, labels: [], count: 0, sum: 0, created: 1_700_003_600 },
    ]);
  });

  it('begins anew no earlier than that, in whatever part of a second it began', () => {
    const clock = new ManualClock();
    clock.pass(0.5);
    const registry = new CollectorRegistry({ clock });
    const histogram = declared({ nativeMaxBuckets: 2, buckets: [2], registry });
    clock.pass(3599.75);
    for (const value of [1, 2, 4]) histogram.observe(value);
    equal(histogram.count, 3);
  });

  it('never begins anew if told so', () => {
    const { clock, histogram } = limited({ nativeMinResetSeconds: 0 });
    clock.pass(100_000);
    for (const value of [1, 2, 4, 8, 1e9]) histogram.observe(value);
    deepEqual([clock.waiting, histogram.count, shown(histogram)[0]?.schema], [0, 5, -4]);
  });

  it('calls its reset off when it is reset, or lets go of its place', () => {
    const { clock, histogram } = limited({});
    for (const value of [1, 2, 4]) histogram.observe(value);
    equal(clock.waiting, 1);
    histogram.reset();
    equal(clock.waiting, 0);
    const parent = new Histogram({
      name: 'y',
      help: 'Y.',
      labelNames: ['a'],
      nativeSchema: 0,
      nativeMaxBuckets: 1,
      registry: new CollectorRegistry({ clock }),
    });
    parent.labels('1').observe(1);
    parent.labels('1').observe(2);
    equal(clock.waiting, 1);
    parent.clear();
    equal(clock.waiting, 0);
  });

  it('waits for longer than timers can', () => {
    const { clock, histogram } = limited({ nativeMinResetSeconds: 200_000 });
    for (const value of [1, 2, 4]) histogram.observe(value);
    for (const seconds of [86_400, 86_400, 27_199]) {
      clock.pass(seconds);
      equal(histogram.count, 3);
    }
    clock.pass(1);
    equal(histogram.count, 0);
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

describe('the options of native buckets', () => {
  const refused: readonly (readonly [object, string])[] = [
    [
      { nativeFactor: 2, nativeSchema: 0 },
      'two resolutions, expected nativeFactor or nativeSchema, got 2 and 0',
    ],
    [
      { nativeMaxBuckets: 10 },
      'nativeMaxBuckets without native buckets, expected nativeFactor or nativeSchema as well, got 10',
    ],
    [{ nativeFactor: 1 }, 'nativeFactor is out of range, expected a number > 1, got 1'],
    [{ nativeFactor: '2' }, 'nativeFactor is out of range, expected a number > 1, got "2"'],
    [
      { nativeSchema: 9 },
      'nativeSchema is out of range, expected a whole number from -4 to 8, got 9',
    ],
    [
      { nativeSchema: 0, nativeZeroThreshold: -1 },
      'nativeZeroThreshold is out of range, expected a number >= 0, got -1',
    ],
    [
      { nativeSchema: 0, nativeMaxBuckets: 0 },
      'nativeMaxBuckets is out of range, expected a whole number > 0 or Infinity, got 0',
    ],
    [
      { nativeSchema: 0, nativeMinResetSeconds: Infinity },
      'nativeMinResetSeconds is out of range, expected seconds >= 0, got Infinity',
    ],
    [
      { nativeSchema: 0, nativeMaxZeroThreshold: NaN },
      'nativeMaxZeroThreshold is out of range, expected a number >= 0, got NaN',
    ],
    [{ buckets: [] }, 'no buckets, expected at least one finite bound, got []'],
  ];
  for (const [options, message] of refused) {
    it(`are refused with "${message}"`, () => {
      const isType = /two resolutions|without native|"2"/.test(message);
      throws(() => new Histogram({ name: 'x', help: 'X.', registry: null, ...options }), {
        name: isType ? 'TypeError' : 'RangeError',
        message: `histogram "x": ${message}`,
      });
    });
  }
});

import { deepEqual, equal, throws } from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { ManualClock } from '../../../test/manual-clock.ts';
import { SharedStorage } from '../../../test/shared-storage.ts';
import { toOpenMetrics, toText } from '../../exposition/index.ts';
import type { MetricFamily } from '../../model/family.ts';
import { Histogram } from '../histograms/histogram.ts';
import { Counter } from '../instruments/counter.ts';
import { Enum } from '../instruments/enum.ts';
import { Gauge } from '../instruments/gauge.ts';
import { Info } from '../instruments/info.ts';
import type { Labelled } from '../instruments/instrument.ts';
import { Summary } from '../instruments/summary.ts';
import { CollectorRegistry } from '../registry/registry.ts';

const help = 'H.';

/** The lines of a scrape without its comments. */
async function lines(registry: CollectorRegistry): Promise<string[]> {
  const text = await toText(registry);
  return text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
}

describe('removeMatching', () => {
  const counter = (registry: CollectorRegistry | null = null) => {
    const made = new Counter({ name: 'c', help, labelNames: ['a', 'b'], registry });
    for (const a of ['1', '2', '3']) for (const b of ['x', 'y']) made.labels(a, b).inc();
    return made;
  };

  it('removes what has these values, whatever the other labels', async () => {
    const storage = new SharedStorage();
    const made = counter(new CollectorRegistry({ storage }));
    equal(made.removeMatching({ a: 2 }), 2);
    equal(made.removeMatching({ a: 2 }), 0);
    equal(made.removeMatching({ b: 'y' }), 2);
    equal(made.removeMatching({ a: '1', b: 'x' }), 1);
    equal(made.childCount, 1);
    deepEqual(storage.living, ['c{3,x}']);
  });

  it('removes what a function says true of', () => {
    const made = counter();
    equal(
      made.removeMatching(({ a, b }) => Number(a) > 1 && b === 'x'),
      2,
    );
    deepEqual(
      [...(made.collect() as MetricFamily[])[0]!.samples].map(({ labels }) => labels),
      [
        { a: '1', b: 'x' },
        { a: '1', b: 'y' },
        { a: '2', b: 'y' },
        { a: '3', b: 'y' },
      ],
    );
  });

  const refused: readonly (readonly [unknown, string])[] = [
    [{}, 'removeMatching() refused, expected labels or a function, got {}'],
    [undefined, 'removeMatching() refused, expected labels or a function, got undefined'],
    ['1', 'removeMatching() refused, expected labels or a function, got "1"'],
    [{ z: 1 }, 'removeMatching() of an unknown label, expected one of ["a", "b"], got "z"'],
    [{ a: null }, 'label "a" has no usable value, expected a string or number, got null'],
  ];
  for (const [wanted, message] of refused) {
    it(`refuses with "${message}"`, () => {
      const made = counter();
      throws(() => made.removeMatching(wanted as never), {
        name: 'TypeError',
        message: `counter "c": ${message}`,
      });
      equal(made.childCount, 6);
    });
  }
});

describe('Known label values', () => {
  it('are there from the beginning where all labels have them', async () => {
    const registry = new CollectorRegistry();
    new Counter({
      name: 'c',
      help,
      labelNames: ['a', 'b'],
      labelValues: { a: ['x', 'y', 'x'], b: [1, 2] },
      registry,
    });
    deepEqual(await lines(registry), [
      'c_total{a="x",b="1"} 0',
      'c_total{a="x",b="2"} 0',
      'c_total{a="y",b="1"} 0',
      'c_total{a="y",b="2"} 0',
    ]);
  });

  it('leave the other labels open, whose values initialize() is given', async () => {
    const registry = new CollectorRegistry();
    const labelValues = { a: ['x', 'y'] } as const;
    const made = new Gauge({ name: 'g', help, labelNames: ['a', 'b'], labelValues, registry });
    deepEqual(await lines(registry), []);
    made.initialize({ b: [7] });
    made.initialize({ a: ['x'], b: [7, 8] });
    deepEqual(await lines(registry), ['g{a="x",b="7"} 0', 'g{a="x",b="8"} 0', 'g{a="y",b="7"} 0']);
    const message = 'gauge "g": unknown value of label "a", expected "x", "y", got "z"';
    throws(() => made.labels('z' as never, 1), { name: 'RangeError', message });
    throws(() => made.labels({ a: 'z' as never, b: 1 }), { name: 'RangeError', message });
    throws(() => made.initialize({ a: ['z' as never], b: [1] }), { name: 'RangeError', message });
    throws(() => made.initialize({} as never), {
      name: 'TypeError',
      message:
        'gauge "g": no values for label "b", expected an array of strings and numbers, got undefined',
    });
    throws(() => made.initialize({ b: [1], c: [1] } as never), {
      name: 'TypeError',
      message: 'gauge "g": initialize() of an unknown label, expected one of ["a", "b"], got "c"',
    });
  });

  const refused: readonly (readonly [object, string, string])[] = [
    [
      { labelValues: [] },
      'TypeError',
      'labelValues is none, expected an object by label name, got []',
    ],
    [
      { labelValues: { z: ['1'] } },
      'TypeError',
      'labelValues of an unknown label, expected one of ["a"], got "z"',
    ],
    [
      { labelValues: { a: [] } },
      'TypeError',
      'no values for label "a", expected an array of strings and numbers, got []',
    ],
    [
      { labelValues: { a: [true] } },
      'TypeError',
      'label "a" has no usable value, expected a string or number, got true',
    ],
    [
      { labelValues: { a: ['1', '2'] }, maxChildren: 1 },
      'RangeError',
      'too many combinations of label values, expected at most 1, got 2',
    ],
    [
      { labelDefaults: { z: '1' } },
      'TypeError',
      'labelDefaults of an unknown label, expected one of ["a"], got "z"',
    ],
    [
      { labelDefaults: { a: 'z' }, labelValues: { a: ['1'] } },
      'RangeError',
      'unknown value of label "a", expected "1", got "z"',
    ],
    [
      { maxChildren: 0 },
      'RangeError',
      'maxChildren is no limit, expected a whole number > 0, got 0',
    ],
    [
      { maxChildren: '5' },
      'TypeError',
      'maxChildren is no limit, expected a whole number > 0, got "5"',
    ],
    [
      { labelNames: [], maxChildren: 5 },
      'TypeError',
      'maxChildren on a metric without labels, expected label names, got none',
    ],
    [
      { maxIdleSeconds: -1 },
      'RangeError',
      'maxIdleSeconds is no limit, expected seconds > 0, got -1',
    ],
    [
      { maxIdleSeconds: 1, labelValues: { a: ['1'] } },
      'TypeError',
      'maxIdleSeconds on children that are always there, expected a label of any value, got 1',
    ],
  ];
  for (const [options, name, message] of refused) {
    it(`are refused with "${message}"`, () => {
      const registry = new CollectorRegistry();
      const given = { name: 'g', help, labelNames: ['a'], registry, ...options } as never;
      throws(() => new Gauge(given), { name, message: `gauge "g": ${message}` });
      deepEqual(registry.names, []);
    });
  }
});

describe('Label defaults', () => {
  it('stand for labels that are not given by name', async () => {
    const registry = new CollectorRegistry();
    const made = new Counter({
      name: 'c',
      help,
      labelNames: ['a', 'b', 'c'],
      labelDefaults: { a: 'A', c: 3 },
      registry,
    });
    const child = made.labels({ b: 'x' });
    for (const labels of [
      { b: 'x', a: 'A' },
      { c: 3, b: 'x' },
      { a: 'A', b: 'x' },
      { a: 'A', b: 'x', c: undefined as never },
      { a: 'A', b: 'x', c: '3' },
    ]) {
      equal(made.labels(labels), child);
      equal(made.labels({ ...labels }), child);
    }
    equal(made.labels('A', 'x', '3'), child);
    throws(() => made.labels({ a: 'A' } as never), {
      message: 'counter "c": wrong labels, expected ["a", "b", "c"], got ["a"]',
    });
    throws(() => made.labels({ b: 'x', z: 1 } as never), {
      message: 'counter "c": wrong labels, expected ["a", "b", "c"], got ["b", "z"]',
    });
    throws(() => made.labels({ b: 'x', a: null } as never), {
      message: 'counter "c": label "a" has no usable value, expected a string or number, got null',
    });
    equal(made.remove({ b: 'x' }), true);
    equal(made.childCount, 0);
  });

  it('also stand for a label that is called like an object’s own property', () => {
    const made = new Counter({
      name: 'c',
      help,
      labelNames: ['constructor'],
      labelDefaults: { constructor: 'x' },
      registry: null,
    });
    equal(made.labels({} as never), made.labels('x'));
    equal(made.labels({} as never), made.labels('x'));
  });
});

describe('A metric with as many children as it may have', () => {
  it('counts the rest on one child, and says how often', async () => {
    const registry = new CollectorRegistry();
    const made = new Counter({ name: 'c', help, labelNames: ['a', 'b'], maxChildren: 2, registry });
    const first = made.labels('1', '1');
    first.inc();
    made.labels('2', '1').inc();
    made.labels('3', '1').inc();
    made.labels({ a: 4, b: 1 }).inc(5);
    made.labels('1', '1').inc();
    equal(made.labels('1', '1'), first);
    equal(made.labels('5', '5'), made.labels('__overflow__', '__overflow__'));
    const overflow = 'promethium_label_overflows_total{metric="c"}';
    deepEqual(await lines(registry), [
      'c_total{a="1",b="1"} 2',
      'c_total{a="2",b="1"} 1',
      'c_total{a="__overflow__",b="__overflow__"} 6',
      `${overflow} 3`,
    ]);
    made.remove('1', '1');
    made.labels('6', '6').inc();
    made.labels('7', '7').inc();
    deepEqual(await lines(registry), [
      'c_total{a="2",b="1"} 1',
      'c_total{a="__overflow__",b="__overflow__"} 7',
      'c_total{a="6",b="6"} 1',
      `${overflow} 4`,
    ]);
    made.clear();
    made.labels('7', '7').inc();
    deepEqual(await lines(registry), ['c_total{a="7",b="7"} 1', `${overflow} 4`]);
  });

  it('goes by the registry’s limit, which may change, where it has none', () => {
    const registry = new CollectorRegistry({ maxChildren: 1 });
    const made = new Histogram({ name: 'h', help, labelNames: ['a'], registry });
    const own = new Gauge({ name: 'g', help, labelNames: ['a'], maxChildren: Infinity, registry });
    const viewed = new Gauge({ name: 'v', help, labelNames: ['a'], registry: registry.with({}) });
    for (const each of [made, own, viewed]) for (let a = 0; a < 9; a++) each.labels(a);
    deepEqual([made.childCount, own.childCount, viewed.childCount], [2, 9, 2]);
    registry.maxChildren = 3;
    for (const each of [made, own, viewed]) for (let a = 0; a < 9; a++) each.labels(a);
    deepEqual([made.childCount, own.childCount, viewed.childCount], [4, 9, 4]);
    for (const [limit, name] of [
      [0, 'RangeError'],
      ['1', 'TypeError'],
    ] as const) {
      throws(
        () => {
          registry.maxChildren = limit as number;
        },
        {
          name,
          message: `registry "maxChildren": no limit, expected a whole number > 0 or Infinity, got ${JSON.stringify(limit)}`,
        },
      );
    }
  });

  it('shows nothing of statements that there is no room for', async () => {
    const registry = new CollectorRegistry({ maxChildren: 1 });
    const info = new Info({ name: 'i', help, labelNames: ['a'], registry });
    const state = new Enum({ name: 'e', help, labelNames: ['a'], states: ['x', 'y'], registry });
    for (const a of ['1', '2', '3']) {
      info.labels(a).info({ v: a });
      state.labels(a).state('y');
    }
    deepEqual(await lines(registry), [
      'i_info{a="1",v="1"} 1',
      'e{a="1",e="x"} 0',
      'e{a="1",e="y"} 1',
      'promethium_label_overflows_total{metric="i"} 2',
      'promethium_label_overflows_total{metric="e"} 2',
    ]);
  });
});

describe('maxIdleSeconds', () => {
  function counting(storage = new SharedStorage()) {
    const clock = new ManualClock();
    const registry = new CollectorRegistry({ clock });
    const options = { help, labelNames: ['a'], maxIdleSeconds: 60, registry } as const;
    return { clock, registry, options, storage };
  }

  it('shows a child whose neighbours expire while it is made', async () => {
    const clock = new ManualClock();
    const registry = new CollectorRegistry({ clock });
    const options = { help, labelNames: ['a', 'b', 'c'], maxIdleSeconds: 60, registry } as const;
    const gauge = new Gauge({ name: 'g', ...options });
    gauge.labels('1', '2', '3').set(1);
    gauge.labels('1', '2', '4').set(1);
    await toText(registry);
    clock.pass(60);
    gauge.labels('1', '2', '5').set(1);
    deepEqual(await lines(registry), ['g{a="1",b="2",c="5"} 1']);
  });

  it('adds up what idle children counted, so that the total does not fall', async () => {
    const { clock, registry, options } = counting();
    const made = new Counter({ name: 'c', ...options });
    made.labels('idle').inc(5);
    made.labels('zero');
    const busy = made.labels('busy');
    for (const expected of [
      ['c_total{a="idle"} 5', 'c_total{a="zero"} 0', 'c_total{a="busy"} 1'],
      ['c_total{a="idle"} 5', 'c_total{a="zero"} 0', 'c_total{a="busy"} 2'],
      ['c_total{a="busy"} 3', 'c_total{a="__overflow__"} 5'],
    ]) {
      busy.inc();
      deepEqual(await lines(registry), expected);
      clock.pass(30);
    }
    made.labels('idle').inc(2);
    deepEqual(await lines(registry), [
      'c_total{a="busy"} 3',
      'c_total{a="__overflow__"} 5',
      'c_total{a="idle"} 2',
    ]);
    clock.pass(60);
    deepEqual(await lines(registry), ['c_total{a="__overflow__"} 10']);
    clock.pass(600);
    deepEqual(await lines(registry), ['c_total{a="__overflow__"} 10']);
  });

  it('gives a kept child that counts again its place back, from 0 and a start time on', async () => {
    const { clock, registry, options } = counting();
    const made = new Counter({ name: 'c', ...options });
    const kept = made.labels('kept');
    kept.inc(5);
    await lines(registry);
    clock.pass(60);
    deepEqual(await lines(registry), ['c_total{a="__overflow__"} 5']);
    const expiredAt = clock.now();
    clock.pass(7);
    kept.inc(2);
    equal(kept.value, 2);
    const again = ['c_total{a="__overflow__"} 5', 'c_total{a="kept"} 2'];
    deepEqual(await lines(registry), again);
    deepEqual(await lines(registry), again);
    equal(
      (await toOpenMetrics(registry, { created: true })).split('\n')[5],
      `c_created{a="kept"} ${expiredAt}`,
    );
    equal(made.labels('kept'), kept);
    kept.inc();
    clock.pass(60);
    await lines(registry);
    clock.pass(60);
    deepEqual(await lines(registry), ['c_total{a="__overflow__"} 8']);
    equal(made.labels('kept'), kept);
    kept.inc(4);
    deepEqual(await lines(registry), ['c_total{a="__overflow__"} 8', 'c_total{a="kept"} 4']);
  });

  it('counts what happens on a kept child to the rest for as long as it has no place', async () => {
    const { clock, registry, options } = counting();
    const made = new Counter({ name: 'c', maxChildren: 1, ...options });
    const kept = made.labels('kept');
    kept.inc(5);
    await lines(registry);
    clock.pass(60);
    const other = made.labels('other');
    for (const total of [7, 9]) {
      kept.inc(2);
      other.inc();
      equal((await lines(registry))[0], `c_total{a="__overflow__"} ${total}`);
    }
    made.remove('other');
    kept.inc(1);
    deepEqual(await lines(registry), [
      'c_total{a="__overflow__"} 9',
      'c_total{a="kept"} 1',
      'promethium_label_overflows_total{metric="c"} 2',
    ]);
  });

  it('takes back gauges and states as they are, once they change or are asked for', async () => {
    const { clock, registry, options } = counting();
    const level = new Gauge({ name: 'g', ...options });
    const state = new Enum({ name: 'e', states: ['x', 'y'], ...options });
    const jobs = level.labels('jobs');
    const idle = level.labels('idle');
    const breaker = state.labels('breaker');
    jobs.inc(3);
    idle.set(4);
    await lines(registry);
    clock.pass(60);
    deepEqual(await lines(registry), []);
    jobs.dec();
    breaker.state('y');
    const again = ['g{a="jobs"} 2', 'e{a="breaker",e="x"} 0', 'e{a="breaker",e="y"} 1'];
    deepEqual(await lines(registry), again);
    // As one that was made anew, which it is where the program has not kept it.
    equal(level.labels('idle'), idle);
    deepEqual(await lines(registry), [again[0], 'g{a="idle"} 0', ...again.slice(1)]);
    idle.setFunction(() => 6);
    deepEqual((await lines(registry))[1], 'g{a="idle"} 6');
  });

  it('takes back none that was removed since', async () => {
    const removals: readonly ((metric: Labelled<Counter, ['a']>) => unknown)[] = [
      (metric) => metric.remove('kept'),
      (metric) => metric.removeMatching({ a: 'kept' }),
      (metric) => metric.clear(),
    ];
    for (const remove of removals) {
      const { clock, registry, options } = counting();
      const made = new Counter({ name: 'c', ...options });
      const kept = made.labels('kept');
      await lines(registry);
      clock.pass(60);
      await lines(registry);
      remove(made);
      kept.inc();
      deepEqual(await lines(registry), []);
    }
  });

  it('sets what expired to the beginning as well, by a reset of the registry', async () => {
    const { clock, registry, options } = counting();
    const counted = new Counter({ name: 'c', ...options }).labels('kept');
    const level = new Gauge({ name: 'g', ...options }).labels('kept');
    level.set(5);
    await lines(registry);
    clock.pass(60);
    await lines(registry);
    counted.inc();
    registry.reset();
    equal(level.value, 0);
    deepEqual(await lines(registry), []);
    counted.inc(3);
    level.inc();
    deepEqual(await lines(registry), ['c_total{a="kept"} 3', 'g{a="kept"} 1']);
  });

  it('adds up histograms and summaries, and lets gauges and states go', async () => {
    const { clock, registry, options } = counting();
    const histogram = new Histogram({ name: 'h', buckets: [1], ...options });
    const summary = new Summary({ name: 's', ...options });
    const gauge = new Gauge({ name: 'g', ...options });
    const state = new Enum({ name: 'e', states: ['x'], ...options });
    for (const a of [1, 2]) {
      histogram.labels(a).observe(a);
      summary.labels(a).observe(a);
      gauge.labels(a).set(Number.NaN);
      state.labels(a).state('x');
    }
    gauge.labels('asked').setFunction(() => 4);
    await lines(registry);
    clock.pass(60);
    deepEqual(await lines(registry), [
      'h_bucket{a="__overflow__",le="1.0"} 1',
      'h_bucket{a="__overflow__",le="+Inf"} 2',
      'h_sum{a="__overflow__"} 3',
      'h_count{a="__overflow__"} 2',
      's_sum{a="__overflow__"} 3',
      's_count{a="__overflow__"} 2',
      'g{a="asked"} 4',
    ]);
  });

  it('also looks for idle children where new ones are made and nobody scrapes', () => {
    const clock = new ManualClock();
    const storage = new SharedStorage();
    const registry = new CollectorRegistry({ clock, storage });
    const made = new Gauge({
      name: 'g',
      help,
      labelNames: ['a'],
      maxIdleSeconds: 60,
      registry,
    });
    for (let a = 0; a < 1000; a++) {
      made.labels(a).set(1);
      clock.pass(1);
    }
    equal(made.childCount < 200, true, String(made.childCount));
    equal(storage.living.length, made.childCount);
  });

  it('is of no use to facts', () => {
    const { options } = counting();
    throws(() => new Info({ name: 'i', ...options }), {
      name: 'TypeError',
      message:
        'info "i": maxIdleSeconds on facts, which never change, expected a metric of numbers, got 60',
    });
  });
});

describe('registry.reset', () => {
  it('sets everything to what it was at the beginning, kept children too', async () => {
    const clock = new ManualClock();
    const registry = new CollectorRegistry({ clock, maxChildren: 1, onError: () => {} });
    const child = new Counter({ name: 'c', help, labelNames: ['a'], registry }).labels('1');
    const gauge = new Gauge({ name: 'g', help, registry });
    const histogram = new Histogram({ name: 'h', help, buckets: [1], registry });
    const summary = new Summary({ name: 's', help, registry });
    const state = new Enum({ name: 'e', help, states: ['x', 'y'], registry });
    const info = new Info({ name: 'i', help, registry });
    const broken = { collect: () => [1] as never };
    const use = (): void => {
      child.inc();
      gauge.set(3);
      histogram.observe(0.5);
      summary.observe(2);
      state.state('y');
      info.info({ a: '1' });
    };
    use();
    registry.register(broken);
    await lines(registry);
    registry.unregister(broken);
    const used = await lines(registry);
    registry.reset();
    deepEqual(await lines(registry), [
      'c_total{a="1"} 0',
      'g 0',
      'h_bucket{le="1.0"} 0',
      'h_bucket{le="+Inf"} 0',
      'h_sum 0',
      'h_count 0',
      's_sum 0',
      's_count 0',
      'e{e="x"} 1',
      'e{e="y"} 0',
    ]);
    use();
    deepEqual(
      await lines(registry),
      used.filter((line) => !line.startsWith('promethium')),
    );
  });
});

describe('Children', () => {
  const value = fc.oneof(
    fc.constantFrom('', ',', '|', '"', '\\', '\ud800', '\udfff', '\ufffd', '__overflow__'),
    fc.string({ unit: 'binary', maxLength: 3 }),
  );

  it('are never shared by different label sets, nor is a series shown twice', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(value, value, value), { maxLength: 40 }), (sets) => {
        const made = new Counter({ name: 'c', help, labelNames: ['a', 'b', 'c'], registry: null });
        const wanted = new Map<string, number>();
        const labels: { a: string; b: string; c: string } = { a: '', b: '', c: '' };
        for (const [i, set] of sets.entries()) {
          // The same object again and again: what was done with it is done.
          [labels.a, labels.b, labels.c] = set;
          (i % 2 === 0 ? made.labels(labels) : made.labels(...set)).inc(i + 1);
          labels.a = 'changed';
          const key = JSON.stringify(
            set.map((text) => text.replaceAll(/\p{Surrogate}/gu, '\ufffd')),
          );
          wanted.set(key, (wanted.get(key) ?? 0) + i + 1);
        }
        const samples = [...(made.collect() as MetricFamily[])[0]!.samples];
        const keys = samples.map(({ labels: { a, b, c } }) => JSON.stringify([a, b, c]));
        equal(new Set(keys).size, keys.length);
        deepEqual(new Map(keys.map((key, i) => [key, samples[i]!.value])), wanted);
      }),
      { numRuns: 300 },
    );
  });

  /** The values of a sample by the value of its label. */
  function valuesOf(name: string, text: string): Map<string, number> {
    const found = text.matchAll(new RegExp(`^${name}\\{a="(.*)"\\} (.*)$`, 'gm'));
    return new Map([...found].map(([, a, value]) => [a!, Number(value)]));
  }

  it('add up to what was counted, whatever is let go because it was idle or too much', async () => {
    const step = fc.oneof(
      fc.record({ a: fc.nat(6), amount: fc.nat(5) }),
      fc.record({ pass: fc.nat(90) }),
      fc.constant('scrape' as const),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
        const clock = new ManualClock();
        const registry = new CollectorRegistry({ clock });
        const options = { maxIdleSeconds: 60, maxChildren: 3 };
        const made = new Counter({ name: 'c', help, labelNames: ['a'], registry, ...options });
        const kept = new Map<number, ReturnType<typeof made.labels>>();
        let counted = 0;
        const seen = new Map<string, { start: number; total: number }>();
        for (const each of [...steps, 'scrape' as const]) {
          if (each === 'scrape') {
            const text = await toOpenMetrics(registry, { created: true });
            const totals = valuesOf('c_total', text);
            const starts = valuesOf('c_created', text);
            equal(
              [...totals.values()].reduce((sum, total) => sum + total, 0),
              counted,
            );
            equal(totals.size <= 4, true);
            for (const [a, total] of totals) {
              const start = starts.get(a)!;
              const before = seen.get(a) ?? { start: 0, total: 0 };
              equal(
                start > before.start || (start === before.start && total >= before.total),
                true,
              );
              seen.set(a, { start, total });
            }
          } else if ('pass' in each) clock.pass(each.pass);
          else {
            const child =
              each.a % 2 === 0 ? made.labels(each.a) : (kept.get(each.a) ?? made.labels(each.a));
            kept.set(each.a, child);
            child.inc(each.amount);
            counted += each.amount;
          }
        }
      }),
      { numRuns: 300 },
    );
  });
});

describe('what is counted on a kept child that expired', () => {
  async function expired<Metric extends Histogram | Summary>(
    declare: (registry: CollectorRegistry) => Labelled<Metric, ['a']>,
    count: (child: Metric) => void,
  ): Promise<{ child: Metric; shown: () => Promise<string[]> }> {
    const clock = new ManualClock();
    const registry = new CollectorRegistry({ clock });
    const child = declare(registry).labels('x');
    count(child);
    await toText(registry);
    clock.pass(11);
    await toText(registry);
    clock.pass(1);
    const shown = async (): Promise<string[]> =>
      (await lines(registry)).filter((line) => /^h_(sum|count)/.test(line));
    return { child, shown };
  }
  const options = { name: 'h', help: 'H.', labelNames: ['a'], maxIdleSeconds: 10 } as const;

  const rest = ['h_sum{a="__overflow__"} 15', 'h_count{a="__overflow__"} 3'];

  it('never falls by a reset, whichever bucket it was in', async () => {
    const { child, shown } = await expired<Histogram>(
      (registry) => new Histogram({ ...options, buckets: [1, 10], registry }),
      (histogram) => histogram.observe(5, { count: 3 }),
    );
    deepEqual(await shown(), rest);
    child.reset();
    deepEqual(await shown(), rest);
    child.observe(5, { count: 4 });
    deepEqual(await shown(), [...rest, 'h_sum{a="x"} 20', 'h_count{a="x"} 4']);
  });

  it('stays infinite, and is never NaN', async () => {
    const { child, shown } = await expired<Summary>(
      (registry) => new Summary({ ...options, registry }),
      (summary) => summary.observe(Infinity),
    );
    child.observe(1);
    deepEqual(await shown(), [
      'h_sum{a="__overflow__"} +Inf',
      'h_count{a="__overflow__"} 1',
      'h_sum{a="x"} 1',
      'h_count{a="x"} 1',
    ]);
  });
});

describe('removeMatching with a function', () => {
  it('refuses an answer that is neither true nor false', () => {
    const jobs = new Counter({ name: 'j', help: 'J.', labelNames: ['a'], registry: null });
    jobs.labels('old');
    throws(() => jobs.removeMatching((({ a }: { a: string }) => a.match(/^old/)) as never), {
      name: 'TypeError',
      message:
        'counter "j": removeMatching() refused, expected true or false of its function, got ["old"]',
    });
    equal(jobs.childCount, 1);
  });
});

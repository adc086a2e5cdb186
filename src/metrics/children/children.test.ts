import { deepEqual, equal, throws } from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { ManualClock } from '../../../test/manual-clock.ts';
import { sampleLines } from '../../../test/sample-lines.ts';
import { toOpenMetrics } from '../../exposition/index.ts';
import type { MetricFamily } from '../../model/family.ts';
import { Histogram } from '../histograms/histogram.ts';
import { Counter } from '../instruments/counter.ts';
import { Enum } from '../instruments/enum.ts';
import { Gauge } from '../instruments/gauge.ts';
import { Info } from '../instruments/info.ts';
import { Summary } from '../instruments/summary.ts';
import { CollectorRegistry } from '../registry/registry.ts';

const help = 'H.';

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
    deepEqual(await sampleLines(registry), [
      'c_total{a="1",b="1"} 2',
      'c_total{a="2",b="1"} 1',
      'c_total{a="__overflow__",b="__overflow__"} 6',
      `${overflow} 3`,
    ]);
    made.remove('1', '1');
    made.labels('6', '6').inc();
    made.labels('7', '7').inc();
    deepEqual(await sampleLines(registry), [
      'c_total{a="2",b="1"} 1',
      'c_total{a="__overflow__",b="__overflow__"} 7',
      'c_total{a="6",b="6"} 1',
      `${overflow} 4`,
    ]);
    made.clear();
    made.labels('7', '7').inc();
    deepEqual(await sampleLines(registry), ['c_total{a="7",b="7"} 1', `${overflow} 4`]);
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
    deepEqual(await sampleLines(registry), [
      'i_info{a="1",v="1"} 1',
      'e{a="1",e="x"} 0',
      'e{a="1",e="y"} 1',
      'promethium_label_overflows_total{metric="i"} 2',
      'promethium_label_overflows_total{metric="e"} 2',
    ]);
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
    await sampleLines(registry);
    registry.unregister(broken);
    const used = await sampleLines(registry);
    registry.reset();
    deepEqual(await sampleLines(registry), [
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
      await sampleLines(registry),
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

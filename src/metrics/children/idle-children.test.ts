import { deepEqual, equal, throws } from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ManualClock } from '../../../test/manual-clock.ts';
import { sampleLines } from '../../../test/sample-lines.ts';
import { SharedStorage } from '../../../test/shared-storage.ts';
import { toOpenMetrics, toText } from '../../exposition/index.ts';
import { Histogram } from '../histograms/histogram.ts';
import { Counter } from '../instruments/counter.ts';
import { Enum } from '../instruments/enum.ts';
import { Gauge } from '../instruments/gauge.ts';
import { Info } from '../instruments/info.ts';
import type { Labelled } from '../instruments/instrument.ts';
import { Summary } from '../instruments/summary.ts';
import { CollectorRegistry } from '../registry/registry.ts';

const help = 'H.';

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
    deepEqual(await sampleLines(registry), ['g{a="1",b="2",c="5"} 1']);
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
      deepEqual(await sampleLines(registry), expected);
      clock.pass(30);
    }
    made.labels('idle').inc(2);
    deepEqual(await sampleLines(registry), [
      'c_total{a="busy"} 3',
      'c_total{a="__overflow__"} 5',
      'c_total{a="idle"} 2',
    ]);
    clock.pass(60);
    deepEqual(await sampleLines(registry), ['c_total{a="__overflow__"} 10']);
    clock.pass(600);
    deepEqual(await sampleLines(registry), ['c_total{a="__overflow__"} 10']);
  });

  it('gives a kept child that counts again its place back, from 0 and a start time on', async () => {
    const { clock, registry, options } = counting();
    const made = new Counter({ name: 'c', ...options });
    const kept = made.labels('kept');
    kept.inc(5);
    await sampleLines(registry);
    clock.pass(60);
    deepEqual(await sampleLines(registry), ['c_total{a="__overflow__"} 5']);
    const expiredAt = clock.now();
    clock.pass(7);
    kept.inc(2);
    equal(kept.value, 2);
    const again = ['c_total{a="__overflow__"} 5', 'c_total{a="kept"} 2'];
    deepEqual(await sampleLines(registry), again);
    deepEqual(await sampleLines(registry), again);
    equal(
      (await toOpenMetrics(registry, { created: true })).split('\n')[5],
      `c_created{a="kept"} ${expiredAt}`,
    );
    equal(made.labels('kept'), kept);
    kept.inc();
    clock.pass(60);
    await sampleLines(registry);
    clock.pass(60);
    deepEqual(await sampleLines(registry), ['c_total{a="__overflow__"} 8']);
    equal(made.labels('kept'), kept);
    kept.inc(4);
    deepEqual(await sampleLines(registry), ['c_total{a="__overflow__"} 8', 'c_total{a="kept"} 4']);
  });

  it('counts what happens on a kept child to the rest for as long as it has no place', async () => {
    const { clock, registry, options } = counting();
    const made = new Counter({ name: 'c', maxChildren: 1, ...options });
    const kept = made.labels('kept');
    kept.inc(5);
    await sampleLines(registry);
    clock.pass(60);
    const other = made.labels('other');
    for (const total of [7, 9]) {
      kept.inc(2);
      other.inc();
      equal((await sampleLines(registry))[0], `c_total{a="__overflow__"} ${total}`);
    }
    made.remove('other');
    kept.inc(1);
    deepEqual(await sampleLines(registry), [
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
    await sampleLines(registry);
    clock.pass(60);
    deepEqual(await sampleLines(registry), []);
    jobs.dec();
    breaker.state('y');
    const again = ['g{a="jobs"} 2', 'e{a="breaker",e="x"} 0', 'e{a="breaker",e="y"} 1'];
    deepEqual(await sampleLines(registry), again);
    // As one that was made anew, which it is where the program has not kept it.
    equal(level.labels('idle'), idle);
    deepEqual(await sampleLines(registry), [again[0], 'g{a="idle"} 0', ...again.slice(1)]);
    idle.setFunction(() => 6);
    deepEqual((await sampleLines(registry))[1], 'g{a="idle"} 6');
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
      await sampleLines(registry);
      clock.pass(60);
      await sampleLines(registry);
      remove(made);
      kept.inc();
      deepEqual(await sampleLines(registry), []);
    }
  });

  it('sets what expired to the beginning as well, by a reset of the registry', async () => {
    const { clock, registry, options } = counting();
    const counted = new Counter({ name: 'c', ...options }).labels('kept');
    const level = new Gauge({ name: 'g', ...options }).labels('kept');
    level.set(5);
    await sampleLines(registry);
    clock.pass(60);
    await sampleLines(registry);
    counted.inc();
    registry.reset();
    equal(level.value, 0);
    deepEqual(await sampleLines(registry), []);
    counted.inc(3);
    level.inc();
    deepEqual(await sampleLines(registry), ['c_total{a="kept"} 3', 'g{a="kept"} 1']);
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
    await sampleLines(registry);
    clock.pass(60);
    deepEqual(await sampleLines(registry), [
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
      (await sampleLines(registry)).filter((line) => /^h_(sum|count)/.test(line));
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

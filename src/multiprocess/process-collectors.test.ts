import { deepEqual, equal } from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { type HandPublishedStorage, handPublished } from '../../test/processes/hand-published.ts';
import { open } from '../../test/processes/storage.ts';
import { temporaryFolder } from '../../test/processes/temporary-folder.ts';
import { toText } from '../exposition/index.ts';
import { Counter } from '../metrics/instruments/counter.ts';
import { Gauge } from '../metrics/instruments/gauge.ts';
import { CollectorRegistry } from '../metrics/registry/registry.ts';
import { HistogramMetricFamily, SummaryMetricFamily } from '../model/distribution-families.ts';
import type { MetricFamily } from '../model/family.ts';
import {
  CounterMetricFamily,
  GaugeMetricFamily,
  UnknownMetricFamily,
} from '../model/number-families.ts';
import { InfoMetricFamily, StateSetMetricFamily } from '../model/statement-families.ts';

/** A process as others see it: a registry on a storage of its own. */
interface Process {
  readonly storage: HandPublishedStorage;
  readonly registry: CollectorRegistry;
}

function start(context: TestContext, directory: string): Process {
  const storage = handPublished(context, { directory, mapper: 'koffi' });
  return { storage, registry: new CollectorRegistry({ storage }) };
}

/** The lines of a scrape, without those of promethium itself and the names of processes. */
async function lines(registry: CollectorRegistry): Promise<string[]> {
  const text = await toText(registry);
  return text
    .split('\n')
    .filter((line) => line !== '' && !/^#|^promethium_/.test(line))
    .map((line) => line.replace(/pid="[^"]*"/, 'pid'));
}

function sidecar(context: TestContext, directory: string): CollectorRegistry {
  return new CollectorRegistry({ storage: open(context, { directory, readOnly: true }) });
}

describe('Callbacks of processes that do not answer', () => {
  it('are asked at the interval, and once more on the way out', async (context) => {
    const directory = temporaryFolder(context);
    const { storage, registry } = start(context, directory);
    let jobs = 3;
    new Gauge({
      name: 'jobs',
      help: 'Jobs.',
      registry,
      multiprocessMode: 'sum',
      callback: () => jobs,
    });
    new Counter({ name: 'ticks', help: 'Ticks.', registry, callback: async () => 2 * jobs });
    const other = sidecar(context, directory);
    await storage.passInterval();
    deepEqual(await lines(other), ['jobs 3', 'ticks_total 6']);
    jobs = 4;
    deepEqual(await lines(other), ['jobs 3', 'ticks_total 6']);
    await storage.passInterval();
    deepEqual(await lines(other), ['jobs 4', 'ticks_total 8']);
    jobs = 5;
    storage.wayOut();
    // What takes a while would come too late in a program that ends: here nothing ends.
    deepEqual((await lines(other))[0], 'jobs 5');
  });

  it('are asked once when they are set, so that nobody shows the 0 of before', async (context) => {
    const directory = temporaryFolder(context);
    const { registry } = start(context, directory);
    const options = { help: 'Q.', registry, multiprocessMode: 'sum' } as const;
    new Gauge({ ...options, name: 'asked', callback: () => queue.length });
    const gauge = new Gauge({ ...options, name: 'labelled', labelNames: ['a'] });
    gauge.labels('b').setFunction(() => {
      throw new Error('no');
    });
    gauge.labels('b').setFunction(() => 2);
    new Gauge({ ...options, name: 'late', callback: async () => 3 });
    // As in a module: what a callback reads may stand below it.
    const queue = [1];
    deepEqual(await lines(sidecar(context, directory)), ['asked 1', 'labelled{a="b"} 2', 'late 3']);
  });

  it('count what fails, and cost nobody else', async (context) => {
    const directory = temporaryFolder(context);
    const storage = handPublished(context, { directory, mapper: 'koffi' });
    const errors: string[] = [];
    const onError = ({ message }: Error): void => {
      errors.push(message);
    };
    const registry = new CollectorRegistry({ storage, onError });
    const callback = (): number => {
      throw new Error('no');
    };
    new Gauge({ name: 'bad', help: 'B.', registry, callback });
    new Gauge({ name: 'good', help: 'G.', registry, callback: () => 1 });
    await storage.passInterval();
    await storage.passInterval();
    const text = await toText(sidecar(context, directory));
    deepEqual(
      text.split('\n').filter((line) => /^(good|promethium_collector)/.test(line)),
      [
        `good{pid="${process.pid}"} 1`,
        'promethium_collector_failures_total{collector="bad",reason="throw"} 2',
      ],
    );
    deepEqual(errors, Array(2).fill('collector "bad": threw, expected families, got Error: no'));
  });

  it('are not asked again while they hang', async (context) => {
    const { storage, registry } = start(context, temporaryFolder(context));
    let asked = 0;
    let answer: ((value: number) => void) | undefined;
    const callback = (): Promise<number> => {
      asked++;
      return new Promise((resolve) => {
        answer = resolve;
      });
    };
    const gauge = new Gauge({ name: 'slow', help: 'S.', registry, callback });
    const first = storage.passInterval();
    await storage.passInterval();
    storage.wayOut();
    equal(asked, 1);
    answer?.(7);
    await first;
    equal(gauge.value, 7);
    void storage.passInterval();
    equal(asked, 2);
    answer?.(8);
  });
});

/** Families of every type that cells can hold. */
function everyType(amount: number): MetricFamily[] {
  const named = (name: string, ...labelNames: string[]) => ({ name, help: 'Help.', labelNames });
  const buckets = [
    [1, amount],
    [2, 2 * amount],
    [Infinity, 3 * amount],
  ] as const;
  return [
    new CounterMetricFamily(named('c', 'a')).addMetric(['x'], amount, { created: 1000 + amount }),
    new GaugeMetricFamily(named('g', 'a')).addMetric(['x'], amount),
    new HistogramMetricFamily(named('h')).addMetric([], { buckets, sum: amount, created: 5 }),
    new SummaryMetricFamily(named('s')).addMetric([], { count: amount, sum: 2 * amount }),
    new InfoMetricFamily(named('i', 'a')).addMetric(['x'], { version: '1' }),
    new StateSetMetricFamily(named('st')).addMetric([], { on: amount > 1, off: amount <= 1 }),
  ];
}

describe('A collector of the process', () => {
  it('is merged like instruments, with the answers of the dead', async (context) => {
    const directory = temporaryFolder(context);
    const processes = [1, 2].map((amount) => {
      const one = start(context, directory);
      one.registry.register(
        { collect: () => everyType(amount) },
        { scope: 'process', multiprocessMode: 'max' },
      );
      return one;
    });
    for (const { storage } of processes) await storage.passInterval();
    const expected = [
      'c_total{a="x"} 3',
      'g{a="x"} 2',
      'h_bucket{le="1.0"} 3',
      'h_bucket{le="2.0"} 6',
      'h_bucket{le="+Inf"} 9',
      'h_sum 3',
      'h_count 9',
      'i_info{a="x",version="1"} 1',
      's_sum 6',
      's_count 3',
      'st{pid,st="on"} 0',
      'st{pid,st="off"} 1',
      'st{pid,st="on"} 1',
      'st{pid,st="off"} 0',
    ];
    for (const { registry } of processes) {
      deepEqual((await lines(registry)).sort(), [...expected].sort());
    }
    processes[0]!.storage.wayOut();
    processes[0]!.storage.close();
    deepEqual((await lines(processes[1]!.registry)).sort(), [...expected].sort());
    deepEqual((await lines(sidecar(context, directory))).sort(), [...expected].sort());
  });

  it('shows in one process what it shows on the heap', async (context) => {
    const heap = new CollectorRegistry();
    const { registry } = start(context, temporaryFolder(context));
    for (const one of [heap, registry]) {
      one.register(
        { collect: () => everyType(2).sort((a, b) => (a.name < b.name ? -1 : 1)) },
        { scope: 'process', multiprocessMode: 'sum', prefix: 'lib_', labels: { zone: 'z' } },
      );
    }
    const text = (await toText(registry)).replaceAll(/pid="[^"]*",/g, '');
    equal(text, await toText(heap));
  });

  it('takes away what it shows no more: series, families, and with its registration all', async (context) => {
    const directory = temporaryFolder(context);
    const { storage, registry } = start(context, directory);
    let families = everyType(1);
    const collector = { collect: () => families };
    registry.register(collector, { scope: 'process' });
    await storage.passInterval();
    const other = sidecar(context, directory);
    equal((await lines(other)).length, 12);
    const same = { name: 'g', help: 'Help.', labelNames: ['a'] };
    families = [new GaugeMetricFamily(same).addMetric(['y'], 4)];
    await storage.passInterval();
    deepEqual(await lines(other), ['g{pid,a="y"} 4']);
    const gauge = { name: 'g', help: 'Another help.', labelNames: ['a'] };
    families = [new GaugeMetricFamily(gauge).addMetric(['y'], 5)];
    await storage.passInterval();
    deepEqual(await lines(other), ['g{pid,a="y"} 5']);
    equal((await toText(other)).split('\n')[0], '# HELP g Another help.');
    registry.unregister(collector);
    equal(await toText(other), '');
  });

  it('keeps what it said last while it fails', async (context) => {
    const directory = temporaryFolder(context);
    const storage = handPublished(context, { directory, mapper: 'koffi' });
    const registry = new CollectorRegistry({ storage, onError: () => {} });
    let fails = false;
    const collect = (): MetricFamily[] => {
      if (fails) throw new Error('no');
      return everyType(1).slice(0, 1);
    };
    registry.register({ collect }, { scope: 'process' });
    await storage.passInterval();
    fails = true;
    await storage.passInterval();
    storage.wayOut();
    deepEqual(await lines(sidecar(context, directory)), ['c_total{a="x"} 1']);
  });

  it('is refused the name of an instrument, and of another collector', async (context) => {
    const directory = temporaryFolder(context);
    const storage = handPublished(context, { directory, mapper: 'koffi' });
    const errors: string[] = [];
    const onError = ({ message }: Error): void => {
      errors.push(message);
    };
    const registry = new CollectorRegistry({ storage, onError });
    const collect = (): MetricFamily[] => everyType(1).slice(0, 2);
    registry.register({ collect }, { scope: 'process' });
    new Counter({ name: 'c', help: 'Help.', registry }).inc(5);
    registry.register({ collect }, { scope: 'process' });
    await storage.passInterval();
    deepEqual(await lines(sidecar(context, directory)), ['c_total 5', 'g{pid,a="x"} 1']);
    deepEqual(
      errors,
      ['c', 'c', 'g'].map(
        (name) =>
          `collector "Object": failed, expected families of its own, got "${name}", which was exposed already`,
      ),
    );
  });

  it('shows beside the sums what no cell can hold', async (context) => {
    const directory = temporaryFolder(context);
    const { storage, registry } = start(context, directory);
    const families = [
      new UnknownMetricFamily({ name: 'u', help: 'U.' }).addMetric([], 1),
      new GaugeMetricFamily({ name: 't', help: 'T.' }).addMetric([], 1, { timestamp: 5 }),
      new SummaryMetricFamily({ name: 'q', help: 'Q.' }).addMetric([], {
        count: 1,
        sum: 2,
        quantiles: [[0.5, 1]],
      }),
    ];
    registry.register({ collect: () => families }, { scope: 'process' });
    await storage.passInterval();
    deepEqual(await lines(registry), [
      'q{quantile="0.5"} 1',
      'q_sum 2',
      'q_count 1',
      't 1 5000',
      'u 1',
    ]);
  });

  it('is an instrument that counts elsewhere, too', async (context) => {
    const directory = temporaryFolder(context);
    const heap = new CollectorRegistry();
    const processes = [1, 2].map((amount) => {
      const one = start(context, directory);
      const counter = new Counter({ name: 'c', help: 'C.', registry: null });
      const gauge = new Gauge({
        name: 'g',
        help: 'G.',
        registry: heap.with({ prefix: `x${amount}_` }),
      });
      one.registry.register(counter);
      one.registry.register(gauge, { prefix: 'lib_' });
      counter.inc(amount);
      gauge.set(amount);
      return { ...one, gauge };
    });
    for (const { storage } of processes) await storage.passInterval();
    deepEqual(await lines(processes[0]!.registry), [
      'c_total 3',
      'lib_x1_g{pid} 1',
      'lib_x2_g{pid} 2',
    ]);
    processes[0]!.registry.unregister(processes[0]!.gauge);
    deepEqual(await lines(processes[1]!.registry), ['c_total 3', 'lib_x2_g{pid} 2']);
    deepEqual(await lines(heap), ['x1_g 1', 'x2_g 2']);
  });
});

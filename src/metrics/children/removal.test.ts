import { deepEqual, equal, notEqual, throws } from 'node:assert/strict';
import { describe, it } from 'node:test';
import { sampleRows } from '../../../test/sample-lines.ts';
import { SharedStorage } from '../../../test/shared-storage.ts';
import type { MetricFamily } from '../../model/family.ts';
import { Histogram } from '../histograms/histogram.ts';
import { Counter } from '../instruments/counter.ts';
import { Enum } from '../instruments/enum.ts';
import { Gauge } from '../instruments/gauge.ts';
import { Info } from '../instruments/info.ts';
import type { Labelled } from '../instruments/instrument.ts';
import { Summary } from '../instruments/summary.ts';
import { CollectorRegistry } from '../registry/registry.ts';

const requests = (registry: CollectorRegistry | null = null): Counter<['method', 'status']> =>
  new Counter({
    name: 'http_requests_total',
    help: 'Requests answered.',
    labelNames: ['method', 'status'],
    registry,
  });

const help = 'H.';

describe('remove() and clear()', () => {
  it('remove one child, by name or position, and say whether there was one', () => {
    const counter = requests();
    counter.labels('GET', 200);
    counter.labels('POST', 200);
    equal(counter.remove({ method: 'GET', status: 200 }), true);
    equal(counter.remove('GET', '200'), false);
    equal(counter.remove('POST', 200), true);
    deepEqual(sampleRows(counter), []);
  });

  it('remove all children', () => {
    const counter = requests();
    counter.labels('GET', 200).inc();
    counter.labels('POST', 200);
    counter.clear();
    deepEqual(sampleRows(counter), []);
    counter.labels('GET', 200).inc();
    deepEqual(sampleRows(counter), [['GET', '200', 1]]);
  });

  const kept: readonly (readonly [
    string,
    (registry: CollectorRegistry) => Labelled<unknown, ['a']>,
    (child: never) => unknown,
  ])[] = [
    [
      'counter',
      (registry) => new Counter({ name: 'x', help: 'X.', labelNames: ['a'], registry }),
      (child: Counter) => {
        child.inc(5);
        child.reset();
        child.inc(5);
        return child.value;
      },
    ],
    [
      'gauge',
      (registry) =>
        new Gauge({ name: 'x', help: 'X.', labelNames: ['a'], registry, multiprocessMode: 'max' }),
      (child: Gauge) => {
        child.set(3);
        child.inc(2);
        return child.value;
      },
    ],
    [
      'summary',
      (registry) => new Summary({ name: 'x', help: 'X.', labelNames: ['a'], registry }),
      (child: Summary) => {
        child.reset();
        child.observe(5);
        return child.sum;
      },
    ],
    [
      'histogram',
      (registry) =>
        new Histogram({ name: 'x', help: 'X.', labelNames: ['a'], registry, buckets: [1] }),
      (child: Histogram) => {
        child.reset();
        child.observe(5);
        return child.sum;
      },
    ],
    [
      'enum',
      (registry) =>
        new Enum({ name: 'x', help: 'X.', labelNames: ['a'], registry, states: ['4', '5', '6'] }),
      (child: Enum) => {
        child.state('6');
        child.state('5');
        return Number(child.value);
      },
    ],
  ];
  for (const [type, make, count] of kept) {
    it(`leave a kept child of a ${type} counting unseen, far from another series' cells`, () => {
      for (const storage of [undefined, new SharedStorage()]) {
        const metric = make(new CollectorRegistry(storage === undefined ? {} : { storage }));
        const removed = metric.labels('removed');
        const cleared = metric.labels('cleared');
        metric.remove('removed');
        metric.clear();
        // On the heap these get the cells that the two before had.
        metric.labels('b');
        metric.labels('c');
        const before = sampleRows(metric);
        equal(count(removed as never), 5);
        equal(count(cleared as never), 5);
        deepEqual(sampleRows(metric), before);
        notEqual(metric.labels('removed'), removed);
        if (storage !== undefined) deepEqual(storage.living, ['x{b}', 'x{c}', 'x{removed}']);
      }
    });
  }

  it('leave what a kept child of an info metric states unseen', () => {
    const storage = new SharedStorage();
    const registry = new CollectorRegistry({ storage });
    const info = new Info({ name: 'x_info', help: 'X.', labelNames: ['a'], registry });
    const child = info.labels('1');
    child.info({ version: '1' });
    deepEqual(storage.living, ['x{1,version,1}']);
    info.remove('1');
    deepEqual(storage.living, []);
    child.info({ version: '2' });
    deepEqual(storage.living, []);
    deepEqual(sampleRows(info), []);
  });
});

describe('a scrape that is paused', () => {
  it('shows no series twice, none that is gone, and no value of another', () => {
    const gauge = new Gauge({ name: 'x', help: 'X.', labelNames: ['a'], registry: null });
    for (const [i, label] of ['a', 'b', 'c', 'd'].entries()) gauge.labels(label).set(i);
    const shown: unknown[] = [];
    let full = false;
    let label = '';
    const writer = {
      get full() {
        return full;
      },
      begin() {},
      label: (_: number, text: string) => {
        label = text;
      },
      number: (value: number) => {
        shown.push([label, value]);
        full = true;
      },
    };
    const [family] = gauge.collect() as MetricFamily[];
    const walk = family!.walk(writer as never);
    equal(walk.advance(), false);
    gauge.remove('a');
    gauge.remove('c');
    // These take the cells of the two that went.
    gauge.labels('a').set(10);
    gauge.labels('e').set(11);
    gauge.labels('d').set(12);
    for (full = false; !walk.advance(); full = false);
    deepEqual(shown, [
      ['a', 0],
      ['b', 1],
      ['d', 12],
      ['e', 11],
    ]);
    deepEqual(sampleRows(gauge), [
      ['a', 10],
      ['b', 1],
      ['d', 12],
      ['e', 11],
    ]);
  });
});

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

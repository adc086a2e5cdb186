import { deepEqual, equal, throws } from 'node:assert/strict';
import { describe, it } from 'node:test';
import { SharedStorage } from '../../../test/shared-storage.ts';
import { Histogram } from '../histograms/histogram.ts';
import { CollectorRegistry } from '../registry/registry.ts';
import { Counter } from './counter.ts';
import { Enum } from './enum.ts';
import { Gauge } from './gauge.ts';
import { Info } from './info.ts';
import { Summary } from './summary.ts';

/** An instrument as plain JavaScript may call it. */
type Anything = new (options?: unknown) => { labels(...given: unknown[]): unknown };

const COMMON =
  'name, help, namespace, subsystem, unit, registry, labelNames, labelValues, labelDefaults, constantLabels, maxChildren, maxIdleSeconds';

/** What measures durations: a start, and a value or a count that shows whether anything was recorded. */
const timed = [
  ['gauge', () => new Gauge({ name: 'x', help: 'X.', registry: null })],
  ['summary', () => new Summary({ name: 'x', help: 'X.', registry: null })],
  ['histogram', () => new Histogram({ name: 'x', help: 'X.', registry: null })],
] as const;

for (const [word, make] of timed) {
  it(`${word}.startTimer() takes no labels`, () => {
    const metric = make();
    const start = metric.startTimer as unknown as (labels: object) => unknown;
    throws(() => start.call(metric, { status: 200 }), {
      name: 'TypeError',
      message: `${word} "x": startTimer() takes no labels, expected labels(…).startTimer(), or stopwatch() where only the end knows them, got an object`,
    });
  });
}

for (const [word, make, known] of [
  ['summary', timed[1][1], 'count'],
  ['histogram', timed[2][1], 'count, exemplar'],
] as const) {
  it(`${word}.observe() refuses options that it does not know, and observes nothing`, () => {
    const metric = make();
    throws(() => metric.observe(1, { exemplars: {} } as never), {
      name: 'TypeError',
      message: `${word} "x": unknown option of observe(), expected ${known}, got "exemplars"`,
    });
    equal(metric.count, 0);
  });
}

const instruments: readonly (readonly [string, unknown, object, string])[] = [
  ['Counter', Counter, {}, `${COMMON}, callback, exemplars`],
  ['Gauge', Gauge, {}, `${COMMON}, multiprocessMode, callback`],
  ['Summary', Summary, {}, `${COMMON}, quantiles, maxAgeSeconds, ageBuckets`],
  [
    'Histogram',
    Histogram,
    {},
    `${COMMON}, buckets, exemplars, nativeFactor, nativeSchema, nativeZeroThreshold, nativeMaxBuckets, nativeMinResetSeconds, nativeMaxZeroThreshold`,
  ],
  ['Info', Info, {}, COMMON],
  ['Enum', Enum, { states: ['a'] }, `${COMMON}, states, multiprocessMode`],
];

for (const [name, instrument, own, options] of instruments) {
  const word = name.toLowerCase();
  const Instrument = instrument as Anything;
  const declare = (given: object): InstanceType<Anything> =>
    new Instrument({ name: 'x', help: 'X.', registry: null, ...own, ...given });

  describe(`new ${name}`, () => {
    it('is a class by its name, and its metrics are instances of it', () => {
      equal((Instrument as { name?: string }).name, name);
      const metric = declare({});
      equal(metric instanceof Instrument, true);
      equal(metric.constructor, Instrument);
      deepEqual(
        Object.keys(metric).filter((key) => key !== 'type'),
        [],
      );
    });

    it('refuses to be called without new', () => {
      throws(() => (instrument as () => void)(), {
        name: 'TypeError',
        message: `${word}: called as a function, expected new ${name}(…), got ${name}(…)`,
      });
    });

    for (const [given, shown] of [
      [undefined, 'undefined'],
      [null, 'null'],
      ['x', '"x"'],
    ] as const) {
      it(`refuses ${shown} for its options`, () => {
        throws(() => new Instrument(given), {
          name: 'TypeError',
          message: `${word}: declared without options, expected { name, help, … }, got ${shown}`,
        });
      });
    }

    it('refuses an option that it does not have', () => {
      for (const option of ['labels', 'documentation', 'toString', 'Buckets']) {
        throws(() => declare({ [option]: ['a'] }), {
          name: 'TypeError',
          message: `${word} "x": unknown option, expected ${options}, got "${option}"`,
        });
      }
    });

    it('refuses to go without a name or help', () => {
      throws(() => declare({ name: undefined }), {
        name: 'TypeError',
        message: `${word} undefined: the name is no string, expected a metric name, got undefined`,
      });
      for (const [help, shown] of [
        [undefined, 'undefined'],
        ['', '""'],
        [7, '7'],
      ] as const) {
        throws(() => declare({ help }), {
          name: 'TypeError',
          message: `${word} "x": no help, expected a sentence for people, got ${shown}`,
        });
      }
    });

    it('refuses label names that are none', () => {
      throws(() => declare({ labelNames: 'method' }), {
        name: 'TypeError',
        message: `${word} "x": label names are no list, expected an array of strings, got "method"`,
      });
      throws(() => declare({ labelNames: ['a', 'a'] }), {
        name: 'RangeError',
        message: `${word} "x": label name given twice, expected different names, got "a"`,
      });
      throws(() => declare({ labelNames: ['__name__'] }), {
        name: 'RangeError',
        message: `${word} "x": reserved label name, expected another name, got "__name__"`,
      });
    });

    it('takes options that are there but undefined', () => {
      declare({ labelNames: undefined });
      declare({ labelNames: [] });
    });

    it('has no labels() where it was declared without labels, nor on a child', () => {
      const message = `${word} "x": labels() called on a metric without labels, expected the metric itself, got labels()`;
      throws(() => declare({}).labels('a'), { name: 'TypeError', message });
      const child = declare({ labelNames: ['a'] }).labels('1') as InstanceType<Anything>;
      throws(() => child.labels('a'), { name: 'TypeError', message });
    });

    it('is untouched by what is done to its options later', () => {
      const labelNames = ['a'];
      const metric = declare({ labelNames });
      labelNames.push('b');
      metric.labels('1');
      throws(() => metric.labels('1', '2'), { name: 'TypeError' });
    });

    it('leaves nothing in the storage where the registry refuses it', () => {
      const storage = new SharedStorage();
      const registry = new CollectorRegistry({ storage });
      new Gauge({ name: 'x', help: 'First.', registry });
      throws(() => declare({ registry }), { code: 'ALREADY_REGISTERED' });
      throws(() => declare({ registry, labelNames: ['a'] }), { code: 'ALREADY_REGISTERED' });
      deepEqual(storage.living, ['x{}']);
      // The storage would take the last one declared for what the service has.
      deepEqual(storage.declared, ['x']);
    });

    it('leaves no series in a shared storage where it is unregistered, again and again', () => {
      const storage = new SharedStorage();
      const registry = new CollectorRegistry({ storage });
      for (const labelNames of [[], ['a']]) {
        const metric = declare({ registry, labelNames }) as never;
        registry.unregister(metric);
        deepEqual(storage.living, []);
        registry.register(metric);
        registry.unregister(metric);
        deepEqual(storage.living, []);
      }
    });
  });
}

describe('new Counter and new Gauge with a callback that is none', () => {
  it('leave nothing in the storage', () => {
    const storage = new SharedStorage();
    const registry = new CollectorRegistry({ storage });
    for (const Instrument of [Counter, Gauge]) {
      throws(() => new Instrument({ name: 'x', help: 'X.', registry, callback: 5 as never }), {
        name: 'TypeError',
      });
    }
    for (const Instrument of [Counter, Gauge]) {
      throws(
        () =>
          new Instrument({ name: 'x', help: 'X.', registry, labelNames: ['a'], callback: () => 1 }),
        { name: 'TypeError' },
      );
    }
    deepEqual(storage.declared, []);
    deepEqual(storage.living, []);
    equal(registry.get('x'), undefined);
  });
});

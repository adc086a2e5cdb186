import { deepEqual, equal, rejects, throws } from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ManualClock } from '../../../test/manual-clock.ts';
import { toOpenMetrics, toText } from '../../exposition/format.ts';
import type { MetricFamily } from '../../model/family.ts';
import { CollectorRegistry } from '../registry/registry.ts';
import { Counter } from './counter.ts';
import type { CounterOptions } from './counter-options.ts';

const counter = (options: Partial<CounterOptions> = {}): Counter =>
  new Counter({ name: 'sent_bytes_total', help: 'Bytes sent.', registry: null, ...options });

describe('Counter', () => {
  it('starts at 0 and grows by one or by the amount given', () => {
    const sent = counter();
    equal(sent.value, 0);
    sent.inc();
    sent.inc(undefined);
    sent.inc(0.5);
    sent.inc(0);
    sent.inc(-0);
    equal(sent.value, 2.5);
  });

  it('tells how it was declared', () => {
    const { type, name, help } = counter();
    deepEqual([type, name, help], ['counter', 'sent_bytes_total', 'Bytes sent.']);
  });

  it('is exposed with _total, declared with it or without', () => {
    for (const name of ['sent_bytes_total', 'sent_bytes']) {
      const [family] = counter({ name }).collect() as MetricFamily[];
      equal(family!.name, 'sent_bytes');
      deepEqual([...family!.samples], [{ name: 'sent_bytes_total', labels: {}, value: 0 }]);
    }
  });

  it('is called after a scrape what it was called before, in either format', async () => {
    const registry = new CollectorRegistry();
    const sent = counter({ registry });
    const before = await toText(registry);
    await toOpenMetrics(registry);
    equal(sent.name, 'sent_bytes_total');
    equal(await toText(registry), before);
    equal(registry.get('sent_bytes_total'), sent);
  });

  for (const amount of [-1, -Number.MIN_VALUE, -Infinity, Infinity, Number.NaN]) {
    it(`refuses ${amount} and keeps its value`, () => {
      const sent = counter();
      sent.inc(2);
      throws(() => sent.inc(amount), {
        name: 'RangeError',
        message: `counter "sent_bytes_total": inc() refused, expected a finite number >= 0, got ${amount}`,
      });
      equal(sent.value, 2);
    });
  }

  for (const [amount, shown] of [
    [null, 'null'],
    ['1', '"1"'],
    ['', '""'],
    [1n, '1n'],
    [true, 'true'],
    [{}, 'an object'],
    [[1], '[1]'],
    [{ method: 'GET' }, 'an object'],
    [new Date(5), 'an object of class Date'],
    [Symbol('s'), 'Symbol(s)'],
  ] as const) {
    it(`refuses ${shown} and keeps its value`, () => {
      const sent = counter();
      throws(() => sent.inc(amount as never), {
        name: 'TypeError',
        message: `counter "sent_bytes_total": inc() refused, expected a finite number >= 0, got ${shown}`,
      });
      equal(sent.value, 0);
    });
  }

  it('begins anew at reset, with a start time of then', () => {
    const clock = new ManualClock();
    const sent = counter({ registry: new CollectorRegistry({ clock }) });
    const created = (): unknown => {
      let seen: unknown;
      const [family] = sent.collect() as MetricFamily[];
      const writer = { full: false, begin() {}, number: (_: number, at: number) => (seen = at) };
      family!.walk(writer as never).advance();
      return seen;
    };
    equal(created(), 1700000000);
    sent.inc(3);
    clock.pass(60);
    equal(created(), 1700000000);
    sent.reset();
    equal(sent.value, 0);
    equal(created(), 1700000060);
  });
});

describe('Counter.countExceptions', () => {
  it('counts what throws, and throws it on', () => {
    const failures = counter();
    const error = new Error('boom');
    throws(
      () =>
        failures.countExceptions(() => {
          throw error;
        }),
      (thrown) => thrown === error,
    );
    equal(
      failures.countExceptions(() => 7),
      7,
    );
    equal(failures.value, 1);
  });

  it('counts what rejects, once it does', async () => {
    const failures = counter();
    const error = new Error('boom');
    const promise = failures.countExceptions(() => Promise.reject(error));
    equal(failures.value, 0);
    await rejects(promise, (thrown) => thrown === error);
    equal(await failures.countExceptions(async () => 7), 7);
    equal(failures.value, 1);
  });

  it('counts only what the filter lets through', async () => {
    const failures = counter();
    const isRange = (error: unknown): boolean => error instanceof RangeError;
    const run = (error: Error) => (): never => {
      throw error;
    };
    throws(() => failures.countExceptions(run(new RangeError()), isRange));
    throws(() => failures.countExceptions(run(new TypeError()), isRange));
    await rejects(failures.countExceptions(async () => run(new RangeError())(), isRange));
    await rejects(failures.countExceptions(async () => run(new TypeError())(), isRange));
    equal(failures.value, 2);
  });

  it('refuses what cannot be called, and counts nothing', () => {
    const failures = counter();
    throws(() => failures.countExceptions(Promise.resolve() as never), {
      name: 'TypeError',
      message:
        'counter "sent_bytes_total": countExceptions() refused, expected a function or an async iterable, got an object of class Promise',
    });
    throws(() => failures.countExceptions(() => {}, /x/ as never), {
      name: 'TypeError',
      message:
        'counter "sent_bytes_total": countExceptions() filter refused, expected a function, got an object of class RegExp',
    });
    equal(failures.value, 0);
  });
});

describe('a counter with a callback', () => {
  const samples = async (metric: Counter): Promise<unknown[]> =>
    [...((await metric.collect()) as MetricFamily[])[0]!.samples].map(({ value }) => value);

  it('takes the count from it at every scrape', async () => {
    let count = 0;
    const sent = counter({ callback: () => ++count });
    deepEqual(await samples(sent), [1]);
    deepEqual(await samples(sent), [2]);
    equal(sent.value, 2);
  });

  it('begins anew where it falls, and not where it stays', async () => {
    const clock = new ManualClock();
    const registry = new CollectorRegistry({ clock });
    const counts = [5, 5, 2];
    counter({ registry, callback: () => counts.shift()! });
    const scrape = async () => (await toOpenMetrics(registry, { created: true })).split('\n')[3];
    clock.pass(10);
    equal(await scrape(), 'sent_bytes_created 1700000000');
    equal(await scrape(), 'sent_bytes_created 1700000000');
    equal(await scrape(), 'sent_bytes_created 1700000010');
  });

  it('waits for one that is asynchronous', async () => {
    deepEqual(await samples(counter({ callback: async () => 5 })), [5]);
  });

  it('takes one later, in place of the one before', async () => {
    const sent = counter({ callback: () => 1 });
    sent.setFunction(() => 2);
    deepEqual(await samples(sent), [2]);
    throws(() => sent.setFunction(5 as never), {
      name: 'TypeError',
      message: 'counter "sent_bytes_total": no callback, expected a function, got 5',
    });
    throws(() => counter({ callback: null as never }), {
      name: 'TypeError',
      message: 'counter "sent_bytes_total": no callback, expected a function, got null',
    });
  });

  for (const [value, shown, name] of [
    [-1, '-1', 'RangeError'],
    [Number.NaN, 'NaN', 'RangeError'],
    [Infinity, 'Infinity', 'RangeError'],
    ['5', '"5"', 'TypeError'],
    [undefined, 'undefined', 'TypeError'],
    [5n, '5n', 'TypeError'],
  ] as const) {
    it(`fails where it returns ${shown} and keeps the count`, async () => {
      const error = {
        name,
        message: `counter "sent_bytes_total": callback refused, expected a finite number >= 0, got ${shown}`,
      };
      let value_: unknown = 3;
      const sent = counter({ callback: () => value_ as number });
      await samples(sent);
      value_ = value;
      await rejects(() => samples(sent), error);
      value_ = Promise.resolve(value);
      await rejects(() => samples(sent), error);
      equal(sent.value, 3);
    });
  }
});

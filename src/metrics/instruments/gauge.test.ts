import { deepEqual, equal, rejects, throws } from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ManualClock } from '../../../test/manual-clock.ts';
import { SharedStorage } from '../../../test/shared-storage.ts';
import { MULTIPROCESS_MODES } from '../../model/cells.ts';
import type { MetricFamily } from '../../model/family.ts';
import type { Cells, Storage } from '../../storage/storage.ts';
import { CollectorRegistry } from '../registry/registry.ts';
import { Gauge, type GaugeOptions } from './gauge.ts';

const gauge = (options: Partial<GaugeOptions> = {}): Gauge =>
  new Gauge({ name: 'queue_length', help: 'Jobs waiting.', registry: null, ...options });

/** A gauge whose cells and clock a test sees. */
function onShownCells(mode: (typeof MULTIPROCESS_MODES)[number]): {
  gauge: Gauge;
  clock: ManualClock;
  cells: () => number[];
} {
  const clock = new ManualClock();
  const storage: Storage = new SharedStorage();
  let place: Cells | undefined;
  const shown: Storage = {
    declare: (family) => ({
      ...storage.declare(family),
      allocate: () => (place = storage.declare(family).allocate([])),
    }),
  };
  const registry = new CollectorRegistry({ clock, storage: shown });
  return {
    gauge: gauge({ registry, multiprocessMode: mode }),
    clock,
    cells: () => [...place!.cells],
  };
}

describe('Gauge', () => {
  it('goes up, down and wherever it is set', () => {
    const queue = gauge();
    equal(queue.value, 0);
    queue.inc();
    queue.inc(2.5);
    queue.dec();
    queue.dec(-1);
    queue.inc(undefined);
    equal(queue.value, 4.5);
    queue.set(-7);
    equal(queue.value, -7);
    queue.reset();
    equal(queue.value, 0);
  });

  for (const value of [Number.NaN, Infinity, -Infinity, -0]) {
    it(`can be set to ${Object.is(value, -0) ? '-0' : value}`, () => {
      const queue = gauge();
      queue.set(value);
      equal(Object.is(queue.value, value), true);
    });
  }

  for (const [value, shown] of [
    [undefined, 'undefined'],
    [null, 'null'],
    ['1', '"1"'],
    [1n, '1n'],
    [true, 'true'],
    [{}, 'an object'],
    [new Date(5), 'an object of class Date'],
  ] as const) {
    it(`refuses ${shown} and keeps its value`, () => {
      const queue = gauge();
      queue.set(3);
      throws(() => queue.set(value as never), {
        name: 'TypeError',
        message: `gauge "queue_length": set() refused, expected a number, got ${shown}`,
      });
      for (const call of ['inc', 'dec'] as const) {
        if (value === undefined) continue;
        throws(() => queue[call](value as never), {
          name: 'TypeError',
          message: `gauge "queue_length": ${call}() refused, expected a finite number, got ${shown}`,
        });
      }
      equal(queue.value, 3);
    });
  }

  for (const amount of [Number.NaN, Infinity, -Infinity]) {
    it(`refuses a step of ${amount} and keeps its value`, () => {
      const queue = gauge();
      queue.set(3);
      for (const call of ['inc', 'dec'] as const) {
        throws(() => queue[call](amount), {
          name: 'RangeError',
          message: `gauge "queue_length": ${call}() refused, expected a finite number, got ${amount}`,
        });
      }
      equal(queue.value, 3);
    });
  }

  it('shows the time in seconds', () => {
    const clock = new ManualClock();
    const last = gauge({ registry: new CollectorRegistry({ clock }) });
    clock.pass(1.5);
    last.setToCurrentTime();
    equal(last.value, 1700000001.5);
  });

  it('shows how long something took', async () => {
    const clock = new ManualClock();
    const duration = gauge({ registry: new CollectorRegistry({ clock }) });
    const end = duration.startTimer();
    clock.pass(2);
    equal(end(), 2);
    equal(duration.value, 2);
    equal(
      duration.time(() => {
        clock.pass(3);
        return 'done';
      }),
      'done',
    );
    equal(duration.value, 3);
    await duration.time(async () => clock.pass(4));
    equal(duration.value, 4);
    throws(() => duration.time('x' as never), {
      name: 'TypeError',
      message:
        'gauge "queue_length": time() refused, expected a function or an async iterable, got "x"',
    });
  });
});

describe('Gauge.trackInProgress', () => {
  it('counts a call while it runs, however it ends', async () => {
    const busy = gauge();
    equal(
      busy.trackInProgress(() => busy.trackInProgress(() => busy.value)),
      2,
    );
    throws(
      () =>
        busy.trackInProgress(() => {
          throw new Error('boom');
        }),
      { message: 'boom' },
    );
    equal(busy.value, 0);
    const pending = [busy.trackInProgress(async () => 1), busy.trackInProgress(async () => 2)];
    equal(busy.value, 2);
    deepEqual(await Promise.all(pending), [1, 2]);
    const rejected = busy.trackInProgress(() => Promise.reject(new Error('boom')));
    equal(busy.value, 1);
    await rejects(rejected, { message: 'boom' });
    equal(busy.value, 0);
  });

  it('refuses what cannot be called, and counts nothing', () => {
    const busy = gauge();
    throws(() => busy.trackInProgress(undefined as never), {
      name: 'TypeError',
      message:
        'gauge "queue_length": trackInProgress() refused, expected a function or an async iterable, got undefined',
    });
    equal(busy.value, 0);
  });
});

describe('multiprocessMode', () => {
  for (const mode of MULTIPROCESS_MODES) {
    const stamped = !/all$|sum$/.test(mode);
    it(`${mode} ${stamped ? 'keeps the time of the last write' : 'keeps the value alone'}`, () => {
      const { gauge: queue, clock, cells } = onShownCells(mode);
      deepEqual(cells(), stamped ? [0, 0] : [0]);
      queue.set(7);
      deepEqual(cells(), stamped ? [7, 1000] : [7]);
      clock.pass(5);
      if (mode.endsWith('mostrecent')) queue.set(8);
      else queue.inc();
      deepEqual(cells(), stamped ? [8, 1005] : [8]);
    });
  }

  for (const mode of ['mostrecent', 'livemostrecent'] as const) {
    it(`${mode} takes no steps`, () => {
      const queue = gauge({ multiprocessMode: mode });
      for (const call of ['inc', 'dec'] as const) {
        throws(() => queue[call](), {
          name: 'TypeError',
          message: `gauge "queue_length": ${call}() refused in mode ${mode}, expected set(), got ${call}()`,
        });
      }
      let ran = false;
      throws(() => queue.trackInProgress(() => (ran = true)), { name: 'TypeError' });
      equal(ran, false);
    });
  }

  it('is one of those there are', () => {
    for (const [mode, shown] of [
      ['avg', '"avg"'],
      [null, 'null'],
      [7, '7'],
    ] as const) {
      throws(() => gauge({ multiprocessMode: mode as never }), {
        name: 'RangeError',
        message: `gauge "queue_length": unknown multiprocess mode, expected all, liveall, min, livemin, max, livemax, sum, livesum, mostrecent, livemostrecent, got ${shown}`,
      });
    }
  });
});

describe('a gauge with a callback', () => {
  const samples = async (metric: { collect(): unknown }): Promise<unknown[]> =>
    [...((await metric.collect()) as MetricFamily[])[0]!.samples].map(({ labels, value }) => [
      ...Object.values(labels),
      value,
    ]);

  it('takes the value from it at every scrape, whatever number it is', async () => {
    let value = Number.NaN;
    const queue = gauge({ callback: () => value });
    deepEqual(await samples(queue), [[Number.NaN]]);
    value = -3;
    deepEqual(await samples(queue), [[-3]]);
    queue.setFunction(async () => 4);
    deepEqual(await samples(queue), [[4]]);
  });

  it('fails where it throws, rejects, or returns what is no number', async () => {
    await rejects(
      samples(
        gauge({
          callback: () => {
            throw new Error('boom');
          },
        }),
      ),
      { message: 'boom' },
    );
    await rejects(samples(gauge({ callback: () => Promise.reject(new Error('boom')) })), {
      message: 'boom',
    });
    for (const value of ['7', Promise.resolve('7')]) {
      await rejects(samples(gauge({ callback: () => value as never })), {
        name: 'TypeError',
        message: 'gauge "queue_length": callback refused, expected a number, got "7"',
      });
    }
  });

  it('has one for each child that was given one', async () => {
    const queues = new Gauge({ name: 'q', help: 'Q.', labelNames: ['queue'], registry: null });
    let asked = 0;
    queues.labels('a').setFunction(() => ++asked);
    queues.labels('b').setFunction(async () => 2);
    queues.labels('c').set(3);
    deepEqual(await samples(queues), [
      ['a', 1],
      ['b', 2],
      ['c', 3],
    ]);
    queues.remove('a');
    queues.labels('a').set(9);
    deepEqual(await samples(queues), [
      ['b', 2],
      ['c', 3],
      ['a', 9],
    ]);
    equal(asked, 1);
  });

  it('leaves no promise unheard where one rejects and another throws', async () => {
    const queues = new Gauge({ name: 'q', help: 'Q.', labelNames: ['queue'], registry: null });
    queues.labels('a').setFunction(() => Promise.reject(new Error('late')));
    queues.labels('b').setFunction(() => {
      throw new Error('at once');
    });
    queues.labels('c').setFunction(() => 3);
    // An unheard one would fail this test by the process's unhandledRejection.
    await rejects(samples(queues), { message: /^(late|at once)$/ });
    await new Promise((resolve) => setImmediate(resolve));
    equal(queues.labels('c').value, 3);
  });

  it('is refused on a metric with labels, which children take', () => {
    throws(
      () =>
        new Gauge({ name: 'q', help: 'Q.', labelNames: ['a'], registry: null, callback: () => 1 }),
      {
        name: 'TypeError',
        message:
          'gauge "q": callback on a metric with labels, expected setFunction() on its children, got a callback',
      },
    );
  });
});

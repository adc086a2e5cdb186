import { deepEqual, equal, rejects, throws } from 'node:assert/strict';
import { describe, it } from 'node:test';
import { SharedStorage } from '../../../test/shared-storage.ts';
import type { Collector, MetricFamily } from '../../model/family.ts';
import { MemoryStorage } from '../../storage/memory.ts';
import { Counter } from '../instruments/counter.ts';
import { Gauge } from '../instruments/gauge.ts';
import { CollectorRegistry } from '../registry/registry.ts';

const help = 'Help.';

/** Calls a method as plain JavaScript may. */
const call = (metric: object, method: string): unknown =>
  (metric as Record<string, (amount: unknown) => unknown>)[method]!(5);

const samples = async (...metrics: readonly Collector[]): Promise<unknown[]> => {
  const collected = await Promise.all(metrics.map((metric) => metric.collect()));
  return (collected as MetricFamily[][])
    .flat()
    .flatMap((family) =>
      [...family.samples].map(({ labels, value }) => [...Object.values(labels), value]),
    );
};

for (const [where, make] of [
  ['on the heap', () => new MemoryStorage()],
  ['in cells that others read', () => new SharedStorage()],
] as const) {
  describe(`a metric ${where} with a callback`, () => {
    it('refuses what would set it by hand', async () => {
      const registry = new CollectorRegistry({ storage: make() });
      const callback = () => 5;
      const gauge = new Gauge({ name: 'g', help, registry, callback });
      const counter = new Counter({ name: 'c', help, registry, callback });
      for (const [metric, subject, methods] of [
        [gauge, 'gauge "g"', 'inc dec set reset startTimer time trackInProgress setToCurrentTime'],
        [counter, 'counter "c"', 'inc reset countExceptions'],
      ] as const) {
        for (const method of methods.split(' ')) {
          throws(() => call(metric, method), {
            name: 'TypeError',
            message: `${subject}: ${method}() called where a callback gives the value, expected setFunction() for another one, got ${method}()`,
          });
        }
      }
      deepEqual(await samples(gauge, counter), [[5], [5]]);
      deepEqual([gauge.value, counter.value], [5, 5]);
    });

    it('lets what began before it had one end in peace', async () => {
      const registry = new CollectorRegistry({ storage: make() });
      const gauge = new Gauge({ name: 'g', help, registry });
      const counter = new Counter({ name: 'c', help, registry });
      const ends = [gauge.trackInProgress(), gauge.startTimer()];
      let settle = (): void => {};
      const settled = new Promise<void>((resolve) => {
        settle = resolve;
      });
      const boom = new Error('boom');
      const run = () => settled.then(() => Promise.reject(boom));
      const failing = [gauge.time(run), gauge.trackInProgress(run), counter.countExceptions(run)];
      gauge.setFunction(() => 7);
      counter.setFunction(() => 7);
      for (const end of ends) end();
      settle();
      for (const failed of failing) await rejects(failed, boom);
      deepEqual(await samples(gauge, counter), [[7], [7]]);
    });

    it('is what it was otherwise, and takes another callback', async () => {
      const registry = new CollectorRegistry({ storage: make() });
      const gauge = new Gauge({ name: 'g', help, registry, callback: () => 1 });
      const prototype: object = Object.getPrototypeOf(gauge);
      gauge.setFunction(() => 2);
      equal(Object.getPrototypeOf(gauge), prototype);
      deepEqual(
        [gauge instanceof Gauge, gauge.constructor === Gauge, gauge.type, gauge.value],
        [true, true, 'gauge', 0],
      );
      registry.reset();
      deepEqual(await samples(gauge), [[2]]);
      registry.reset();
      equal(gauge.value, 0);
    });

    it('leaves its neighbours as they are', async () => {
      const registry = new CollectorRegistry({ storage: make() });
      const queues = new Gauge({ name: 'q', help, labelNames: ['queue'], registry });
      const asked = queues.labels('a');
      asked.set(7);
      asked.setFunction(() => 1);
      queues.labels('b').set(2);
      throws(() => asked.set(3), { name: 'TypeError' });
      deepEqual(await samples(queues), [
        ['a', 1],
        ['b', 2],
      ]);
      queues.remove('a');
      queues.labels('a').set(3);
      deepEqual(await samples(queues), [
        ['b', 2],
        ['a', 3],
      ]);
    });

    it('is set by hand where it was removed before it got one', () => {
      const registry = new CollectorRegistry({ storage: make() });
      const queues = new Gauge({ name: 'q', help, labelNames: ['queue'], registry });
      const removed = queues.labels('a');
      queues.remove('a');
      removed.setFunction(() => 1);
      removed.set(3);
      equal(removed.value, 3);
    });
  });
}

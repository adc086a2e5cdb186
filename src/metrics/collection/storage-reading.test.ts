import { deepEqual, equal } from 'node:assert/strict';
import { describe, it } from 'node:test';
import { collectedLines } from '../../../test/sample-lines.ts';
import { SharedStorage } from '../../../test/shared-storage.ts';
import { BOUNDED, gaugeFamily, watched } from '../../../test/watched-registry.ts';
import type { MetricFamily } from '../../model/family.ts';
import { Gauge } from '../instruments/gauge.ts';

function answering(...families: readonly MetricFamily[]): SharedStorage {
  const storage = new SharedStorage();
  storage.answer = async () => families;
  return storage;
}

describe('a scrape of a shared storage', BOUNDED, () => {
  it('shows what the storage has and this process’s own collectors by name, the target first', async () => {
    const storage = answering(gaugeFamily('b', 42), gaugeFamily('d', 42));
    const { registry } = watched({ storage, targetInfo: { version: '1' } });
    registry.register({ collect: () => [gaugeFamily('e'), gaugeFamily('a')] });
    registry.register({ collect: () => [gaugeFamily('c')] });
    new Gauge({ name: 'g', help: 'G.', registry });
    deepEqual(await collectedLines(registry), [
      'target_info{version=1} 1',
      'a 1',
      'b 42',
      'c 1',
      'd 42',
      'e 1',
    ]);
  });

  it('asks callbacks and collectors before it reads the storage', async () => {
    const order: string[] = [];
    const storage = new SharedStorage();
    storage.answer = async () => {
      order.push('storage');
      return [];
    };
    const { registry } = watched({ storage });
    const gauge = new Gauge({
      name: 'g',
      help: 'G.',
      registry,
      callback: async () => {
        order.push('callback');
        return 7;
      },
    });
    registry.register({
      async collect() {
        order.push('collector');
        throw new Error('boom');
      },
    });
    deepEqual(await collectedLines(registry), []);
    deepEqual(order, ['callback', 'collector', 'storage']);
    equal(gauge.value, 7);
    // Its count lies in the storage, for every process to see.
    deepEqual(storage.living, ['g{}', 'promethium_collector_failures{Object,throw}']);
  });

  it('collects a collector that happens to have a method refresh', async () => {
    const { registry } = watched({ storage: answering(gaugeFamily('shared', 42)) });
    const collector = { refresh() {}, collect: () => [gaugeFamily('own')] };
    registry.register(collector);
    deepEqual(await collectedLines(registry), ['own 1', 'shared 42']);
    registry.unregister(collector);
  });

  it('says that the storage failed, since that could not', async () => {
    const storage = new SharedStorage();
    storage.answer = () => Promise.reject(new Error('the directory is gone'));
    const { registry, errors } = watched({ storage });
    registry.register({ collect: () => [gaugeFamily('own')] });
    deepEqual(await collectedLines(registry), [
      'own 1',
      'promethium_collector_failures_total{collector=storage,reason=throw} 1',
    ]);
    equal(
      errors[0]?.message,
      'collector "storage": threw, expected families, got Error: the directory is gone',
    );
  });

  it('bounds the time that a storage may take', async () => {
    const storage = new SharedStorage();
    storage.answer = () => new Promise(() => {});
    const { registry, clock } = watched({ storage });
    const lines = collectedLines(registry);
    for (let turn = 0; turn < 100 && clock.waiting === 0; turn++) await Promise.resolve();
    clock.pass(5);
    deepEqual(await lines, [
      'promethium_collector_failures_total{collector=storage,reason=timeout} 1',
    ]);
  });

  it('shows what was read before where a reading takes too long, and what it came to next time', async () => {
    const storage = new SharedStorage();
    const { registry, clock } = watched({ storage });
    storage.answer = async () => [gaugeFamily('c', 1)];
    deepEqual(await collectedLines(registry), ['c 1']);
    let finish: (families: MetricFamily[]) => void = () => {};
    let readings = 0;
    storage.answer = () => {
      readings++;
      return new Promise((resolve) => {
        finish = resolve;
      });
    };
    const late = collectedLines(registry);
    for (let turn = 0; turn < 100 && clock.waiting === 0; turn++) await Promise.resolve();
    clock.pass(5);
    const failure = 'promethium_collector_failures_total{collector=storage,reason=timeout}';
    deepEqual(await late, ['c 1', `${failure} 1`]);
    // It is at it still, and is not asked again.
    deepEqual(await collectedLines(registry), ['c 1', `${failure} 2`]);
    equal(readings, 1);
    // Of what it has read, its own count is not shown as a smaller one.
    finish([gaugeFamily('c', 2), gaugeFamily('promethium_collector_failures_total', 70)]);
    for (let turn = 0; turn < 20; turn++) await Promise.resolve();
    storage.answer = () => Promise.reject(new Error('the directory is gone'));
    deepEqual(await collectedLines(registry), ['c 2', 'promethium_collector_failures_total 70']);
    storage.answer = async () => [gaugeFamily('c', 3)];
    deepEqual(await collectedLines(registry), ['c 3']);
  });
});

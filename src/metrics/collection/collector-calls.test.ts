import { deepEqual, equal, rejects } from 'node:assert/strict';
import { describe, it } from 'node:test';
import { collectedLines } from '../../../test/sample-lines.ts';
import { BOUNDED, gaugeFamily, SlowCollector, watched } from '../../../test/watched-registry.ts';
import { Gauge } from '../instruments/gauge.ts';
import { CollectorRegistry } from '../registry/registry.ts';

describe('a collector past its time limit', BOUNDED, () => {
  it('costs its own families, and is not called again until it has answered', async () => {
    const { registry, clock, errors } = watched({ collectTimeoutMs: 2500 });
    const slow = new SlowCollector();
    registry.register(slow);
    new Gauge({ name: 'g', help: 'G.', registry });
    const first = collectedLines(registry);
    await Promise.resolve();
    clock.pass(2.4);
    equal(errors.length, 0);
    clock.pass(0.1);
    deepEqual(await first, [
      'g 0',
      'promethium_collector_failures_total{collector=SlowCollector,reason=timeout} 1',
    ]);
    deepEqual(
      errors.map(({ code, message }) => [code, message]),
      [
        [
          'COLLECT_TIMEOUT',
          'collector "SlowCollector": failed, expected an answer within 2500 ms, got none',
        ],
      ],
    );
    deepEqual(await collectedLines(registry), [
      'g 0',
      'promethium_collector_failures_total{collector=SlowCollector,reason=timeout} 2',
    ]);
    equal(slow.answers.length, 1);
    slow.answers[0]!.resolve([gaugeFamily('too_late')]);
    await Promise.resolve().then(() => {});
    const recovered = collectedLines(registry);
    await Promise.resolve();
    equal(slow.answers.length, 2);
    slow.answers[1]!.resolve([gaugeFamily('x', 7)]);
    deepEqual(await recovered, [
      'x 7',
      'g 0',
      'promethium_collector_failures_total{collector=SlowCollector,reason=timeout} 2',
    ]);
    equal(clock.waiting, 0);
  });

  it('may be a metric whose callback hangs, which shows nothing rather than what it was', async () => {
    const { registry, clock } = watched();
    let asked = 0;
    let answer = (_: number): void => {};
    new Gauge({
      name: 'g',
      help: 'G.',
      registry,
      callback: () => {
        asked++;
        return new Promise<number>((resolve) => {
          answer = resolve;
        });
      },
    });
    const first = collectedLines(registry);
    await Promise.resolve();
    clock.pass(5);
    const failures = (count: number): string =>
      `promethium_collector_failures_total{collector=g,reason=timeout} ${count}`;
    deepEqual(await first, [failures(1)]);
    deepEqual(await collectedLines(registry), [failures(2)]);
    equal(asked, 1);
    answer(1);
    for (let turn = 0; turn < 10; turn++) await Promise.resolve();
    const recovered = collectedLines(registry);
    await Promise.resolve();
    equal(asked, 2);
    answer(7);
    deepEqual(await recovered, ['g 7', failures(2)]);
  });

  it('is one failure, though it rejects later', async () => {
    const { registry, clock, errors } = watched();
    const slow = new SlowCollector();
    registry.register(slow);
    const first = collectedLines(registry);
    await Promise.resolve();
    clock.pass(5);
    await first;
    slow.answers[0]!.reject(new Error('late'));
    await rejects(slow.answers[0]!.promise);
    equal(errors.length, 1);
  });

  it('does not hold up a scrape that began later and was answered in time', async () => {
    const { registry, clock } = watched();
    const slow = new SlowCollector();
    registry.register(slow);
    const first = collectedLines(registry);
    await Promise.resolve();
    clock.pass(4);
    const second = collectedLines(registry);
    await Promise.resolve();
    equal(slow.answers.length, 2);
    clock.pass(1);
    await first;
    slow.answers[1]!.resolve([gaugeFamily('x')]);
    deepEqual(await second, [
      'x 1',
      'promethium_collector_failures_total{collector=SlowCollector,reason=timeout} 1',
    ]);
    equal(clock.waiting, 0);
  });
});

describe('a collector that cannot describe itself', () => {
  it('fails under the name of its class, and costs its own families alone', async () => {
    class Orders {
      described = 0;
      describe(): never[] {
        if (this.described++ > 0) throw new Error('the database is gone');
        return [];
      }
      collect(): never {
        throw new Error('the database is gone');
      }
    }
    const errors: string[] = [];
    const registry = new CollectorRegistry({ onError: ({ message }) => errors.push(message) });
    registry.register(new Orders());
    const names: string[] = [];
    for await (const { name } of registry.collect()) names.push(name);
    deepEqual(names, ['promethium_collector_failures']);
    deepEqual(errors, [
      'collector "Orders": threw, expected families, got Error: the database is gone',
    ]);
  });

  it('may throw what is no error where a view reads its labels', async () => {
    const { registry, errors } = watched();
    const family = Object.defineProperty(gaugeFamily('x'), 'labelNames', {
      get() {
        throw null;
      },
    });
    registry.with({ labels: { zone: 'a' } }).register({ collect: () => [family] });
    new Gauge({ name: 'g', help: 'G.', registry });
    deepEqual(await collectedLines(registry), [
      'g 0',
      'promethium_collector_failures_total{collector=Object,reason=throw} 1',
    ]);
    deepEqual(
      errors.map(({ message }) => message),
      ['collector "Object": failed, expected families, got null'],
    );
  });

  it('may have a listener that fails, at once or later', async () => {
    for (const onError of [
      () => Promise.reject(new Error('later')),
      () => {
        throw new Error('at once');
      },
    ]) {
      const registry = new CollectorRegistry({ onError });
      registry.register({
        collect() {
          throw new Error('down');
        },
      });
      const names: string[] = [];
      for await (const { name } of registry.collect()) names.push(name);
      deepEqual(names, ['promethium_collector_failures']);
    }
  });
});

import { deepEqual, equal, throws } from 'node:assert/strict';
import { describe, it } from 'node:test';
import { toText } from '../exposition/index.ts';
import { Gauge } from '../metrics/instruments/gauge.ts';
import { CollectorRegistry } from '../metrics/registry/registry.ts';
import { type MetricGroup, startGroup } from './metric-group.ts';

describe('a group of metrics', () => {
  it('ends what it began when its start fails half-way', async () => {
    const registry = new CollectorRegistry();
    new Gauge({ name: 'b', help: 'Mine.', registry });
    let ended = 0;
    const start = (): unknown =>
      startGroup('test', { registry }, (group) => {
        group.onStop(() => ended++);
        group.gauge({ name: 'a', help: 'First.', read: () => 1 });
        group.gauge({ name: 'b', help: 'Taken.', read: () => 2 });
      });
    throws(start, { code: 'ALREADY_REGISTERED' });
    equal(ended, 1);
    equal((await toText(registry)).trimEnd(), '# HELP b Mine.\n# TYPE b gauge\nb 0');
  });

  it('is one for each registry', () => {
    let built = 0;
    const start = (registry: CollectorRegistry) =>
      startGroup('test', { registry }, () => {
        built++;
      });
    const [one, other] = [new CollectorRegistry(), new CollectorRegistry()];
    const handles = [start(one), start(one), start(other)];
    equal(built, 2);
    for (const handle of handles) handle.stop();
    start(one).stop();
    equal(built, 3);
  });
});

describe('a group of metrics whose registry was cleared', () => {
  const started = () => {
    const registry = new CollectorRegistry();
    let [built, ended] = [0, 0];
    const start = () =>
      startGroup('test', { registry }, (group) => {
        const value = ++built;
        group.onStop(() => ended++);
        group.beforeScrape('before', () => {});
        group.gauge({ name: 'a', help: 'Which one.', read: () => value });
      });
    const shown = async (): Promise<string | undefined> =>
      (await toText(registry)).match(/^a .*$/m)?.[0];
    return { registry, start, shown, counts: () => ({ built, ended }) };
  };

  it('is ended when it is asked for again, and there is another one', async () => {
    const { registry, start, shown, counts } = started();
    start();
    registry.clear();
    equal(await shown(), undefined);
    start();
    equal(await shown(), 'a 2');
    deepEqual(counts(), { built: 2, ended: 1 });
  });

  it('is ended by its handle, which leaves the one after it alone', async () => {
    const { registry, start, shown, counts } = started();
    const first = start();
    registry.clear();
    first.stop();
    deepEqual(counts(), { built: 1, ended: 1 });
    const second = start();
    registry.clear();
    const third = start();
    second.stop();
    equal(await shown(), 'a 3');
    start().stop();
    equal(await shown(), 'a 3');
    third.stop();
    equal(await shown(), undefined);
    deepEqual(counts(), { built: 3, ended: 3 });
  });

  it('is the one it was where some of its metrics are left', async () => {
    const { registry, start, shown, counts } = started();
    const first = start();
    registry.unregister(registry.get('a')!);
    const second = start();
    equal(await shown(), undefined);
    deepEqual(counts(), { built: 1, ended: 0 });
    first.stop();
    second.stop();
    deepEqual(registry.collectors, []);
  });
});

describe('startGroup in a view of a registry', () => {
  it('gives the metrics its prefix, and shares them with another view of the kind', async () => {
    const registry = new CollectorRegistry();
    const build = (group: MetricGroup): void =>
      group.gauge({ name: 'up', help: 'U.', mode: 'livesum', read: () => 1 });
    const first = startGroup('up', { registry: registry.with({ prefix: 'app_' }) }, build);
    const second = startGroup('up', { registry: registry.with({ prefix: 'app_' }) }, build);
    deepEqual(registry.names, ['app_up']);
    first.stop();
    deepEqual(registry.names, ['app_up']);
    second.stop();
    deepEqual(registry.names, []);
  });
});

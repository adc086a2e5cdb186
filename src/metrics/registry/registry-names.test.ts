import { deepEqual, equal, throws } from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ManualClock } from '../../../test/manual-clock.ts';
import { SharedStorage } from '../../../test/shared-storage.ts';
import { toText } from '../../exposition/index.ts';
import type { Collector } from '../../model/family.ts';
import { GaugeMetricFamily } from '../../model/number-families.ts';
import { Counter } from '../instruments/counter.ts';
import { Gauge } from '../instruments/gauge.ts';
import { CollectorRegistry } from './registry.ts';

const help = 'H.';

describe('A name that is claimed', () => {
  for (const storage of [undefined, new SharedStorage()]) {
    it(`wins over a collector that was registered earlier and describes nothing, ${storage ? 'in a shared storage too' : 'on the heap'}`, async () => {
      const messages: string[] = [];
      const registry = new CollectorRegistry({
        ...(storage && { storage }),
        onError: ({ message }) => messages.push(message),
      });
      const stranger = {
        name: 'stranger',
        collect: () => [
          new GaugeMetricFamily({ name: 'g', help: 'Not mine.' }).addMetric([], 1),
          new GaugeMetricFamily({ name: 'mine', help: 'Mine.' }).addMetric([], 1),
        ],
      };
      registry.register(stranger);
      registry.register({
        describe: () => [{ name: 'g', type: 'gauge' }],
        collect: () => [new GaugeMetricFamily({ name: 'g', help: 'Claimed.' }).addMetric([], 2)],
      });
      const text = await toText(registry);
      equal(text.includes('# HELP mine Mine.\n# TYPE mine gauge\nmine 1\n'), true);
      equal(text.includes('# HELP g Claimed.\n# TYPE g gauge\ng 2\n'), true);
      equal(text.includes('Not mine.'), false);
      deepEqual(messages, [
        'collector "stranger": failed, expected families of its own, got "g", which was exposed already',
      ]);
    });
  }
});

describe('A registry in another one', () => {
  const message =
    'registry "register": a registry in itself, expected another collector, got the registry';

  it('is refused where that one is in it, however deep', () => {
    const [a, b, c] = [new CollectorRegistry(), new CollectorRegistry(), new CollectorRegistry()];
    a.register(b);
    b.register(c);
    for (const inner of [a, a.restrictedTo(['x'])]) {
      throws(() => c.register(inner), { name: 'TypeError', message });
    }
    throws(() => a.register(a.restrictedTo([])), { name: 'TypeError', message });
    b.unregister(c);
    c.register(a);
  });

  it('is shown, with a prefix where one is given', async () => {
    const [outer, inner] = [new CollectorRegistry(), new CollectorRegistry()];
    new Gauge({ name: 'g', help, registry: inner }).set(1);
    outer.register(inner, { prefix: 'inner_', labels: { part: 'i' } });
    equal(await toText(outer), '# HELP inner_g H.\n# TYPE inner_g gauge\ninner_g{part="i"} 1\n');
  });
});

describe('A child that was removed', () => {
  it('is not asked for its value, also where it gets a callback later', async () => {
    const clock = new ManualClock();
    const registry = new CollectorRegistry({ clock });
    const made = new Counter({ name: 'c', help, labelNames: ['a'], registry });
    const child = made.labels('1');
    let asked = 0;
    made.remove('1');
    child.setFunction(() => ++asked);
    await toText(registry);
    equal(asked, 0);
    made.labels('1').setFunction(() => ++asked);
    await toText(registry);
    equal(asked, 1);
  });
});

describe('A registry', () => {
  it('lists what it has', () => {
    const registry = new CollectorRegistry({ targetInfo: { a: 1 } });
    const gauge = new Gauge({ name: 'g', help, registry });
    const counter = new Counter({ name: 'c', help, registry });
    const nameless: Collector = { collect: () => [] };
    registry.register(nameless);
    deepEqual(registry.collectors, [gauge, counter, nameless]);
    deepEqual(registry.names, ['target', 'target_info', 'g', 'c', 'c_total', 'c_created']);
    registry.clear();
    deepEqual(registry.collectors, []);
    deepEqual(registry.names, ['target', 'target_info']);
  });
});

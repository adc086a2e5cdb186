import { deepEqual, equal, match } from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ManualClock } from '../../../test/manual-clock.ts';
import { toOpenMetrics } from '../../exposition/index.ts';
import { Counter } from '../instruments/counter.ts';
import { CollectorRegistry } from '../registry/registry.ts';
import { SYSTEM_CLOCK, startTime } from './clock.ts';

describe('startTime', () => {
  it('is the machine’s, read once for sixteen that begin in one go', async (context) => {
    let ms = 1_700_000_000_000;
    const read = context.mock.method(Date, 'now', () => ms);
    // Whatever was asked for before in this turn.
    await Promise.resolve();
    equal(startTime(SYSTEM_CLOCK), 1_700_000_000);
    ms += 1500;
    const labelled = new Counter({ name: 'n', help: 'N.', labelNames: ['a'], registry: null });
    for (let i = 0; i < 15; i++) labelled.labels(i).inc();
    equal(read.mock.callCount(), 1);
    equal(startTime(SYSTEM_CLOCK), 1_700_000_001.5);
    ms += 1500;
    equal(startTime(SYSTEM_CLOCK), 1_700_000_001.5);
    await Promise.resolve();
    equal(startTime(SYSTEM_CLOCK), 1_700_000_003);
  });

  for (const [what, letGo] of [
    ['removed', (labelled: Counter<['a']>) => void labelled.remove('x')],
    ['cleared', (labelled: Counter<['a']>) => labelled.clear()],
  ] as const) {
    it(`is a later one for a child that takes the place of one that was ${what}`, async (context) => {
      let ms = 1_700_000_000_000;
      context.mock.method(Date, 'now', () => ms);
      await Promise.resolve();
      const registry = new CollectorRegistry();
      const labelled = new Counter({ name: 'n', help: 'N.', labelNames: ['a'], registry });
      labelled.labels('x').inc();
      ms += 1500;
      letGo(labelled);
      labelled.labels('x').inc();
      const text = await toOpenMetrics(registry, { created: true });
      match(text, /^n_created\{a="x"\} 1700000001\.5$/m);
    });
  }

  it('is any other clock’s, read each time', () => {
    const clock = new ManualClock();
    const first = startTime(clock);
    clock.pass(2);
    deepEqual([first, startTime(clock)], [1_700_000_000, 1_700_000_002]);
  });
});

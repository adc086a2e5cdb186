import { deepEqual, equal } from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ManualClock } from '../../test/manual-clock.ts';
import { SYSTEM_CLOCK, startTime } from './clock.ts';
import { Counter } from './counter.ts';

describe('startTime', () => {
  it('is the machine’s, read once for all that begins in one go', async (context) => {
    let ms = 1_700_000_000_000;
    const read = context.mock.method(Date, 'now', () => ms);
    // Whatever was asked for before in this turn.
    await Promise.resolve();
    equal(startTime(SYSTEM_CLOCK), 1_700_000_000);
    ms += 1500;
    const labelled = new Counter({ name: 'n', help: 'N.', labelNames: ['a'], registry: null });
    for (let i = 0; i < 100; i++) labelled.labels(i).inc();
    equal(startTime(SYSTEM_CLOCK), 1_700_000_000);
    equal(read.mock.callCount(), 1);
    await Promise.resolve();
    equal(startTime(SYSTEM_CLOCK), 1_700_000_001.5);
  });

  it('is any other clock’s, read each time', () => {
    const clock = new ManualClock();
    const first = startTime(clock);
    clock.pass(2);
    deepEqual([first, startTime(clock)], [1_700_000_000, 1_700_000_002]);
  });
});

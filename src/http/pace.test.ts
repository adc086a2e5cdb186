import { deepEqual } from 'node:assert/strict';
import { describe, it } from 'node:test';
import { paced } from './pace.ts';

describe('paced', () => {
  it('gives the event loop its turn at first, and then as soon as it was held for 2 ms', async () => {
    let now = 0;
    const pause = paced(() => now);
    const turned: number[] = [];
    for (now = 0; now < 6; now += 0.5) {
      let hasTurned = false;
      // Timers of the same delay come in the order they were set.
      setTimeout(() => {
        hasTurned = true;
      }, 0);
      await pause();
      if (hasTurned) turned.push(now);
    }
    deepEqual(turned, [0, 2, 4]);
  });
});

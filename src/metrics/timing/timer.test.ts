import { deepEqual, equal, rejects, throws } from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ManualClock } from '../../../test/manual-clock.ts';
import { SYSTEM_CLOCK } from './clock.ts';
import type { Outcome } from './outcome.ts';
import { runUntilEnd, startTimer, stopwatch, type Timer } from './timer.ts';

function timer(): { end: Timer; clock: ManualClock; recorded: number[] } {
  const clock = new ManualClock();
  const recorded: number[] = [];
  return {
    end: startTimer({ clock, subject: 'gauge "g"' }, (seconds) => recorded.push(seconds)),
    clock,
    recorded,
  };
}

describe('startTimer', () => {
  it('records nothing before its end, and its end once', () => {
    const { end, clock, recorded } = timer();
    clock.pass(2);
    deepEqual(recorded, []);
    equal(end(), 2);
    clock.pass(1);
    equal(end(), 2);
    deepEqual(recorded, [2]);
  });

  it('records 0 where the clock was set back, once', () => {
    const { end, clock, recorded } = timer();
    clock.pass(-5);
    equal(end(), 0);
    clock.pass(10);
    equal(end(), 0);
    deepEqual(recorded, [0]);
  });

  it('ends with the block that it is used in, however that is left', () => {
    const clock = new ManualClock();
    const recorded: number[] = [];
    const run = (fails: boolean): void => {
      using end = startTimer({ clock, subject: 'gauge "g"' }, (seconds) => recorded.push(seconds));
      equal(typeof end, 'function');
      clock.pass(3);
      if (fails) throw new Error('boom');
    };
    run(false);
    try {
      run(true);
    } catch {}
    deepEqual(recorded, [3, 3]);
  });

  it('records once where a block ends that called it', () => {
    const { end, clock, recorded } = timer();
    {
      using timing = end;
      clock.pass(1);
      timing();
      clock.pass(1);
    }
    deepEqual(recorded, [1]);
  });
});

describe('what is given to a timer', () => {
  it('is refused at its start, as labels', () => {
    const timed = { clock: new ManualClock(), subject: 'gauge "g"' };
    throws(() => startTimer(timed, () => {}, { status: 200 }), {
      name: 'TypeError',
      message:
        'gauge "g": startTimer() takes no labels, expected labels(…).startTimer(), or stopwatch() where only the end knows them, got an object',
    });
  });

  it('is passed over at its end, which may be called by an event or a promise', () => {
    for (const brought of [undefined, null, true, new Error('boom'), [1], { code: 0 }]) {
      const { end, recorded } = timer();
      equal((end as (brought: unknown) => number)(brought), 0);
      deepEqual(recorded, [0]);
    }
  });
});

describe('runUntilEnd', () => {
  it('takes what has a then() for a promise, and nothing else', async () => {
    const ends: Outcome[] = [];
    const ended = (outcome: Outcome): void => {
      ends.push(outcome);
    };
    // biome-ignore lint/suspicious/noThenProperty: what is no function is no promise
    const data = { then: 'later' };
    equal(
      runUntilEnd(
        () => data,
        () => ended,
      ),
      data,
    );
    equal(
      runUntilEnd(
        () => null,
        () => ended,
      ),
      null,
    );
    equal(ends.length, 2);
    const thenable = {
      // biome-ignore lint/suspicious/noThenProperty: a promise of another library
      then: (settle: (value: number) => number) => Promise.resolve(settle(5)),
    };
    equal(
      await runUntilEnd(
        () => thenable,
        () => ended,
      ),
      5,
    );
    deepEqual(ends, [{ failed: false }, { failed: false }, { failed: false }]);
  });

  it('tells of errors, undefined among them', async () => {
    const ends: Outcome[] = [];
    const ended = (outcome: Outcome): void => {
      ends.push(outcome);
    };
    const thrower = (): never => {
      throw undefined;
    };
    try {
      runUntilEnd(thrower, () => ended);
    } catch {}
    await runUntilEnd(
      () => Promise.reject(undefined),
      () => ended,
    ).catch(() => {});
    deepEqual(ends, [
      { failed: true, error: undefined },
      { failed: true, error: undefined },
    ]);
  });
});

describe('SYSTEM_CLOCK', () => {
  it('tells Unix seconds and seconds that never go back', () => {
    const before = Date.now() / 1000;
    const now = SYSTEM_CLOCK.now();
    equal(now >= before && now <= Date.now() / 1000, true);
    const start = SYSTEM_CLOCK.elapsed();
    equal(SYSTEM_CLOCK.elapsed() >= start, true);
  });

  it('calls after a time, and not what was called off', async () => {
    const calls: string[] = [];
    const callOff = SYSTEM_CLOCK.after(0.001, () => calls.push('called off'));
    callOff();
    await new Promise<void>((resolve) => {
      SYSTEM_CLOCK.after(0.002, () => {
        calls.push('called');
        resolve();
      });
    });
    deepEqual(calls, ['called']);
  });
});

describe('stopwatch', () => {
  it('tells the seconds since it was made, as often as it is asked', () => {
    const clock = new ManualClock();
    const seconds = stopwatch(clock);
    clock.pass(2);
    equal(seconds(), 2);
    clock.pass(0.5);
    equal(seconds(), 2.5);
  });

  it('tells 0 where the clock was set back', () => {
    const clock = new ManualClock();
    const seconds = stopwatch(clock);
    clock.pass(-1);
    equal(seconds(), 0);
  });
});

describe('runUntilEnd whose end throws', () => {
  const ended = (): never => {
    throw new Error('the end');
  };

  it('throws what the run threw, sync and async', async () => {
    throws(
      () =>
        runUntilEnd(
          () => {
            throw new Error('the run');
          },
          () => ended,
        ),
      { message: 'the run' },
    );
    await rejects(
      runUntilEnd(
        () => Promise.reject(new Error('the run')),
        () => ended,
      ),
      {
        message: 'the run',
      },
    );
  });
});

import { deepEqual, equal, ok } from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { describe, it } from 'node:test';
import type { DelayBatch } from './delay-batch.ts';
import { TurnSampler } from './turn-sampler.ts';

/** A loop whose turns are made by hand, in milliseconds. */
function handMadeLoop() {
  let now = 1000;
  let idle = 0;
  let waiting: (() => void) | undefined;
  return {
    source: {
      now: () => now,
      idle: () => idle,
      next(run: () => void) {
        waiting = run;
        return () => {
          waiting = undefined;
        };
      },
    },
    get isWatched() {
      return waiting !== undefined;
    },
    sleep(ms: number) {
      now += ms;
      idle += ms;
    },
    work(ms: number) {
      now += ms;
    },
    /** Calls the immediates. */
    check() {
      const run = waiting;
      waiting = undefined;
      run?.();
    },
  };
}

/** A sampler that has seen the first turn, and its loop. */
function started() {
  const loop = handMadeLoop();
  const sampler = new TurnSampler(loop.source);
  loop.work(77);
  loop.sleep(5);
  loop.check();
  return { loop, sampler };
}

/** All delays of a batch, in whole milliseconds: those above 2 µs are kept with three digits. */
function delaysOf(batch: DelayBatch): number[] {
  return Array.from({ length: batch.count }, (_, i) => Math.round(batch.at(i + 1) * 1000));
}

describe('TurnSampler', () => {
  it('samples how long each turn was busy, without the time asleep', () => {
    const { loop, sampler } = started();
    for (const [sleep, work] of [
      [0, 30],
      [500, 10],
      [2, 20],
    ] as const) {
      loop.sleep(sleep);
      loop.work(work);
      loop.check();
    }
    const batch = sampler.batch();
    deepEqual(delaysOf(batch), [10, 20, 30]);
    equal(batch.sum.toFixed(6), '0.060000');
  });

  it('leaves out what the program did before the loop began', () => {
    const { loop, sampler } = started();
    loop.work(3);
    loop.check();
    deepEqual(delaysOf(sampler.batch()), [3]);
  });

  it('shows nothing before the loop turns, and then the turn that goes on', () => {
    const loop = handMadeLoop();
    const sampler = new TurnSampler(loop.source);
    loop.work(77);
    deepEqual(delaysOf(sampler.batch()), []);
    loop.check();
    loop.work(2);
    deepEqual(delaysOf(sampler.batch()), [2]);
  });

  it('shows what timers did before the loop fell asleep to whom woke it', () => {
    const { loop, sampler } = started();
    loop.work(200);
    loop.sleep(1000);
    loop.work(1);
    deepEqual(delaysOf(sampler.batch()), [201]);
  });

  it('leaves a turn whole that goes on', () => {
    const { loop, sampler } = started();
    loop.work(10);
    loop.check();
    loop.work(200);
    deepEqual(delaysOf(sampler.batch()), [10]);
    loop.work(100);
    loop.check();
    deepEqual(delaysOf(sampler.batch()), [10, 300]);
  });

  it('forgets, and samples on', () => {
    const { loop, sampler } = started();
    loop.work(30);
    loop.check();
    sampler.reset();
    loop.work(10);
    loop.check();
    const batch = sampler.batch();
    deepEqual(delaysOf(batch), [10]);
    equal(batch.sum.toFixed(6), '0.010000');
  });

  it('ends with stop, in the first turn as later', () => {
    const { loop, sampler } = started();
    equal(loop.isWatched, true);
    sampler.stop();
    equal(loop.isWatched, false);
    const early = handMadeLoop();
    new TurnSampler(early.source).stop();
    equal(early.isWatched, false);
  });

  it('sees a loop that is really blocked, and wakes none that sleeps', () => {
    const program = `
      import { TurnSampler } from ${JSON.stringify(new URL('turn-sampler.ts', import.meta.url))};
      const sampler = new TurnSampler();
      const block = () => { for (const end = performance.now() + 150; performance.now() < end; ); };
      setTimeout(block, 100);
      setTimeout(() => {
        const { count, max } = sampler.batch();
        console.log(JSON.stringify({ count, max }));
      }, 600);`;
    const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', program], {
      encoding: 'utf8',
      timeout: 60_000,
    });
    equal(stderr, '');
    const { count, max } = JSON.parse(stdout);
    ok(max > 0.14 && max < 0.5, `${max} s`);
    // Two timers, and whatever starting and waiting took.
    ok(count >= 1 && count < 30, `${count} turns`);
  });
});

/** What summaries and histograms have in common, as one table of claims for both. */

import { deepEqual, equal, rejects, throws } from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ObservingChild } from '../../src/metrics/instruments/summary.ts';
import type { CollectorRegistry } from '../../src/metrics/registry/registry.ts';
import { CollectorRegistry as Registry } from '../../src/metrics/registry/registry.ts';
import { ManualClock } from '../manual-clock.ts';

/** Runs the table against a metric called `x`, whose type errors call `word`. */
export function observingContract(
  word: string,
  make: (registry: CollectorRegistry | null) => ObservingChild,
): void {
  describe(`${word}: observations`, () => {
    it('are counted and added up', () => {
      const x = make(null);
      deepEqual([x.count, x.sum], [0, 0]);
      x.observe(2);
      x.observe(0.5);
      x.observe(-1);
      x.observe(0);
      deepEqual([x.count, x.sum], [4, 1.5]);
    });

    it('may be infinite, which the sum then is for good', () => {
      const x = make(null);
      x.observe(Infinity);
      x.observe(1);
      deepEqual([x.count, x.sum], [2, Infinity]);
      const y = make(null);
      y.observe(-Infinity);
      deepEqual([y.count, y.sum], [1, -Infinity]);
    });

    it('may be many at once, or none', () => {
      const x = make(null);
      x.observe(2.5, { count: 4 });
      x.observe(7, { count: 0 });
      x.observe(Infinity, { count: 0 });
      x.observe(1, {});
      deepEqual([x.count, x.sum], [5, 11]);
    });

    for (const [value, shown, name] of [
      [Number.NaN, 'NaN', 'RangeError'],
      [undefined, 'undefined', 'TypeError'],
      [null, 'null', 'TypeError'],
      ['1', '"1"', 'TypeError'],
      ['', '""', 'TypeError'],
      [1n, '1n', 'TypeError'],
      [true, 'true', 'TypeError'],
      [[1], '[1]', 'TypeError'],
      [{ route: '/' }, 'an object', 'TypeError'],
    ] as const) {
      it(`of ${shown} are refused and count nothing`, () => {
        const x = make(null);
        for (const options of [undefined, { count: 2 }]) {
          throws(() => x.observe(value as never, options), {
            name,
            message: `${word} "x": observe() refused, expected a number other than NaN, got ${shown}`,
          });
        }
        deepEqual([x.count, x.sum], [0, 0]);
      });
    }

    for (const [count, shown, name] of [
      [-1, '-1', 'RangeError'],
      [1.5, '1.5', 'RangeError'],
      [Number.NaN, 'NaN', 'RangeError'],
      [Infinity, 'Infinity', 'RangeError'],
      [2 ** 53, '9007199254740992', 'RangeError'],
      ['2', '"2"', 'TypeError'],
      [null, 'null', 'TypeError'],
      [2n, '2n', 'TypeError'],
    ] as const) {
      it(`with a count of ${shown} are refused and count nothing`, () => {
        const x = make(null);
        throws(() => x.observe(1, { count: count as never }), {
          name,
          message: `${word} "x": observe() count refused, expected a whole number >= 0, got ${shown}`,
        });
        deepEqual([x.count, x.sum], [0, 0]);
      });
    }

    for (const [options, shown] of [
      [3, '3'],
      [null, 'null'],
      ['2', '"2"'],
      [() => 2, 'a function'],
    ] as const) {
      it(`with ${shown} for their options are refused and count nothing`, () => {
        const x = make(null);
        throws(() => x.observe(1, options as never), {
          name: 'TypeError',
          message: `${word} "x": observe() refused, expected an object of options, got ${shown}`,
        });
        deepEqual([x.count, x.sum], [0, 0]);
      });
    }

    it('begin anew at reset', () => {
      const x = make(null);
      x.observe(3, { count: 3 });
      x.reset();
      deepEqual([x.count, x.sum], [0, 0]);
      x.observe(2);
      deepEqual([x.count, x.sum], [1, 2]);
    });
  });

  describe(`${word}: durations`, () => {
    const timed = (): { x: ObservingChild; clock: ManualClock } => {
      const clock = new ManualClock();
      return { x: make(new Registry({ clock })), clock };
    };

    it('are observed by a timer, once', () => {
      const { x, clock } = timed();
      const end = x.startTimer();
      clock.pass(1.5);
      equal(end(), 1.5);
      clock.pass(1);
      equal(end(), 1.5);
      deepEqual([x.count, x.sum], [1, 1.5]);
    });

    it('are observed of what returns, throws, resolves and rejects', async () => {
      const { x, clock } = timed();
      const returned = x.time(() => {
        clock.pass(1);
        return 7;
      });
      equal(returned, 7);
      throws(
        () =>
          x.time(() => {
            clock.pass(2);
            throw new Error('boom');
          }),
        { message: 'boom' },
      );
      deepEqual([x.count, x.sum], [2, 3]);
      const resolved = x.time(() => Promise.resolve(8));
      equal(x.count, 2);
      clock.pass(4);
      equal(await resolved, 8);
      const rejected = x.time(() => Promise.reject(new Error('late')));
      clock.pass(8);
      await rejects(rejected, { message: 'late' });
      deepEqual([x.count, x.sum], [4, 15]);
    });

    it('are refused of what cannot be called, and count nothing', () => {
      const { x } = timed();
      throws(() => x.time(Promise.resolve() as never), {
        name: 'TypeError',
        message: `${word} "x": time() refused, expected a function or an async iterable, got an object of class Promise`,
      });
      equal(x.count, 0);
    });
  });
}

import { deepEqual, equal, throws } from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ManualClock } from '../../../test/manual-clock.ts';
import { Histogram } from '../histograms/histogram.ts';
import { Counter } from '../instruments/counter.ts';
import { Gauge } from '../instruments/gauge.ts';
import { CollectorRegistry } from '../registry/registry.ts';

const help = 'H.';

function metrics() {
  const clock = new ManualClock();
  const registry = new CollectorRegistry({ clock });
  return {
    clock,
    seconds: new Histogram({ name: 'h', help, registry }),
    level: new Gauge({ name: 'g', help, registry }),
    errors: new Counter({ name: 'c', help, registry }),
  };
}

describe('A generator that a function returns', () => {
  it('is in progress from its first item until it ends or is left', () => {
    const { level } = metrics();
    let closed = 0;
    function* numbers(): Generator<number> {
      try {
        yield 1;
        yield 2;
      } finally {
        closed++;
      }
    }
    const levels: number[] = [];
    const items = level.trackInProgress(numbers);
    equal(level.value, 0);
    for (const _ of items) levels.push(level.value);
    equal(level.value, 0);
    for (const _ of level.trackInProgress(() => numbers())) {
      levels.push(level.value);
      break;
    }
    deepEqual([level.value, closed, levels], [0, 2, [1, 1, 1]]);
    const never = level.trackInProgress(numbers);
    deepEqual(never.return(5), { done: true, value: 5 });
    deepEqual(never.next(), { done: true, value: undefined });
    deepEqual([level.value, closed], [0, 2]);
  });

  it('is timed from its first item to its end, with what goes in and comes out', () => {
    const { clock, seconds } = metrics();
    const items = seconds.time(function* (): Generator<string, string, number> {
      const got = yield 'a';
      clock.pass(got);
      return 'end';
    });
    clock.pass(100);
    deepEqual(items.next(), { done: false, value: 'a' });
    equal(seconds.count, 0);
    deepEqual(items.next(7), { done: true, value: 'end' });
    items.next();
    deepEqual([seconds.count, seconds.sum], [1, 7]);
  });

  it('has its errors counted, those that are thrown into it as well, once each', () => {
    const { errors, level } = metrics();
    function* failing(): Generator<number> {
      yield 1;
      throw new Error('no more');
    }
    const tracked = (): Generator<number> =>
      level.trackInProgress(() => errors.countExceptions(failing));
    throws(() => [...tracked()], { message: 'no more' });
    deepEqual([errors.value, level.value], [1, 0]);
    const thrown = tracked();
    thrown.next();
    throws(() => thrown.throw(new Error('in')), { message: 'in' });
    throws(() => thrown.throw(new Error('again')), { message: 'again' });
    deepEqual([errors.value, level.value], [2, 0]);
    const badFilter = (): never => {
      throw new Error('the filter');
    };
    throws(() => [...errors.countExceptions(failing, badFilter)], { message: 'no more' });
  });

  it('can do what iterators of the runtime can do', () => {
    const { level } = metrics();
    const items = level.trackInProgress(function* () {
      yield 1;
      yield 2;
    });
    equal(items[Symbol.iterator](), items);
    const { map } = items as { map?: unknown };
    equal(map, (new Set().values() as { map?: unknown }).map);
    equal(Array.from(items).length, 2);
  });

  it('is no iterator of a collection, which is handed on as it is', () => {
    const { level } = metrics();
    const items = new Map([[1, 2]]).values();
    equal(
      level.trackInProgress(() => items),
      items,
    );
    equal(level.value, 0);
  });
});

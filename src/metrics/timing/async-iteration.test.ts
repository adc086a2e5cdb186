import { deepEqual, equal, rejects } from 'node:assert/strict';
import { Readable } from 'node:stream';
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

describe('An async iterable', () => {
  it('is timed from its first item to its end, each time anew', async () => {
    const { clock, seconds } = metrics();
    const items = {
      async *[Symbol.asyncIterator]() {
        clock.pass(1);
        yield 'a';
        yield 'b';
        clock.pass(2);
      },
    };
    const timed = seconds.time(items);
    clock.pass(100);
    for (const sum of [13, 26]) {
      const seen: string[] = [];
      for await (const item of timed) {
        seen.push(item);
        clock.pass(5);
      }
      deepEqual(seen, ['a', 'b']);
      equal(seconds.sum, sum);
    }
    equal(seconds.count, 2);
  });

  it('is in progress until it ends, throws or is left', async () => {
    const { level } = metrics();
    let closed = 0;
    async function* numbers(): AsyncGenerator<number> {
      try {
        yield 1;
        yield 2;
        throw new Error('no more');
      } finally {
        closed++;
      }
    }
    for await (const n of level.trackInProgress(numbers())) {
      equal(level.value, 1);
      if (n === 2) break;
    }
    deepEqual([level.value, closed], [0, 1]);
    await rejects(
      async () => {
        for await (const _ of level.trackInProgress(numbers())) equal(level.value, 1);
      },
      { message: 'no more' },
    );
    deepEqual([level.value, closed], [0, 2]);
    const twice = level.trackInProgress(numbers())[Symbol.asyncIterator]();
    await Promise.all([twice.next(), twice.next()]);
    equal(level.value, 1);
    await twice.return?.();
    await twice.return?.();
    equal(level.value, 0);
    // Left before it began: there was nothing to count.
    await level.trackInProgress(numbers())[Symbol.asyncIterator]().return?.();
    deepEqual([level.value, closed], [0, 3]);
  });

  it('has its own errors counted, and not those of the loop', async () => {
    const { errors } = metrics();
    async function* failing(): AsyncGenerator<number> {
      yield 1;
      throw new TypeError('no more');
    }
    const filter = (error: unknown): boolean => error instanceof RangeError;
    for (const [items, counted] of [
      [errors.countExceptions(failing()), 1],
      [errors.countExceptions(failing(), filter), 1],
    ] as const) {
      await rejects(
        async () => {
          for await (const _ of items);
        },
        { name: 'TypeError' },
      );
      equal(errors.value, counted);
    }
    await rejects(async () => {
      for await (const _ of errors.countExceptions(failing())) throw new Error('mine');
    });
    equal(errors.value, 1);
  });

  it('is done with by its iterator alone, where that cannot be left', async () => {
    const { level } = metrics();
    const endless = {
      [Symbol.asyncIterator]: () => ({ next: async () => ({ done: false, value: 1 }) }),
    };
    for await (const _ of level.trackInProgress(endless)) break;
    equal(level.value, 0);
  });

  it('that a function returns is timed whole, if it is a generator', async () => {
    const { clock, seconds, errors } = metrics();
    const generate = async function* (): AsyncGenerator<string, string, number> {
      const got = yield 'a';
      clock.pass(got);
      return 'end';
    };
    const generator = seconds.time(generate);
    equal(seconds.count, 0);
    deepEqual(await generator.next(), { done: false, value: 'a' });
    deepEqual(await generator.next(7), { done: true, value: 'end' });
    deepEqual([seconds.count, seconds.sum], [1, 7]);
    const thrown = errors.countExceptions(generate);
    await thrown.next();
    await rejects(thrown.throw(new Error('in')), { message: 'in' });
    equal(errors.value, 1);
  });

  it('that a function returns begins with the first item, if it is a generator', async () => {
    const { clock, seconds, level, errors } = metrics();
    async function* generate(): AsyncGenerator<number> {
      yield 1;
      clock.pass(2);
      throw new Error('no more');
    }
    const never = level.trackInProgress(generate);
    await never.return(undefined);
    await never.next();
    equal(level.value, 0);
    const items = level.trackInProgress(() => seconds.time(() => errors.countExceptions(generate)));
    equal(level.value, 0);
    clock.pass(100);
    await items.next();
    equal(level.value, 1);
    await rejects(items.next(), { message: 'no more' });
    await items.next();
    deepEqual([level.value, errors.value, seconds.count, seconds.sum], [0, 1, 1, 2]);
    const left = level.trackInProgress(generate);
    for await (const _ of left) {
      equal(level.value, 1);
      break;
    }
    equal(level.value, 0);
  });

  it('that a function returns ends where it is disposed of', async () => {
    const { level } = metrics();
    const left: string[] = [];
    {
      await using items = level.trackInProgress(async function* () {
        try {
          yield 1;
          yield 2;
        } finally {
          left.push('generator');
        }
      });
      await items.next();
      equal(level.value, 1);
    }
    equal(level.value, 0);
    deepEqual(left, ['generator']);
  });

  it('that a function returns is left alone, if it is a stream', () => {
    const { seconds } = metrics();
    const stream = Readable.from(['a']);
    equal(
      seconds.time(() => stream),
      stream,
    );
    equal(seconds.count, 1);
    stream.destroy();
  });
});

describe('gauge.trackInProgress()', () => {
  it('counts until what it returns is called, or the block is left', async () => {
    const { level } = metrics();
    const end = level.trackInProgress();
    {
      using _ = level.trackInProgress();
      equal(level.value, 2);
    }
    equal(level.value, 1);
    {
      await using _ = level.trackInProgress();
      equal(level.value, 2);
    }
    end();
    end();
    equal(level.value, 0);
  });
});

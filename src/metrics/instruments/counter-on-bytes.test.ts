import { deepEqual, equal, throws } from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import { cellsAlone, watched } from '../../../test/byte-storages.ts';
import { ManualClock } from '../../../test/manual-clock.ts';
import { toOpenMetrics, toText } from '../../exposition/format.ts';
import { ONES, PACKED_COUNT_BYTES } from '../../model/packed-count.ts';
import { MemoryStorage } from '../../storage/memory.ts';
import type { Storage } from '../../storage/storage.ts';
import { CollectorRegistry } from '../registry/registry.ts';
import type { Clock } from '../timing/clock.ts';
import { Counter, type CounterChild } from './counter.ts';
import { CounterChildOnBytes } from './counter-on-bytes.ts';

const help = 'Help.';
const HIGHEST = 2 ** 22 - 1;

/** The bytes of a counter's child. */
function bytesOf(child: CounterChild): DataView {
  const { buffer, offset } = CounterChildOnBytes.kind.numbers!.place(child as never);
  return new DataView(buffer, offset, PACKED_COUNT_BYTES);
}

/** Has the counter hold so many increments by one, and its float what is missing to its value. */
function putOnes(child: CounterChild, ones: number): void {
  const view = bytesOf(child);
  const word = view.getUint32(ONES, true);
  view.setFloat64(0, child.value - ones, true);
  view.setUint32(ONES, ((ones << 10) | (word & 1023)) >>> 0, true);
}

/** What a call throws, if it does. */
function thrownBy(call: () => void): string | undefined {
  try {
    call();
    return undefined;
  } catch (error) {
    return String(error);
  }
}

type Step =
  | { readonly child: number; readonly amount: unknown }
  | { readonly child: number; readonly what: 'reset' | 'remove' | 'forget' | 'fill' }
  | { readonly ms: number };

/** All that can be seen of three children to which this happened, kept or asked for anew. */
async function seenAfter(steps: readonly Step[], storage: Storage): Promise<unknown> {
  const clock = new ManualClock();
  const registry = new CollectorRegistry({ storage, clock });
  const c = new Counter({ name: 'c', help, labelNames: ['a'], registry });
  const kept = [0, 1, 2].map((a) => c.labels(a));
  const thrown: unknown[] = [];
  for (const step of steps) {
    if ('ms' in step) {
      clock.pass(step.ms / 1000);
      continue;
    }
    const child = kept[step.child]!;
    if ('amount' in step) thrown.push(thrownBy(() => child.inc(step.amount as number)));
    else if (step.what === 'reset') child.reset();
    else if (step.what === 'fill') {
      if (child instanceof CounterChildOnBytes) putOnes(child as never, HIGHEST - 1);
    } else {
      c.remove(step.child);
      if (step.what === 'remove') kept[step.child] = c.labels(step.child);
    }
  }
  return [await toOpenMetrics(registry, { created: true }), kept.map(({ value }) => value), thrown];
}

describe('counters on the heap', () => {
  it('go on where the bits of their increments end', () => {
    const counter = new Counter({ name: 'c', help, registry: null });
    counter.inc(HIGHEST + 0.5);
    putOnes(counter, HIGHEST - 1);
    const values = [0, 1, 2, 3].map(() => {
      counter.inc();
      return counter.value;
    });
    deepEqual(values, [HIGHEST + 1.5, HIGHEST + 2.5, HIGHEST + 3.5, HIGHEST + 4.5]);
  });

  it('count one by one as far as a program does', () => {
    const counter = new Counter({ name: 'c', help, registry: null });
    for (let i = 0; i < 9_000_000; i++) counter.inc();
    equal(counter.value, 9_000_000);
  });

  it('count the same as in cells, whatever happens to them', async () => {
    // Fractions whose sums are exact.
    const amounts = [undefined, 1, 0, 0.5, 3, 2 ** 30, -1, Number.NaN, '1', null, true];
    const child = fc.nat(2);
    const step = fc.oneof(
      fc.record({ child, amount: fc.constantFrom(...amounts) }),
      fc.record({ child, what: fc.constantFrom('reset', 'remove', 'forget', 'fill') }),
      fc.record({ ms: fc.nat(5000) }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        deepEqual(
          await seenAfter(steps, new MemoryStorage()),
          await seenAfter(steps, cellsAlone()),
        );
      }),
    );
  });

  it('never fall, however large they are', () => {
    const amount = fc.double({ min: 0, max: Number.MAX_VALUE, noNaN: true });
    fc.assert(
      fc.property(fc.array(fc.option(amount), { maxLength: 20 }), (amounts) => {
        const counter = new Counter({ name: 'c', help, registry: null });
        const view = bytesOf(counter);
        for (const amount of amounts) {
          view.setUint32(ONES, 2 ** 32 - 1024, true);
          const before = counter.value;
          counter.inc(amount ?? 1);
          equal(counter.value >= before, true);
        }
      }),
    );
  });

  it('leave nothing to those that get their bytes', () => {
    const { storage, asked } = watched();
    const registry = new CollectorRegistry({ storage });
    const counter = new Counter({ name: 'c', help, labelNames: ['a'], registry });
    const kept = counter.labels('x');
    kept.inc();
    kept.inc(0.5);
    counter.remove('x');
    const next = counter.labels('y');
    kept.inc();
    next.inc();
    deepEqual(asked, [16, -16, 16]);
    deepEqual([kept.value, next.value], [2.5, 1]);
    counter.clear();
    next.inc();
    deepEqual(asked, [16, -16, 16, -16]);
    equal(next.value, 2);
  });

  it('show each child its own, in however many pages they lie', async () => {
    const registry = new CollectorRegistry();
    const counter = new Counter({ name: 'c', help, labelNames: ['a'], registry });
    for (let i = 0; i < 10_000; i++) {
      counter.labels(i).inc(i);
      counter.labels(i).inc();
    }
    deepEqual(
      (await toText(registry)).split('\n').filter((line) => line.startsWith('c_total')),
      Array.from({ length: 10_000 }, (_, i) => `c_total{a="${i}"} ${i + 1}`),
    );
  });

  it('lie in cells where cells are compared', () => {
    const { storage, asked } = watched();
    const registry = new CollectorRegistry({ storage });
    new Counter({ name: 'idle', help, labelNames: ['a'], maxIdleSeconds: 9, registry }).labels(1);
    deepEqual(asked, []);
    new Counter({ name: 'kept', help, registry });
    deepEqual(asked, [16]);
  });

  for (const [now, created] of [
    [1700000000.1234, '1700000000.123'],
    [Number.NaN, '0'],
    [-5, '0'],
    [Infinity, '4398046511.103'],
  ] as const) {
    it(`began at ${created} by a clock that says ${now}`, async () => {
      const clock: Clock = { now: () => now, elapsed: () => 0, after: () => () => {} };
      const registry = new CollectorRegistry({ clock });
      const counter = new Counter({ name: 'c', help, registry });
      const shown = `# TYPE c counter
# HELP c Help.
c_total 1
c_created ${created}
# EOF
`;
      counter.inc();
      equal(await toOpenMetrics(registry, { created: true }), shown);
      counter.reset();
      counter.inc();
      equal(await toOpenMetrics(registry, { created: true }), shown);
    });
  }
});

// What both classes of children have to do the same.
for (const [where, make] of [
  ['in bytes', () => new MemoryStorage()],
  ['in cells', cellsAlone],
] as const) {
  describe(`counters ${where}`, () => {
    it('are Counters', () => {
      const registry = new CollectorRegistry({ storage: make() });
      const counter = new Counter({ name: 'c', help, registry });
      deepEqual(
        [counter instanceof Counter, counter.constructor === Counter, counter.type],
        [true, true, 'counter'],
      );
    });

    it('refuse options that are none, and count nothing', () => {
      const registry = new CollectorRegistry({ storage: make() });
      const counter = new Counter({ name: 'c', help, registry });
      throws(() => counter.inc(1, 'fast' as never), {
        name: 'TypeError',
        message: 'counter "c": inc() refused, expected an object of options, got "fast"',
      });
      throws(() => counter.inc(1, { trace_id: 'abc' } as never), {
        name: 'TypeError',
        message: 'counter "c": unknown option of inc(), expected exemplar, got "trace_id"',
      });
      equal(counter.value, 0);
    });

    it('take their count from a callback, and begin anew where it falls', async () => {
      const clock = new ManualClock();
      const registry = new CollectorRegistry({ clock, storage: make() });
      let count = 7.5;
      const counter = new Counter({ name: 'c', help, registry, callback: () => count });
      const shown = async (): Promise<string[]> =>
        (await toOpenMetrics(registry, { created: true })).split('\n').slice(2, -2);
      deepEqual(await shown(), ['c_total 7.5', 'c_created 1700000000']);
      equal(counter.value, 7.5);
      clock.pass(5);
      count = 10.25;
      deepEqual(await shown(), ['c_total 10.25', 'c_created 1700000000']);
      count = 9;
      deepEqual(await shown(), ['c_total 9', 'c_created 1700000005']);
    });

    it('keep exemplars, given or sampled, with ones and other amounts alike', async () => {
      const exemplars = { provider: () => ({ trace_id: 'sampled' }), minAgeSeconds: 0 };
      const registry = new CollectorRegistry({ clock: new ManualClock(), storage: make() });
      const labelNames = ['a'] as const;
      const given = new Counter({ name: 'given', help, labelNames, registry });
      given.labels('one').inc(1, { exemplar: { trace_id: 'x' } });
      given.labels('two').inc(2, { exemplar: { trace_id: 'y' } });
      given.labels('none').inc();
      const sampled = new Counter({ name: 'sampled', help, labelNames, registry, exemplars });
      sampled.labels('one').inc();
      sampled.labels('two').inc(2);
      sampled.labels('nothing').inc(0);
      sampled.labels('reset').inc();
      sampled.labels('reset').reset();
      equal(
        await toOpenMetrics(registry),
        `# TYPE given counter
# HELP given Help.
given_total{a="one"} 1 # {trace_id="x"} 1 1700000000
given_total{a="two"} 2 # {trace_id="y"} 2 1700000000
given_total{a="none"} 1
# TYPE sampled counter
# HELP sampled Help.
sampled_total{a="one"} 1 # {trace_id="sampled"} 1 1700000000
sampled_total{a="two"} 2 # {trace_id="sampled"} 2 1700000000
sampled_total{a="nothing"} 0
sampled_total{a="reset"} 0
# EOF
`,
      );
    });
  });
}

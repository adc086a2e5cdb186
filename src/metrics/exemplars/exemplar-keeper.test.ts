import { deepEqual, equal } from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ManualClock } from '../../../test/manual-clock.ts';
import { ExemplarKeeper } from './exemplar-keeper.ts';
import { type ExemplarOptions, toExemplarSampling } from './exemplar-options.ts';

/** A keeper with a provider that counts its calls, `id` of which is the next. */
function setUp(options: Partial<ExemplarOptions> = {}): {
  readonly keeper: ExemplarKeeper;
  readonly clock: ManualClock;
  readonly dropped: unknown[][];
  calls: number;
} {
  const clock = new ManualClock();
  const dropped: unknown[][] = [];
  const keeper = new ExemplarKeeper(clock, (...drop) => dropped.push(drop));
  const all = { keeper, clock, dropped, calls: 0 };
  const provider = () => {
    all.calls++;
    return { id: all.calls };
  };
  keeper.follow(toExemplarSampling('test', { provider, ...options }));
  return all;
}

const child = {};

describe('ExemplarKeeper, given exemplars', () => {
  it('keeps the last, with a copy of its labels', () => {
    const { keeper } = setUp();
    const labels = { trace_id: 'a', shard: 3 };
    keeper.keep(child, 0, 1.5, { trace_id: 'first' });
    keeper.keep(child, 0, 2.5, labels);
    labels.trace_id = 'changed';
    const kept = { labels: { trace_id: 'a', shard: '3' }, value: 2.5, timestamp: 1_700_000_000 };
    deepEqual(keeper.of(child), [kept]);
    equal(keeper.of({}), undefined);
  });

  it('takes none without labels', () => {
    const { keeper, dropped } = setUp();
    keeper.keep(child, 0, 1, {});
    deepEqual([keeper.of(child), dropped], [undefined, []]);
  });

  it('takes 128 code points, and drops more', () => {
    const { keeper, dropped } = setUp();
    keeper.keep(child, 0, 1, { id: '𝄞'.repeat(126) });
    equal(keeper.of(child)?.length, 1);
    keeper.keep({}, 0, 1, { id: '𝄞'.repeat(127) });
    keeper.keep({}, 0, 1, { id: 'x'.repeat(10_000) });
    deepEqual(dropped, [['too_long'], ['too_long']]);
  });

  for (const [labels, reason] of [
    ['trace', 'shape'],
    [null, 'shape'],
    [['trace'], 'shape'],
    [
      {
        get id(): string {
          throw new Error('no');
        },
      },
      'shape',
    ],
    [{ '': 'x' }, 'label_name'],
    [{ __id: 'x' }, 'label_name'],
    [{ '\ud800': 'x' }, 'label_name'],
    [{ id: undefined }, 'label_value'],
    [{ id: { trace: 1 } }, 'label_value'],
  ] as const) {
    it(`drops one for its ${reason}, and keeps the one before`, () => {
      const { keeper, dropped } = setUp();
      keeper.keep(child, 0, 1, { id: 'good' });
      keeper.keep(child, 0, 2, labels);
      deepEqual(dropped, [[reason]]);
      equal(keeper.of(child)?.[0]?.labels['id'], 'good');
    });
  }

  it('repairs half a surrogate pair in a value', () => {
    const { keeper } = setUp();
    keeper.keep(child, 0, 1, { id: 'a\ud800' });
    equal(keeper.of(child)?.[0]?.labels['id'], 'a\ufffd');
  });
});

describe('ExemplarKeeper, sampling', () => {
  const ids = (keeper: ExemplarKeeper): unknown[] =>
    Array.from(keeper.of(child) ?? [], (exemplar) => exemplar?.labels['id']);

  it('keeps a sampled one for 7 s', () => {
    const all = setUp();
    const { keeper, clock } = all;
    keeper.sample(child, 0, 1);
    clock.pass(6.99);
    keeper.sample(child, 0, 2);
    deepEqual(ids(keeper), ['1']);
    clock.pass(0.01);
    keeper.sample(child, 0, 3);
    deepEqual(keeper.of(child), [{ labels: { id: '2' }, value: 3, timestamp: 1_700_000_007 }]);
    equal(all.calls, 2);
  });

  it('takes at most one for a child in 90 ms, whatever its buckets', () => {
    const { keeper, clock } = setUp();
    keeper.sample(child, 0, 1);
    keeper.sample(child, 1, 2);
    deepEqual(ids(keeper), ['1']);
    clock.pass(0.1);
    keeper.sample(child, 1, 3);
    deepEqual(ids(keeper), ['1', '2']);
    keeper.sample({}, 0, 1);
  });

  it('shows a sampled one for 70 s', () => {
    const { keeper, clock } = setUp();
    keeper.sample(child, 1, 1);
    clock.pass(1);
    keeper.sample(child, 2, 1);
    clock.pass(68.9);
    deepEqual(ids(keeper), [undefined, '1', '2']);
    clock.pass(0.2);
    deepEqual(ids(keeper), [undefined, undefined, '2']);
    clock.pass(1);
    deepEqual(ids(keeper), [undefined, undefined, undefined]);
  });

  it('leaves a given one for 70 s, and shows it for as long as there is no other', () => {
    const { keeper, clock } = setUp();
    keeper.sample(child, 0, 1);
    keeper.keep(child, 0, 2, { id: 'given' });
    clock.pass(69.9);
    keeper.sample(child, 0, 3);
    deepEqual(ids(keeper), ['given']);
    clock.pass(1000);
    deepEqual(ids(keeper), ['given']);
    keeper.sample(child, 0, 4);
    deepEqual(ids(keeper), ['2']);
  });

  it('asks again at once where the provider has nothing', () => {
    let given: { id: string } | undefined;
    const { keeper } = setUp({ provider: () => given });
    keeper.sample(child, 0, 1);
    equal(keeper.of(child), undefined);
    given = { id: 'late' };
    keeper.sample(child, 0, 2);
    deepEqual(ids(keeper), ['late']);
  });

  it('drops what a provider should not have given, and what it throws', () => {
    const cause = new Error('broken');
    const provided: (() => never)[] = [
      () => 'trace' as never,
      () => {
        throw cause;
      },
    ];
    const { keeper, dropped } = setUp({ provider: () => provided.shift()?.() });
    for (let i = 0; i < 3; i++) keeper.sample(child, 0, 1);
    deepEqual(dropped, [['shape'], ['provider', cause]]);
    equal(keeper.of(child), undefined);
  });

  it('never asks before it follows a provider, and forgets when told to', () => {
    const clock = new ManualClock();
    const keeper = new ExemplarKeeper(clock, () => undefined);
    keeper.sample(child, 0, 1);
    keeper.keep(child, 0, 1, { id: 'a' });
    keeper.forget(child);
    equal(keeper.of(child), undefined);
  });
});

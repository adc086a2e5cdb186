import { deepEqual, equal, ok } from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { contribution, type Declared, lines, type Series } from '../../test/contributions.ts';
import { cellCount, MULTIPROCESS_MODES } from '../model/cells.ts';
import type { Contribution } from './contribution.ts';
import { type MergeResult, Merger } from './merger.ts';

function counter(
  name: string,
  ...series: readonly [labelValues: string[], value: number][]
): Declared {
  return {
    name,
    type: 'counter',
    labelNames: series[0]?.[0].map((_, i) => `l${i}`) ?? [],
    series: series.map(([labelValues, value]) => [labelValues, [value]]),
  };
}

function merged(contributions: readonly Contribution[], merger: Merger = new Merger()): string[] {
  return lines(merger.merge(contributions).families);
}

/** Runs a merge step by step and says how many steps it took. */
function steps(merge: Generator<undefined, MergeResult>): [result: MergeResult, steps: number] {
  for (let count = 1; ; count++) {
    const step = merge.next();
    if (step.done) return [step.value, count];
  }
}

describe('Merger', () => {
  it('makes no families of no contributions', () => {
    deepEqual(new Merger().merge([]), { families: [], disagreements: [] });
  });

  it('orders families by name and series by label values, in code units', () => {
    const families = [
      counter('b', [['ä', '1'], 1], [['a', '2'], 2], [['a', '10'], 3], [['B', ''], 4]),
      counter('a', [[], 5]),
      counter('B', [[], 6]),
    ];
    const want = [
      'B_total 6',
      'a_total 5',
      'b_total{l0="B",l1=""} 4',
      'b_total{l0="a",l1="10"} 3',
      'b_total{l0="a",l1="2"} 2',
      'b_total{l0="ä",l1="1"} 1',
    ];
    deepEqual(merged([contribution({}, ...families)]), want);
    deepEqual(merged([contribution({}, ...families.reverse())]), want);
  });

  it('tells apart values that would meet if they were joined', () => {
    const a = contribution({ id: 'a' }, counter('c', [['x', ',y'], 1]));
    const b = contribution({ id: 'b' }, counter('c', [['x,', 'y'], 2]));
    deepEqual(merged([a, b]), ['c_total{l0="x",l1=",y"} 1', 'c_total{l0="x,",l1="y"} 2']);
  });

  it('shows a series that only some processes have', () => {
    const a = contribution(
      { id: 'a' },
      counter('c', [['x'], 1], [['y'], 2]),
      counter('d', [[], 3]),
    );
    const b = contribution({ id: 'b' }, counter('c', [['y'], 10], [['z'], 20]));
    deepEqual(merged([a, b]), [
      'c_total{l0="x"} 1',
      'c_total{l0="y"} 12',
      'c_total{l0="z"} 20',
      'd_total 3',
    ]);
  });

  it('shows new values of the same series, and leaves the result before as it was', () => {
    const merger = new Merger();
    const a = contribution({ id: 'a' }, counter('c', [['x'], 1], [['y'], 2]));
    const before = merger.merge([a]);
    a.values[0] = 100;
    deepEqual(merged([a], merger), ['c_total{l0="x"} 100', 'c_total{l0="y"} 2']);
    deepEqual(lines(before.families), ['c_total{l0="x"} 1', 'c_total{l0="y"} 2']);
  });

  it('takes one step for each family and process while only values change', () => {
    const merger = new Merger();
    const all = ['a', 'b'].map((id) =>
      contribution({ id }, counter('c', [[], 1]), counter('d', [[], 1])),
    );
    ok(steps(merger.mergeInSteps(all))[1] > 5);
    equal(steps(merger.mergeInSteps(all))[1], 5);
    equal(steps(merger.mergeInSteps([...all].reverse()))[1], 5);
  });

  it('tells the label of a process from one of the program that has its name', () => {
    const merger = new Merger();
    const gauge = { name: 'g', type: 'gauge' } as const;
    const older = contribution(
      { id: 'a', process: '7' },
      { ...gauge, mode: 'all', series: [[[], [2]]] },
    );
    const newer = contribution(
      { id: 'b', startTime: 2 },
      { ...gauge, mode: 'sum', labelNames: ['pid'], series: [[['x'], [3]]] },
    );
    deepEqual(merged([older, newer], merger), ['g{pid=""} 2', 'g{pid="x"} 3']);
    deepEqual(merged([older], merger), ['g{pid="7"} 2']);
  });

  const CHANGES: readonly [what: string, change: Partial<Contribution>, want: string[]][] = [
    ['dies', { alive: false }, ['c_total 3']],
    ['gets another revision', { revision: 2 }, ['c_total 3', 'g{pid="b"} 2']],
    ['is shown by another name', { process: '7' }, ['c_total 3', 'g{pid="7"} 2']],
  ];
  for (const [what, change, want] of CHANGES) {
    it(`works the series out anew when a process ${what}`, () => {
      const merger = new Merger();
      const families = [
        counter('c', [[], 2]),
        { name: 'g', type: 'gauge', mode: 'liveall', series: [[[], [2]]] } as const,
      ];
      const a = contribution({ id: 'a' }, counter('c', [[], 1]));
      deepEqual(merged([a, contribution({ id: 'b' }, ...families)], merger), [
        'c_total 3',
        'g{pid="b"} 2',
      ]);
      deepEqual(merged([a, contribution({ id: 'b', ...change }, ...families)], merger), want);
    });
  }

  it('forgets series and families that are gone', () => {
    const merger = new Merger();
    const many = Array.from({ length: 3000 }, (_, i): [string[], number] => [[`${i}`], i]);
    merger.merge([contribution({ revision: 1 }, counter('c', ...many), counter('d', [[], 1]))]);
    for (let revision = 2; revision < 5; revision++) {
      const few = contribution({ revision }, counter('c', [[`${revision}`], revision]));
      deepEqual(merged([few], merger), [`c_total{l0="${revision}"} ${revision}`]);
    }
  });

  it('holds on to nothing of series that are gone', async () => {
    setFlagsFromString('--expose-gc');
    const collectGarbage = runInNewContext('gc') as () => void;
    const merger = new Merger();
    const many = Array.from({ length: 3000 }, (_, i): [string[], number] => [[`${i}`], i]);
    const gone = new WeakRef(many[1234]![0]);
    merger.merge([contribution({ revision: 1 }, counter('c', ...many.splice(0)))]);
    for (const revision of [2, 3]) {
      merger.merge([contribution({ revision }, counter('c', [['1'], 1]))]);
    }
    // A reference that was just made or looked through is held until the turn is over.
    await new Promise(setImmediate);
    collectGarbage();
    equal(gone.deref(), undefined);
    deepEqual(merged([contribution({ revision: 4 }, counter('c', [['1'], 1]))], merger), [
      'c_total{l0="1"} 1',
    ]);
  });

  it('needs many short steps for many series, and does no harm when it is given up', () => {
    const merger = new Merger();
    const series = (from: number): [string[], number][] =>
      Array.from({ length: 5000 }, (_, i) => [[`${(i * 7919 + from) % 10_000}`], 1]);
    const all = [0, 2500].map((from, i) =>
      contribution({ id: `${i}` }, counter('c', ...series(from))),
    );
    const given = merger.mergeInSteps(all);
    for (let i = 0; i < 7; i++) equal(given.next().done, false);
    given.return({ families: [], disagreements: [] });
    const [{ families }, count] = steps(merger.mergeInSteps(all));
    ok(count > 20, `expected more than 20 steps, got ${count}`);
    deepEqual(lines(families), merged(all));
  });
});

/** Random services: few names and values, so that processes often meet and often disagree. */
const text = fc.constantFrom('', 'a', 'b', ',', 'é');
const number = fc.integer({ min: 0, max: 1000 });
const declared: fc.Arbitrary<Declared> = fc
  .record({
    name: fc.constantFrom('x', 'y'),
    type: fc.constantFrom('counter', 'gauge', 'summary', 'histogram', 'info', 'stateset'),
    labelNames: fc.subarray(['l', 'm', 'pid']),
    bounds: fc.subarray([1, 2, 5]),
    states: fc.subarray(['on', 'off', 'lost'], { minLength: 1 }),
    mode: fc.constantFrom(...MULTIPROCESS_MODES),
  } as const)
  .map((family) => ({
    ...family,
    bounds: family.type === 'histogram' ? family.bounds : [],
    states: family.type === 'stateset' ? family.states : [],
  }))
  .chain((family) =>
    fc
      .uniqueArray(
        fc.tuple(
          fc.tuple(...family.labelNames.map(() => text)),
          fc.array(number, { minLength: cellCount(family), maxLength: cellCount(family) }),
        ),
        { selector: ([labelValues]) => JSON.stringify(labelValues), maxLength: 6 },
      )
      .map((series): Declared => ({ ...family, series: series as Series[] })),
  );
const service: fc.Arbitrary<Contribution[]> = fc
  .array(
    fc.tuple(
      fc.record({
        process: fc.constantFrom('1', '2'),
        alive: fc.boolean(),
        startTime: fc.integer({ min: 1, max: 3 }),
      }),
      fc.uniqueArray(declared, { selector: ({ name }) => name, maxLength: 2 }),
    ),
    { maxLength: 5 },
  )
  .map((all) =>
    all.map(([rest, families], i) => contribution({ ...rest, id: `000${i}` }, ...families)),
  );

describe('any merge', () => {
  it('is the same in whatever order the processes come', () => {
    fc.assert(
      fc.property(service, fc.func(fc.integer()), (all, key) => {
        const shuffled = [...all].sort((a, b) => key(a.id) - key(b.id));
        deepEqual(merged(shuffled), merged(all));
        deepEqual(
          new Merger().merge(shuffled).disagreements,
          new Merger().merge(all).disagreements,
        );
      }),
    );
  });

  it('has no series twice', () => {
    fc.assert(
      fc.property(service, (all) => {
        const keys = merged(all).map((line) => line.slice(0, line.lastIndexOf(' ')));
        deepEqual(keys, [...new Set(keys)]);
      }),
    );
  });

  it('holds every count of every process, whatever their labels and buckets', () => {
    const kept = declared.filter(({ type }) => type === 'counter' || type === 'histogram');
    const processes = fc.array(fc.tuple(fc.boolean(), kept), { maxLength: 5 });
    fc.assert(
      fc.property(processes, (all) => {
        const contributions = all.map(([alive, family], i) =>
          contribution({ id: `${i}`, alive }, { ...family, name: family.type }),
        );
        let counted = 0;
        for (const [, family] of all) {
          const buckets = family.type === 'counter' ? 1 : family.bounds!.length + 1;
          for (const [, cells] of family.series) {
            for (const cell of cells.slice(0, buckets)) counted += cell;
          }
        }
        let shown = 0;
        for (const { samples } of new Merger().merge(contributions).families) {
          for (const { name, value } of samples) if (/_(total|count)$/.test(name)) shown += value;
        }
        equal(shown, counted);
      }),
    );
  });

  it('comes out as if it were the first, whatever was merged before or is paused meanwhile', () => {
    const change = fc.record({
      id: fc.constantFrom('000a', '000b', '000c'),
      families: fc.uniqueArray(declared, { selector: ({ name }) => name, maxLength: 2 }),
      alive: fc.boolean(),
      isNew: fc.boolean(),
      pause: fc.nat(12),
    });
    fc.assert(
      fc.property(fc.array(change, { maxLength: 12 }), (changes) => {
        const merger = new Merger();
        const service = new Map<string, Contribution>();
        changes.forEach(({ id, families, alive, isNew, pause }, revision) => {
          const before = [...service.values()];
          const paused = merger.mergeInSteps(before);
          let early = paused.next();
          for (let i = 0; i < pause && !early.done; i++) early = paused.next();
          const old = isNew ? undefined : service.get(id);
          const fresh = contribution({ id, process: '1', revision }, ...families);
          service.set(id, { ...(old ?? fresh), alive });
          const after = [...service.values()];
          deepEqual(merged(after, merger), merged(after));
          while (!early.done) early = paused.next();
          deepEqual(lines(early.value.families), merged(before));
        });
      }),
      { numRuns: 200 },
    );
  });
});

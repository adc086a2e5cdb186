import { deepEqual, equal } from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { contribution } from '../../test/contributions.ts';
import { recordFamily } from '../../test/recorded-family.ts';
import type { StoredFamily } from '../model/cells.ts';
import { NativeCounts, type NativeNumbers } from '../model/native-counts.ts';
import type { Contribution, KeptExemplar } from './contribution.ts';
import { type FoldedPart, foldInSteps } from './folded-parts.ts';
import { Merger } from './merger.ts';

const limits = { maxBuckets: Infinity, maxZeroThreshold: 0 };

/** What versions of a program declare, the last ones without native buckets. */
const VERSIONS: readonly Pick<StoredFamily, 'bounds' | 'native'>[] = [
  { bounds: [], native: { schema: 3, zeroThreshold: 2 ** -128, ...limits } },
  { bounds: [1, 4], native: { schema: 3, zeroThreshold: 2 ** -128, ...limits } },
  { bounds: [1, 4], native: { schema: 0, zeroThreshold: 0.01, ...limits } },
  { bounds: [1, 4] },
  { bounds: [-1, 2] },
];

/** One series of one process. */
interface Held {
  readonly values: readonly number[];
  /** By how much its classic buckets are ahead of the native ones, or behind. */
  readonly ahead: number;
  readonly exemplars: readonly KeptExemplar[];
}

interface Process {
  readonly version: number;
  readonly startTime: number;
  readonly alive: boolean;
  /** The series `a` and `b`. */
  readonly series: readonly Held[];
}

interface Beside {
  readonly native: NativeNumbers | undefined;
  readonly exemplars: readonly KeptExemplar[];
}

/** A contribution with native buckets, one for each of its series that has any. */
function withNatives(made: Contribution, beside: readonly (readonly Beside[])[]): Contribution {
  const families = made.families.map((family, i) => ({
    ...family,
    natives: beside[i]!.flatMap(({ native }, place) =>
      native === undefined ? [] : [{ series: family.series[place]!.index, current: native }],
    ),
    nativeExemplars: beside[i]!.flatMap(({ exemplars }, place) =>
      exemplars.map((current) => ({ series: family.series[place]!.index, current })),
    ),
  }));
  return { ...made, families };
}

const id = (n: number): string => n.toString(16).padStart(32, '0');

function toContribution({ version, startTime, alive, series }: Process, n: number): Contribution {
  const { bounds, native } = VERSIONS[version]!;
  const beside: Beside[] = [];
  const cells = series.map(({ values, ahead, exemplars }) => {
    const counts = native && new NativeCounts(native);
    const buckets = Array<number>(bounds.length + 1).fill(0);
    for (const value of values) {
      counts?.observe(value, 1);
      const bucket = bounds.findIndex((bound) => value <= bound);
      buckets[bucket < 0 ? bounds.length : bucket]! += 1;
    }
    if (native !== undefined) buckets[0] = Math.max(0, buckets[0]! + ahead);
    beside.push({ native: counts, exemplars: native === undefined ? [] : exemplars });
    return [...buckets, values.length, 5];
  });
  const declared = {
    name: 'h',
    type: 'histogram',
    labelNames: ['l'],
    bounds,
    native,
    series: cells.map((cells, i) => [['ab'[i]!], cells] as const),
  } as const;
  return withNatives(contribution({ id: id(n), startTime, alive }, declared), [beside]);
}

/** What is read of a part, once it was written. */
function asContribution({ id, startTime, families, folded }: FoldedPart): Contribution {
  const made = contribution(
    { id, startTime, alive: false, ...(folded === undefined ? {} : { folded }) },
    ...families.map(({ family, series }) => ({
      ...family,
      series: series.map(({ labelValues, cells }) => [labelValues, [...cells]] as const),
    })),
  );
  const beside = families.map(({ series }) =>
    series.map(({ native, nativeExemplars = [] }) => ({ native, exemplars: nativeExemplars })),
  );
  return withNatives(made, beside);
}

function fold(contributions: readonly Contribution[]): Contribution[] {
  const steps = foldInSteps(contributions);
  let step = steps.next();
  while (!step.done) step = steps.next();
  return step.value.map(asContribution);
}

function shown(contributions: readonly Contribution[]): unknown {
  return new Merger().merge(contributions).families.map(recordFamily);
}

const held = fc.record({
  values: fc.array(fc.constantFrom(-3, -0.001, 0, 0.005, 0.7, 1, 3, 3.2, 100, Infinity), {
    maxLength: 6,
  }),
  ahead: fc.constantFrom(-1, 0, 0, 0, 1),
  exemplars: fc.array(
    fc.record({
      exemplar: fc.record({
        labels: fc.record({ id: fc.nat(9).map(String) }),
        value: fc.nat(9),
        timestamp: fc.nat(30),
      }),
      shownUntil: fc.constant(Infinity),
    }),
    { maxLength: 10 },
  ),
});
const process: fc.Arbitrary<Process> = fc.record({
  version: fc.nat(VERSIONS.length - 1),
  startTime: fc.nat(9),
  alive: fc.boolean(),
  series: fc.array(held, { maxLength: 2 }),
});

describe('Native buckets that are folded', () => {
  it('leave every scrape as it was, whatever is folded, in whatever order and grouping', () => {
    const processes = fc.array(process, { minLength: 1, maxLength: 6 });
    const choices = fc.infiniteStream(fc.boolean());
    fc.assert(
      fc.property(processes, choices, (given, folds) => {
        let contributions = given.map(toContribution);
        const before = shown(contributions);
        for (let round = 0; round < 3; round++) {
          const ended = contributions.filter(
            ({ alive, folded }) => !alive && (folded !== undefined || folds.next().value),
          );
          const others = contributions.filter((one) => !ended.includes(one));
          contributions = [...others, ...fold(ended)];
          deepEqual(shown(contributions), before);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('have the zero bucket they had, where processes without native buckets are folded', () => {
    const process = { startTime: 1, alive: false };
    const none = { values: [], ahead: 0, exemplars: [] };
    const given = [
      toContribution({ version: 2, startTime: 2, alive: true, series: [none] }, 0),
      toContribution({ ...process, version: 3, series: [{ ...none, values: [0.7] }] }, 1),
      toContribution({ ...process, version: 3, series: [{ ...none, values: [3] }] }, 2),
    ];
    deepEqual(shown([given[0]!, ...fold(given.slice(1))]), shown(given));
  });

  it('have the resolution of the newest declaration where nothing was observed', () => {
    const series = [{ values: [], ahead: 0, exemplars: [] }];
    const given = [
      toContribution({ version: 1, startTime: 0, alive: false, series }, 0),
      toContribution({ version: 2, startTime: 1, alive: false, series }, 1),
      toContribution({ version: 1, startTime: 2, alive: false, series: [] }, 2),
    ];
    deepEqual(shown([...given.slice(1), ...fold(given.slice(0, 1))]), shown(given));
    deepEqual(shown(fold(given)), shown(given));
  });

  it('add up to the count of the histogram, which never is less than any of its buckets', () => {
    fc.assert(
      fc.property(fc.array(process, { minLength: 1, maxLength: 6 }), (given) => {
        const { families } = new Merger().merge(given.map(toContribution));
        for (const { point } of recordFamily(families[0]!).points) {
          const counts = point[2] as number[];
          deepEqual(
            counts,
            [...counts].sort((one, other) => one - other),
          );
          if (point[6] === undefined) continue;
          const { zeroCount, positive, negative } = point[6] as {
            readonly zeroCount: number;
            readonly positive: readonly (readonly [number, number])[];
            readonly negative: readonly (readonly [number, number])[];
          };
          const sum = [...positive, ...negative].reduce((sum, [, count]) => sum + count, 0);
          equal(zeroCount + sum, counts.at(-1));
        }
      }),
    );
  });
});

import { deepEqual, equal } from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { contribution, type Declared, lines, type Series } from '../../test/contributions.ts';
import { recordFamily } from '../../test/recorded-family.ts';
import { cellCount, isStamped, MULTIPROCESS_MODES } from '../model/cells.ts';
import type { Contribution } from './contribution.ts';
import { type FoldedPart, foldInSteps, ownPart } from './folded-parts.ts';
import { Merger } from './merger.ts';

/** What is read of a part, once it was written. */
function asContribution({ families, ...about }: FoldedPart): Contribution {
  const declared = families.map(({ family, series }) => ({
    ...family,
    series: series.map(({ labelValues, pairs, cells }): Series => [labelValues, [...cells], pairs]),
  }));
  const { id, process, startTime, folded } = about;
  const whose = folded === undefined ? {} : { folded };
  return contribution({ id, process, startTime, alive: false, ...whose }, ...declared);
}

function fold(contributions: readonly Contribution[]): Contribution[] {
  const steps = foldInSteps(contributions.filter(({ id }) => !id.endsWith('own')));
  let step = steps.next();
  while (!step.done) step = steps.next();
  const own = contributions
    .filter(({ folded }) => folded === undefined)
    .map((one) => ownPart(one))
    .filter((part) => part !== undefined)
    .map((part) => ({ ...part, id: `${part.id.slice(0, 32)} own` }));
  return [...step.value, ...own].map(asContribution);
}

function shown(contributions: readonly Contribution[]): unknown {
  return new Merger().merge(contributions).families.map(recordFamily);
}

const id = (n: number): string => n.toString(16).padStart(32, '0');

/** The families of a program in two versions, which differ in all that does not forbid to merge. */
const FAMILIES: readonly (readonly [Declared, Declared])[] = [
  [
    { name: 'c', type: 'counter', labelNames: ['l'], help: 'Old.', series: [] },
    { name: 'c', type: 'counter', labelNames: ['m', 'l'], help: 'New.', series: [] },
  ],
  [
    { name: 'k', type: 'counter', labelNames: ['l'], constantLabels: [['v', '1']], series: [] },
    { name: 'k', type: 'counter', labelNames: ['l'], constantLabels: [['v', '2']], series: [] },
  ],
  [
    { name: 'h', type: 'histogram', bounds: [1, 2], series: [] },
    { name: 'h', type: 'histogram', bounds: [0.5, 1.5, 4], unit: 'seconds', series: [] },
  ],
  [
    { name: 's', type: 'summary', labelNames: ['l'], series: [] },
    { name: 's', type: 'summary', labelNames: ['l'], series: [] },
  ],
  [
    { name: 'i', type: 'info', series: [] },
    { name: 'i', type: 'info', labelNames: ['l'], series: [] },
  ],
  [
    { name: 'x', type: 'counter', series: [] },
    { name: 'x', type: 'gauge', mode: 'max', series: [] },
  ],
  ...MULTIPROCESS_MODES.map((mode): [Declared, Declared] => {
    const declared: Declared = { name: mode, type: 'gauge', mode, labelNames: ['l'], series: [] };
    return [declared, { ...declared, help: 'Of the new version.' }];
  }),
  ...(['all', 'mostrecent'] as const).map((mode): [Declared, Declared] => {
    const name = `enum_${mode}`;
    return [
      { name, type: 'stateset', mode, states: ['a', 'b'], series: [] },
      { name, type: 'stateset', mode, states: ['a', 'c'], series: [] },
    ];
  }),
];

/** What one series of one process holds: whether it was written, what, and when. */
const cell = fc.record({
  values: fc.array(fc.oneof(fc.nat(9), fc.double({ min: 0, max: 1e6, noNaN: true })), {
    minLength: 6,
    maxLength: 6,
  }),
  time: fc.option(fc.integer({ min: 1, max: 50 }), { nil: 0 }),
});

const process = fc.record({
  version: fc.nat(1),
  startTime: fc.nat(9),
  alive: fc.boolean(),
  has: fc.array(fc.boolean(), { minLength: FAMILIES.length, maxLength: FAMILIES.length }),
  labels: fc.uniqueArray(fc.constantFrom('p', 'q', 'r'), { maxLength: 3 }),
  cells: fc.infiniteStream(cell),
});

type Process = typeof process extends fc.Arbitrary<infer Value> ? Value : never;

/** The cells of a series that no two processes wrote at the same moment. */
function cellsOf(
  declared: Declared,
  { values, time }: { values: number[]; time: number },
  n: number,
): number[] {
  const family = { mode: 'sum', bounds: [], states: [], ...declared } as const;
  const stamp = time === 0 ? 0 : time + n / 100;
  if (family.type === 'stateset') {
    const on = stamp === 0 ? 0 : Math.floor(values[0]!) % 2;
    return [on === 0 ? 1 : 0, on, ...(isStamped(family) ? [stamp] : [])];
  }
  if (isStamped(family)) return [stamp === 0 ? 0 : values[0]!, stamp];
  const cells = values.slice(0, cellCount(family));
  if (family.type !== 'gauge') cells[cells.length - 1] = time;
  return cells;
}

function contributionOf(
  { version, has, labels, cells, ...about }: Process,
  n: number,
): Contribution {
  const declared = FAMILIES.filter((_, i) => has[i]).map((versions): Declared => {
    const one = versions[version as 0 | 1];
    const depth = one.labelNames?.length ?? 0;
    const series = (depth === 0 ? labels.slice(0, 1) : labels).map((label): Series => {
      const pairs = one.type === 'info' ? ([['said', label]] as const) : [];
      return [Array(depth).fill(label), cellsOf(one, cells.next().value, n), pairs];
    });
    return { ...one, series };
  });
  return contribution({ id: id(n), process: `p${n}`, ...about }, ...declared);
}

describe('foldInSteps', () => {
  it('leaves every scrape as it was, whatever is folded, in whatever order and grouping', () => {
    const processes = fc.array(process, { minLength: 1, maxLength: 8 });
    const choices = fc.infiniteStream(fc.boolean());
    fc.assert(
      fc.property(processes, choices, (given, folds) => {
        let contributions = given.map(contributionOf);
        const before = shown(contributions);
        for (let round = 0; round < 4; round++) {
          const ended = contributions.filter(
            ({ alive, folded, id }) =>
              !alive && (folded !== undefined || id.endsWith('own') || folds.next().value),
          );
          const others = contributions.filter((one) => !ended.includes(one));
          contributions = [...others, ...fold(ended)];
          deepEqual(shown(contributions), before);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('keeps one sum of any number of processes, and what it lost by rounding', () => {
    const series: Series[] = [[[], [0.1, 5]]];
    const ended = Array.from({ length: 1000 }, (_, n) =>
      contribution({ id: id(n), alive: false }, { name: 'c', type: 'counter', series }),
    );
    const folded = fold(ended);
    equal(folded.length, 2);
    deepEqual(lines(new Merger().merge(folded).families), ['c_total 100']);
  });

  it('makes one of many declarations that differ in constant labels', () => {
    const version = (n: number): Declared => ({
      name: 'c',
      type: 'counter',
      constantLabels: [['worker', `w${n}`]],
      series: [[[], [n, 5]]],
    });
    let folded: Contribution[] = [];
    for (let n = 10; n < 40; n++) {
      const ended = contribution({ id: id(n), startTime: n, alive: false }, version(n));
      folded = fold([...folded, ended]);
    }
    equal(folded.length, 8);
    const want = Array.from({ length: 30 }, (_, i) => `c_total{worker="w${i + 10}"} ${i + 10}`);
    deepEqual(lines(new Merger().merge(folded).families), want);
  });

  it('keeps of many statements the last one', () => {
    const stating = (n: number): Contribution =>
      contribution(
        { id: id(n), startTime: n, alive: false },
        { name: 'i', type: 'info', help: `${n}`, series: [[[], [], [['version', `${n}`]]]] },
      );
    const folded = fold(Array.from({ length: 50 }, (_, n) => stating(n)));
    equal(folded.length, 1);
    deepEqual(lines(new Merger().merge(folded).families), ['i_info{version="49"} 1']);
  });
});

import { deepEqual } from 'node:assert/strict';
import { describe, it } from 'node:test';
import { contribution, lines, type Series } from '../../test/contributions.ts';
import type { Contribution } from './contribution.ts';
import { type FoldedPart, foldInSteps } from './folded-parts.ts';
import { Merger } from './merger.ts';

const LIMITED = { name: 'c', type: 'counter', labelNames: ['l'], maxChildren: 2 } as const;

/** A process that ended, with counts by label. */
function dead(n: number, counts: Readonly<Record<string, number>>, declared: object = LIMITED) {
  const series = Object.entries(counts).map(([label, count]): Series => [[label], [count, n]]);
  const id = n.toString(16).padStart(32, '0');
  return contribution({ id, startTime: n, alive: false }, { ...LIMITED, ...declared, series });
}

/** The contributions as they are once they were folded. */
function fold(contributions: readonly Contribution[]): Contribution[] {
  const steps = foldInSteps(contributions);
  let step = steps.next();
  while (!step.done) step = steps.next();
  return step.value.map(({ families, ...about }: FoldedPart) =>
    contribution(
      { ...about, alive: false, folded: about.folded! },
      ...families.map(({ family, series }) => ({
        ...family,
        series: series.map(({ labelValues, cells }): Series => [labelValues, [...cells]]),
      })),
    ),
  );
}

function shown(contributions: readonly Contribution[]): string[] {
  return lines(new Merger().merge(contributions).families);
}

describe('What is folded of a metric with a limit', () => {
  it('stays within it, the rest added to the child for the rest', () => {
    deepEqual(shown(fold([dead(1, { a: 1, b: 2 }), dead(2, { c: 4, d: 8 })])), [
      'c_total{l="__overflow__"} 12',
      'c_total{l="a"} 1',
      'c_total{l="b"} 2',
    ]);
  });

  it('keeps the series that an archive had before', () => {
    const archive = fold([dead(1, { y: 1, z: 2 })]);
    deepEqual(shown(fold([...archive, dead(2, { a: 4, z: 8, __overflow__: 16 })])), [
      'c_total{l="__overflow__"} 20',
      'c_total{l="y"} 1',
      'c_total{l="z"} 10',
    ]);
  });

  it('is all of it where it fits, the child for the rest not counted', () => {
    deepEqual(shown(fold([dead(1, { a: 1, __overflow__: 2 }), dead(2, { b: 4 })])), [
      'c_total{l="__overflow__"} 2',
      'c_total{l="a"} 1',
      'c_total{l="b"} 4',
    ]);
  });

  it('is all of it where there is no limit', () => {
    const free = { maxChildren: undefined };
    deepEqual(shown(fold([dead(1, { a: 1, b: 2 }, free), dead(2, { c: 4 }, free)])), [
      'c_total{l="a"} 1',
      'c_total{l="b"} 2',
      'c_total{l="c"} 4',
    ]);
  });

  it('does not grow with the processes', () => {
    let archive: Contribution[] = [];
    for (let n = 1; n <= 50; n++) archive = fold([...archive, dead(n, { [`user-${n}`]: 1 })]);
    deepEqual(shown(archive), [
      'c_total{l="__overflow__"} 48',
      'c_total{l="user-1"} 1',
      'c_total{l="user-2"} 1',
    ]);
  });
});

import { deepEqual } from 'node:assert/strict';
import { describe, it } from 'node:test';
import { contribution } from '../../test/contributions.ts';
import { nativeBuckets, nativeHistogram } from '../../test/native-buckets.ts';
import { recordFamily } from '../../test/recorded-family.ts';
import type { Contribution } from './contribution.ts';
import { Merger } from './merger.ts';

const DECLARED = {
  name: 'h',
  type: 'histogram',
  labelNames: ['l'],
  bounds: [1],
  native: { schema: 0, zeroThreshold: 0, maxBuckets: Infinity, maxZeroThreshold: 0 },
} as const;

/** Two observations in a native bucket and in the classic one, of the series `a` alone. */
function someNative(): Contribution {
  const made = contribution(
    { id: 'a' },
    {
      ...DECLARED,
      series: [
        [['a'], [2, 0, 1, 5]],
        [['b'], [0, 3, 9, 5]],
      ],
    },
  );
  const [family] = made.families;
  const { index } = family!.series[0]!;
  const current = nativeHistogram({ positive: nativeBuckets([-1, 2]) });
  return { ...made, families: [{ ...family!, natives: [{ series: index, current }] }] };
}

/** Cells and native buckets above 0 of each series. */
function shown(contributions: readonly Contribution[]): unknown {
  const [family] = new Merger().merge(contributions).families;
  return recordFamily(family!).points.map(({ point }) => [
    point[2],
    (point[6] as { positive: unknown }).positive,
  ]);
}

describe('Native buckets of several processes', () => {
  it('are counted once where one process has them of some series only, as after a full disk', () => {
    deepEqual(shown([someNative()]), [
      [[2, 2], [[-1, 2]]],
      [[0, 3], [[1025, 3]]],
    ]);
  });

  it('are none of what rounding took from sums of classic buckets', () => {
    const rest = contribution(
      { id: 'r', alive: false, folded: 'rest' },
      { ...DECLARED, series: [[['a'], [0.25, 0, 0.5, 0]]] },
    );
    deepEqual(shown([someNative(), rest]), shown([someNative()]));
  });
});

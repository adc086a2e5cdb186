import { deepEqual, equal } from 'node:assert/strict';
import { describe, it } from 'node:test';
import { judge, toTable } from './table.ts';

const rounds = {
  promethium: [3, 2, 30],
  'prom-client': [200, 90, 100],
  '@prometheus-io/client': [110, 120, 130],
  bare: [2, 2, 2],
};

describe('judge', () => {
  it('compares medians, so that one slow round decides nothing', () => {
    deepEqual(judge({ goal: { incumbent: 33, bare: 1.5 }, rounds }), {
      spreads: {
        promethium: { median: 3, min: 2, max: 30 },
        'prom-client': { median: 100, min: 90, max: 200 },
        '@prometheus-io/client': { median: 120, min: 110, max: 130 },
        bare: { median: 2, min: 2, max: 2 },
      },
      incumbent: 100 / 3,
      python: undefined,
      bare: 1.5,
      reached: true,
    });
  });

  for (const goal of [{ incumbent: 34 }, { bare: 1.4 }, { most: 2.9 }]) {
    it(`sees that a goal is missed: ${JSON.stringify(goal)}`, () => {
      equal(judge({ goal, rounds }).reached, false);
    });
  }

  it('compares with Python where that took part', () => {
    const beside = { ...rounds, prometheus_client: [240, 241, 239] };
    equal(judge({ goal: {}, rounds: beside }).python, 80);
    equal(judge({ goal: { python: 80 }, rounds: beside }).reached, true);
    equal(judge({ goal: { python: 81 }, rounds: beside }).reached, false);
  });
});

describe('toTable', () => {
  it('shows medians with their spread, ratios, goals, and what is missed', () => {
    const result = { name: 'x', title: 'doing it', unit: 'ns', rounds } as const;
    const { bare: _, ...withoutBare } = rounds;
    equal(
      toTable([
        { ...result, goal: { incumbent: 40, bare: 1.3 } },
        { ...result, title: 'loading', goal: { most: 5 }, rounds: withoutBare },
        {
          ...result,
          title: 'beside Python',
          goal: { python: 80 },
          rounds: { ...withoutBare, prometheus_client: [240, 241, 239] },
        },
        { ...result, title: 'alone', goal: { most: 5 }, rounds: { promethium: [3, 2, 30] } },
      ]),
      `\
| median (min–max)  |           promethium |  prom-client | @prometheus-io/client | prometheus_client |    bare |           against the better |     against bare |
| ----------------- | -------------------: | -----------: | --------------------: | ----------------: | ------: | ---------------------------: | ---------------: |
| doing it, ns      |             3 (2–30) | 100 (90–200) |         120 (110–130) |                   | 2 (2–2) |           33.3× (goal 40×) ✗ | 1.5× (goal 1.3×) |
| loading, ns       | 3 (2–30) (goal 5 ns) | 100 (90–200) |         120 (110–130) |                   |         |                        33.3× |                  |
| beside Python, ns |             3 (2–30) | 100 (90–200) |         120 (110–130) |     240 (239–241) |         | 33.3×; Python 80× (goal 80×) |                  |
| alone, ns         | 3 (2–30) (goal 5 ns) |              |                       |                   |         |                              |                  |`,
    );
  });
});

import { deepEqual, equal, throws } from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  GaugeHistogramMetricFamily,
  HistogramMetricFamily,
  type SummaryMetric,
  SummaryMetricFamily,
} from './distribution-families.ts';
import type { FamilyWriter, HistogramPoint } from './family.ts';

describe('SummaryMetricFamily', () => {
  const family = (): SummaryMetricFamily =>
    new SummaryMetricFamily({ name: 's', help: '', labelNames: ['a'] });

  it('shows quantiles, sum and count', () => {
    const quantiles = [
      [0, -1],
      [0.5, 2],
      [1, Number.NaN],
    ] as const;
    deepEqual(family().addMetric(['x'], { count: 2, sum: -3.5, quantiles, timestamp: 7 }).samples, [
      { name: 's', labels: { a: 'x', quantile: '0.0' }, value: -1, timestamp: 7 },
      { name: 's', labels: { a: 'x', quantile: '0.5' }, value: 2, timestamp: 7 },
      { name: 's', labels: { a: 'x', quantile: '1.0' }, value: Number.NaN, timestamp: 7 },
      { name: 's_sum', labels: { a: 'x' }, value: -3.5, timestamp: 7 },
      { name: 's_count', labels: { a: 'x' }, value: 2, timestamp: 7 },
    ]);
  });

  const refused: readonly (readonly [object, string, string])[] = [
    [{ sum: 1 }, 'TypeError', 'count is no number, expected a number, got undefined'],
    [{ count: 1 }, 'TypeError', 'sum is no number, expected a number, got undefined'],
    [
      { quantiles: [[0.5, '1']] },
      'TypeError',
      'quantile value is no number, expected a number, got "1"',
    ],
    [
      { quantiles: [[-0.1, 1]] },
      'RangeError',
      'quantile 0 is out of place, expected quantiles ascending from 0 to 1, got -0.1',
    ],
    [
      { quantiles: [[1.1, 1]] },
      'RangeError',
      'quantile 0 is out of place, expected quantiles ascending from 0 to 1, got 1.1',
    ],
    [
      {
        quantiles: [
          [0.5, 1],
          [0.5, 2],
        ],
      },
      'RangeError',
      'quantile 1 is out of place, expected quantiles ascending from 0 to 1, got 0.5',
    ],
    [
      { quantiles: [[Number.NaN, 1]] },
      'RangeError',
      'quantile 0 is out of place, expected quantiles ascending from 0 to 1, got NaN',
    ],
    [{ created: '0' }, 'TypeError', 'start time is no time, expected Unix seconds, got "0"'],
  ];
  for (const [given, name, message] of refused) {
    it(`refuses with "${message}"`, () => {
      const metric = 'count' in given || 'sum' in given ? given : { count: 1, sum: 1, ...given };
      throws(() => family().addMetric(['x'], metric as SummaryMetric), {
        name,
        message: `summary "s": ${message}`,
      });
    });
  }
});

for (const [Family, type, sum, count] of [
  [HistogramMetricFamily, 'histogram', 'h_sum', 'h_count'],
  [GaugeHistogramMetricFamily, 'gaugehistogram', 'h_gsum', 'h_gcount'],
] as const) {
  describe(Family.name, () => {
    const family = (): HistogramMetricFamily | GaugeHistogramMetricFamily =>
      new Family({ name: 'h', help: '' });

    it(`shows buckets, ${sum} and ${count}`, () => {
      const exemplar = { labels: { trace_id: 'a' }, value: 0.7 };
      const buckets = [
        [0.5, 1],
        [1e6, 3, exemplar],
        [Infinity, 3],
      ] as const;
      deepEqual(family().addMetric([], { buckets, sum: 12 }).samples, [
        { name: 'h_bucket', labels: { le: '0.5' }, value: 1 },
        { name: 'h_bucket', labels: { le: '1e+06' }, value: 3, exemplar },
        { name: 'h_bucket', labels: { le: '+Inf' }, value: 3 },
        { name: sum, labels: {}, value: 12 },
        { name: count, labels: {}, value: 3 },
      ]);
    });

    it('leaves out a sum that nobody knows, and does with the last bucket alone', () => {
      deepEqual(family().addMetric([], { buckets: [[Infinity, 0]] }).samples, [
        { name: 'h_bucket', labels: { le: '+Inf' }, value: 0 },
        { name: count, labels: {}, value: 0 },
      ]);
    });

    it('hands metrics with the same bounds one array of them', () => {
      const shared = family();
      for (const n of [1, 2])
        shared.addMetric([], {
          buckets: [
            [1, n],
            [Infinity, n],
          ],
          timestamp: n,
        });
      const seen: (readonly number[])[] = [];
      const writer = {
        full: false,
        begin() {},
        at() {},
        histogram: (p: HistogramPoint) => seen.push(p.bounds),
      };
      shared.walk(writer as unknown as FamilyWriter).advance();
      equal(seen.length, 2);
      equal(seen[0], seen[1]);
    });

    const refused: readonly (readonly [unknown, string, string])[] = [
      [[], 'RangeError', 'buckets have no end, expected a last bucket for Infinity, got []'],
      [
        [[1, 2]],
        'RangeError',
        'buckets have no end, expected a last bucket for Infinity, got [[1, 2]]',
      ],
      [
        { 1: 2 },
        'RangeError',
        'buckets have no end, expected a last bucket for Infinity, got an object',
      ],
      [
        [
          ['1', 2],
          [Infinity, 2],
        ],
        'TypeError',
        'bound is no number, expected a number, got "1"',
      ],
      [
        [
          [1, null],
          [Infinity, 2],
        ],
        'TypeError',
        'bucket is no number, expected a number, got null',
      ],
      [
        [
          [2, 1],
          [1, 1],
          [Infinity, 2],
        ],
        'RangeError',
        'bucket 0 is out of order, expected ascending bounds, got [2, 1]',
      ],
      [
        [
          [Infinity, 1],
          [Infinity, 2],
        ],
        'RangeError',
        'bucket 0 is out of order, expected ascending bounds, got [Infinity]',
      ],
      [
        [
          [Number.NaN, 1],
          [Infinity, 2],
        ],
        'RangeError',
        'bucket 0 is out of order, expected ascending bounds, got [NaN]',
      ],
      [
        [
          [1, 3],
          [Infinity, 2],
        ],
        'RangeError',
        'bucket 1 is not cumulative, expected at least 3, got 2',
      ],
      [
        [
          [1, -1],
          [Infinity, 2],
        ],
        'RangeError',
        'bucket 0 is not cumulative, expected at least 0, got -1',
      ],
      [
        [
          [1, Number.NaN],
          [Infinity, 2],
        ],
        'RangeError',
        'bucket 0 is not cumulative, expected at least 0, got NaN',
      ],
    ];
    for (const [buckets, name, message] of refused) {
      it(`refuses with "${message}"`, () => {
        throws(() => family().addMetric([], { buckets: buckets as never }), {
          name,
          message: `${type} "h": ${message}`,
        });
      });
    }

    it('refuses a sum that is no number', () => {
      throws(() => family().addMetric([], { buckets: [[Infinity, 0]], sum: null as never }), {
        name: 'TypeError',
        message: `${type} "h": sum is no number, expected a number, got null`,
      });
    });
  });
}

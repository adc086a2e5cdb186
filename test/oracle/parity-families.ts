/** Draws the families of custom collectors, with values that both clients and OpenMetrics take. */

import fc from 'fast-check';
import type { Exemplar, MetricType, Timestamp } from '../../src/index.ts';
import { isTornByEscaping } from './parity-differences.ts';
import type { FamilyPlan, MetricPlan } from './parity-program.ts';
import { anyAmount, anyExemplar, anyNumber, anyText } from './random-values.ts';

const TYPES: readonly MetricType[] = [
  'counter',
  'gauge',
  'summary',
  'histogram',
  'gaugehistogram',
  'info',
  'stateset',
  'unknown',
];

interface Source {
  readonly name: fc.Arbitrary<string>;
  readonly unit: fc.Arbitrary<string>;
  readonly labelNames: fc.Arbitrary<string[]>;
  /** All types, those included whose names dots and values would tear. */
  readonly whole: boolean;
}

/**
 * A time that is the same in milliseconds however it is rounded: Python's text cuts off what is
 * below one, where 1.001 is a little less than 1001 of them.
 */
const timestamp: fc.Arbitrary<Timestamp> = fc.record({
  seconds: fc.nat(4e9),
  nanos: fc.nat(7).map((eighths) => eighths * 125_000_000),
});

/** An exemplar that is within the limits: beyond them, Python shows what its own parser refuses. */
const exemplar: fc.Arbitrary<Exemplar> = fc
  .record({ drawn: anyExemplar, at: fc.option(timestamp, { nil: undefined }) })
  .map(({ drawn: { labels, value }, at }) => ({
    labels: [...Object.entries(labels).flat().join('')].length > 128 ? {} : labels,
    value,
    ...(at !== undefined && { timestamp: at }),
  }));

/** Draws a family. */
export function anyFamily({ name, unit, labelNames, whole }: Source): fc.Arbitrary<FamilyPlan> {
  const types = TYPES.filter((type) => whole || !isTornByEscaping(type));
  return fc
    .record({ type: fc.constantFrom(...types), labels: labelNames, timed: fc.boolean() })
    .chain(({ type, labels, timed }) =>
      fc.record({
        type: fc.constant(type),
        name,
        // Python's info metrics and state sets take none, and these refuse it.
        unit: type === 'info' || type === 'stateset' ? fc.constant('') : unit,
        help: anyText,
        labelNames: fc.constant(labels),
        metrics: fc.uniqueArray(anyMetric(type, labels, timed), {
          maxLength: 3,
          selector: (metric) => JSON.stringify(metric.labels),
        }),
      }),
    );
}

function anyMetric(
  type: MetricType,
  labelNames: readonly string[],
  timed: boolean,
): fc.Arbitrary<MetricPlan> {
  return fc
    .record({
      labels: fc.tuple(...labelNames.map(() => fc.oneof(fc.constantFrom('x', 'y'), anyText))),
      at: timestamp,
      rest: REST[type](labelNames),
    })
    .map(({ labels, at, rest }) => ({ labels, ...rest, ...(timed && { timestamp: at }) }));
}

type Rest = Omit<MetricPlan, 'labels' | 'timestamp'>;
type AnyRest = (labelNames: readonly string[]) => fc.Arbitrary<Rest>;

const anyValue: AnyRest = () => fc.record({ value: anyNumber });

/** Sums are always given: without one, Python leaves out the count as well. */
function anyBuckets(exemplars: boolean): AnyRest {
  return () =>
    fc
      .record({
        bounds: fc.uniqueArray(
          fc.oneof(fc.double({ min: 0, noNaN: true, noDefaultInfinity: true }), fc.nat(1e7)),
          {
            maxLength: 3,
          },
        ),
        counts: fc.array(fc.nat(1e6), { minLength: 4, maxLength: 4 }),
        sum: anyAmount,
        exemplar: fc.option(exemplar, { nil: undefined }),
      })
      .map(({ bounds, counts, sum, exemplar: one }) => {
        let count = 0;
        const ascending = bounds.map((bound) => bound + 0).sort((a, b) => a - b);
        const buckets = [...ascending, Infinity].map((bound, i) => {
          count += counts[i]!;
          return one !== undefined && exemplars
            ? ([bound, count, one] as const)
            : ([bound, count] as const);
        });
        return { buckets, sum };
      });
}

const REST: Readonly<Record<MetricType, AnyRest>> = {
  counter: () =>
    fc
      .record({ value: anyAmount, exemplar: fc.option(exemplar, { nil: undefined }) })
      .map(({ value, exemplar: one }) => ({ value, ...(one !== undefined && { exemplar: one }) })),
  gauge: anyValue,
  unknown: anyValue,
  summary: () => fc.record({ count: fc.nat(), sum: anyAmount }),
  histogram: anyBuckets(true),
  // Python's gauge histograms have no exemplars.
  gaugehistogram: anyBuckets(false),
  info: (labelNames) =>
    fc.record({
      // Python lets facts overwrite labels.
      value: fc.dictionary(
        fc.constantFrom('version', 'commit', 'l.2').filter((name) => !labelNames.includes(name)),
        anyText,
        { maxKeys: 2, noNullPrototype: true },
      ),
    }),
  stateset: () =>
    fc.record({
      value: fc.dictionary(anyText, fc.boolean(), { maxKeys: 3, noNullPrototype: true }),
    }),
};

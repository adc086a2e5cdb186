/** Families of custom collectors drawn at random, as data, and made as it says. */

import fc from 'fast-check';
import {
  CounterMetricFamily,
  type Exemplar,
  GaugeHistogramMetricFamily,
  GaugeMetricFamily,
  HistogramMetricFamily,
  InfoMetricFamily,
  type MetricFamily,
  type MetricFamilyOptions,
  type MetricType,
  StateSetMetricFamily,
  SummaryMetricFamily,
  type Timestamp,
  UnknownMetricFamily,
} from '../../src/index.ts';
import {
  anyAmount,
  anyBounds,
  anyExemplar,
  anyLabelName,
  anyName,
  anyNumber,
  anyText,
  anyTimestamp,
  canNameStates,
  type Numbers,
} from './random-values.ts';

interface MetricPlan {
  readonly labels: readonly string[];
  readonly value: number;
  readonly amount: number;
  readonly count: number;
  readonly sum: number | undefined;
  readonly bounds: readonly number[];
  /** What each bucket adds to the one before. */
  readonly counts: readonly number[];
  readonly quantiles: readonly number[];
  readonly exemplar: Exemplar | undefined;
  readonly facts: Readonly<Record<string, string>>;
  readonly states: readonly (readonly [state: string, on: boolean])[];
  readonly timestamp: Timestamp;
}

/** A family and its metrics. */
export interface FamilyPlan {
  readonly type: MetricType;
  readonly options: Required<Omit<MetricFamilyOptions, 'unit'>>;
  /** The unit is named, where the name has one. */
  readonly withUnit: boolean;
  /** All of its samples have a time, or none has: OpenMetrics asks for that. */
  readonly timed: boolean;
  readonly metrics: readonly MetricPlan[];
}

/** Draws a family. */
export function familyPlan(numbers: Numbers): fc.Arbitrary<FamilyPlan> {
  return fc.uniqueArray(anyLabelName, { maxLength: 3 }).chain((labelNames) =>
    fc.record({
      type: fc.constantFrom(
        'counter',
        'gauge',
        'summary',
        'histogram',
        'gaugehistogram',
        'info',
        'stateset',
        'unknown',
      ),
      options: fc.record({
        name: fc.oneof(anyName, fc.constantFrom('x_seconds', 'y_seconds_total')),
        help: anyText,
        labelNames: fc.constant(labelNames),
      }),
      withUnit: fc.boolean(),
      timed: fc.boolean(),
      metrics: fc.uniqueArray(metricPlan(labelNames, numbers), {
        maxLength: 3,
        selector: ({ labels }) => JSON.stringify(labels),
      }),
    }),
  );
}

function metricPlan(labelNames: readonly string[], numbers: Numbers): fc.Arbitrary<MetricPlan> {
  return fc.record({
    labels: fc.tuple(...labelNames.map(() => anyText)),
    value: anyNumber,
    amount: anyAmount,
    count: numbers.count,
    sum: fc.option(numbers.sum, { nil: undefined }),
    bounds: anyBounds,
    counts: fc.array(numbers.count, { minLength: 6, maxLength: 6 }),
    quantiles: fc.array(numbers.sum, { minLength: 6, maxLength: 6 }),
    exemplar: fc.option(anyExemplar, { nil: undefined }),
    facts: fc.dictionary(
      anyLabelName.filter((name) => !labelNames.includes(name)),
      anyText,
      { maxKeys: 3, noNullPrototype: true },
    ),
    states: fc.uniqueArray(fc.tuple(anyText, fc.boolean()), {
      maxLength: 3,
      selector: ([state]) => state,
    }),
    timestamp: anyTimestamp,
  });
}

/** Makes the family; nothing where it would be refused for its name. */
export function toFamily({
  type,
  options,
  withUnit,
  timed,
  metrics,
}: FamilyPlan): MetricFamily | undefined {
  if (type === 'stateset' && !canNameStates(options.name, options.labelNames)) return undefined;
  const word = type === 'counter' ? options.name.replace(/_total$/, '') : options.name;
  const unit = withUnit && word.endsWith('_seconds') ? 'seconds' : '';
  const family = new FAMILIES[type]({ ...options, unit });
  for (const metric of metrics) {
    ADD[type](family, metric, timed ? { timestamp: metric.timestamp } : {});
  }
  return family;
}

const FAMILIES = {
  counter: CounterMetricFamily,
  gauge: GaugeMetricFamily,
  summary: SummaryMetricFamily,
  histogram: HistogramMetricFamily,
  gaugehistogram: GaugeHistogramMetricFamily,
  info: InfoMetricFamily,
  stateset: StateSetMetricFamily,
  unknown: UnknownMetricFamily,
};

type Add = (
  family: MetricFamily,
  metric: MetricPlan,
  timed: { readonly timestamp?: Timestamp },
) => unknown;

const addBuckets: Add = (family, { labels, bounds, counts, sum, exemplar }, { timestamp }) => {
  let count = 0;
  const buckets = [...bounds, Infinity].map((bound, i) => {
    count += counts[i]!;
    return [bound, count, ...(exemplar && i % 2 === 0 ? [exemplar] : [])] as const;
  });
  return (family as HistogramMetricFamily).addMetric(labels, {
    buckets: buckets as never,
    ...(sum !== undefined && { sum }),
    ...(timestamp !== undefined && { timestamp }),
  });
};

const ADD: Readonly<Record<MetricType, Add>> = {
  counter: (family, { labels, amount, exemplar }, timed) =>
    (family as CounterMetricFamily).addMetric(labels, amount, {
      ...timed,
      ...(exemplar !== undefined && { exemplar }),
    }),
  gauge: (family, { labels, value }, timed) =>
    (family as GaugeMetricFamily).addMetric(labels, value, timed),
  summary: (family, { labels, count, sum = 0, bounds, quantiles }, timed) =>
    (family as SummaryMetricFamily).addMetric(labels, {
      count,
      sum,
      quantiles: bounds
        .filter((bound) => bound >= 0 && bound <= 1)
        .map((quantile, i) => [quantile, quantiles[i]!]),
      ...timed,
    }),
  histogram: addBuckets,
  gaugehistogram: addBuckets,
  info: (family, { labels, facts }, timed) =>
    (family as InfoMetricFamily).addMetric(labels, facts, timed),
  stateset: (family, { labels, states }, timed) =>
    (family as StateSetMetricFamily).addMetric(labels, Object.fromEntries(states), timed),
  unknown: (family, { labels, value }, timed) =>
    (family as UnknownMetricFamily).addMetric(labels, value, timed),
};

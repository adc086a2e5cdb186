/** Instruments drawn at random, as data, and used as it says. */

import fc from 'fast-check';
import {
  type CollectorRegistry,
  Counter,
  type CounterChild,
  Enum,
  type EnumChild,
  Gauge,
  type GaugeChild,
  Histogram,
  Info,
  type InfoChild,
  type ObservingChild,
  Summary,
} from '../../src/index.ts';
import {
  anyBounds,
  anyLabelName,
  anyName,
  anyText,
  canNameStates,
  type Numbers,
} from './random-values.ts';

interface SeriesPlan {
  readonly labels: readonly string[];
  readonly numbers: readonly number[];
  readonly state: number;
  readonly facts: Readonly<Record<string, string>>;
}

/** An instrument and what is done with it. */
export interface InstrumentPlan {
  readonly type: 'counter' | 'gauge' | 'summary' | 'histogram' | 'info' | 'enum';
  readonly name: string;
  readonly help: string;
  readonly labelNames: readonly string[];
  readonly buckets: readonly number[];
  readonly states: readonly string[];
  readonly series: readonly SeriesPlan[];
}

/** Draws an instrument. */
export function instrumentPlan(numbers: Numbers): fc.Arbitrary<InstrumentPlan> {
  return fc.uniqueArray(anyLabelName, { maxLength: 3 }).chain((labelNames) =>
    fc.record({
      type: fc.constantFrom('counter', 'gauge', 'summary', 'histogram', 'info', 'enum'),
      name: anyName,
      help: anyText.map((text) => text || 'Help.'),
      labelNames: fc.constant(labelNames),
      buckets: anyBounds.map((bounds) => (bounds.length === 0 ? [1] : bounds)),
      states: fc.uniqueArray(anyText, { minLength: 1, maxLength: 3 }),
      series: fc.array(seriesPlan(labelNames, numbers), { maxLength: 3 }),
    }),
  );
}

function seriesPlan(
  labelNames: readonly string[],
  { observation }: Numbers,
): fc.Arbitrary<SeriesPlan> {
  return fc.record({
    labels: fc.tuple(...labelNames.map(() => anyText)),
    numbers: fc.array(observation, { maxLength: 4 }),
    state: fc.nat(2),
    facts: fc.dictionary(
      anyLabelName.filter((name) => !labelNames.includes(name)),
      anyText,
      { maxKeys: 3, noNullPrototype: true },
    ),
  });
}

/** Registers the instrument and does with it what was drawn. */
export function useInstrument(plan: InstrumentPlan, registry: CollectorRegistry): void {
  const { type, name, help, labelNames, series } = plan;
  if (type === 'enum' && !canNameStates(name, labelNames)) return;
  const metric = declare(plan, { name, help, labelNames: [...labelNames], registry });
  for (const one of series) {
    const child = labelNames.length === 0 ? metric : (metric as Parent).labels(...one.labels);
    use(child as Child, one, plan);
  }
}

interface Parent {
  labels(...values: readonly string[]): unknown;
}

type Child = CounterChild | GaugeChild | ObservingChild | InfoChild | EnumChild;

function declare(
  { type, buckets, states }: InstrumentPlan,
  options: { name: string; help: string; labelNames: string[]; registry: CollectorRegistry },
): unknown {
  switch (type) {
    case 'counter':
      return new Counter(options);
    case 'gauge':
      return new Gauge(options);
    case 'summary':
      return new Summary(options);
    case 'histogram':
      return new Histogram({ ...options, buckets });
    case 'info':
      return new Info(options);
    case 'enum':
      return new Enum({ ...options, states });
  }
}

function use(
  child: Child,
  { numbers, state, facts }: SeriesPlan,
  { states }: InstrumentPlan,
): void {
  if ('state' in child) child.state(states[state % states.length]!);
  else if ('info' in child) child.info(facts);
  else if ('observe' in child) for (const number of numbers) child.observe(number);
  else if ('set' in child) for (const number of numbers) child.set(number);
  else {
    for (const number of numbers) if (Number.isFinite(number)) child.inc(Math.abs(number));
  }
}

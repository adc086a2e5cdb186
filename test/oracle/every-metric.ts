/**
 * One registry with every type of instrument and every family class in it, and values and labels
 * that writers and readers get wrong, beside what a reader has to make of them.
 */

import {
  type Collector,
  CollectorRegistry,
  Counter,
  CounterMetricFamily,
  Enum,
  Gauge,
  GaugeHistogramMetricFamily,
  GaugeMetricFamily,
  Histogram,
  HistogramMetricFamily,
  Info,
  InfoMetricFamily,
  type MetricFamily,
  StateSetMetricFamily,
  Summary,
  SummaryMetricFamily,
  UnknownMetricFamily,
} from '../../src/index.ts';
import type { Series } from './prometheus.ts';

/** Label values that break whoever forgets an escape, or splits lines where there are none. */
export const HOSTILE_LABELS: readonly string[] = [
  'say "hi"',
  '"',
  'C:\\new\\table',
  'ends with \\',
  '\\"',
  '\\n',
  'two\nlines',
  '\n',
  '\r\n\t\v\f\0',
  '{a="b"} 1',
  '# EOF',
  'a,b="c",',
  '  spaces  ',
  'é, 漢字, ة',
  'e\u0301',
  '🦀 👩‍🚀',
  '\u{10ffff}',
  '\ufffd',
  '\ufeff',
  '\u0085\u2028\u2029\u00a0',
];

/** Values at the edges of what a double holds and of how writers write it. */
export const HOSTILE_VALUES: readonly number[] = [
  0,
  -0,
  -1,
  0.1 + 0.2,
  -1 / 3,
  123_456_789.123_456_78,
  1e6,
  2 ** 31 - 1,
  2 ** 31,
  -(2 ** 31) - 1,
  2 ** 53 - 1,
  2 ** 53,
  1e20,
  1e21,
  1.797_693_134_862_315_7e308,
  -5e-324,
  1e-7,
  Infinity,
  -Infinity,
  Number.NaN,
];

/** Help texts that have to be escaped, in one format or the other. */
export const HOSTILE_HELP = 'A "quote", a \\ and\na second line; \\n is none. 漢字 🦀';

/** When the observation of the exemplar was made. */
export const EXEMPLAR_TIME: number = Date.now() / 1000 - 60;

/** Every type of instrument, used. */
export function declareInstruments(registry: CollectorRegistry): void {
  new Counter({ name: 'jobs_total', help: HOSTILE_HELP, registry }).inc(9_007_199_254_740_991);
  const read = new Counter({ name: 'read_bytes', help: 'Read.', labelNames: ['file'], registry });
  HOSTILE_LABELS.forEach((file, i) => {
    read.labels(file).inc(i + 0.1);
  });
  const level = new Gauge({ name: 'level', help: 'Level.', labelNames: ['case'], registry });
  HOSTILE_VALUES.forEach((value, i) => {
    level.labels(i).set(value);
  });
  const size = new Summary({ name: 'size_bytes', help: 'Sizes.', labelNames: ['to'], registry });
  size.labels('a').observe(0.1);
  size.labels('a').observe(0.2);
  const duration = new Histogram({
    name: 'duration_seconds',
    help: 'Durations.',
    labelNames: ['route'],
    buckets: [0.005, 1, 2.5, 1e6, 12_345_678],
    registry,
  });
  for (const seconds of [0.005, 0.3, 1, 2.4, 1e6, 2e9]) duration.labels('/"').observe(seconds);
  new Info({ name: 'build_info', help: 'Build.', registry }).info({ version: '1.2\n3', arch: 'x' });
  const state = new Enum({
    name: 'breaker',
    help: 'Breaker.',
    labelNames: ['peer'],
    states: ['closed', 'half "open"'],
    registry,
  });
  state.labels('b').state('half "open"');
}

/** What {@linkcode declareInstruments} leaves, as series. */
export const INSTRUMENT_SERIES: readonly Series[] = [
  ['jobs_total', {}, 9_007_199_254_740_991],
  ...HOSTILE_LABELS.map((file, i): Series => ['read_bytes_total', { file }, i + 0.1]),
  ...HOSTILE_VALUES.map((value, i): Series => ['level', { case: String(i) }, value]),
  ['size_bytes_count', { to: 'a' }, 2],
  ['size_bytes_sum', { to: 'a' }, 0.300_000_000_000_000_04],
  ['duration_seconds_bucket', { route: '/"', le: '0.005' }, 1],
  ['duration_seconds_bucket', { route: '/"', le: '1.0' }, 3],
  ['duration_seconds_bucket', { route: '/"', le: '2.5' }, 4],
  ['duration_seconds_bucket', { route: '/"', le: '1e+06' }, 5],
  ['duration_seconds_bucket', { route: '/"', le: '1.2345678e+07' }, 5],
  ['duration_seconds_bucket', { route: '/"', le: '+Inf' }, 6],
  ['duration_seconds_count', { route: '/"' }, 6],
  ['duration_seconds_sum', { route: '/"' }, 2_001_000_003.705],
  ['build_info', { version: '1.2\n3', arch: 'x' }, 1],
  ['breaker', { peer: 'b', breaker: 'closed' }, 0],
  ['breaker', { peer: 'b', breaker: 'half "open"' }, 1],
];

/** A collector of all eight family classes. */
export const COLLECTOR: Collector = { collect: () => collectFamilies() };

function collectFamilies(): MetricFamily[] {
  // No hostile label: Prometheus 2.42 leaves the escapes in exemplars as they are.
  const exemplar = { labels: { trace_id: '漢' }, value: 0.25, timestamp: EXEMPLAR_TIME };
  return [
    new CounterMetricFamily({ name: 'packets_total', help: 'Packets.', labelNames: ['if'] })
      .addMetric(['eth0'], 1234.5, { exemplar })
      .addMetric(['lo'], Infinity, { created: 1_700_000_000 }),
    new GaugeMetricFamily({ name: 'room_celsius', help: '', unit: 'celsius' }).addMetric([], -3.25),
    new SummaryMetricFamily({ name: 'age_seconds', help: 'Ages.', unit: 'seconds' }).addMetric([], {
      count: 3,
      sum: 1e21,
      quantiles: [
        [0, 1],
        [0.99, Number.NaN],
        [1, 1e-9],
      ],
    }),
    new HistogramMetricFamily({ name: 'delta', help: 'Deltas.', labelNames: ['x'] }).addMetric(
      ['\\'],
      {
        buckets: [
          [1, 1],
          [2, 3, exemplar],
          [Infinity, 2 ** 53],
        ],
        sum: 12.5,
      },
    ),
    new GaugeHistogramMetricFamily({ name: 'queue_age', help: 'Waiting.' }).addMetric([], {
      buckets: [
        [-0.5, 1],
        [Infinity, 2],
      ],
      sum: -7,
    }),
    new InfoMetricFamily({ name: 'node', help: 'Nodes.', labelNames: ['host'] }).addMetric(['h'], {
      os: 'Linux "6"',
    }),
    new StateSetMetricFamily({ name: 'flag', help: 'Flags.' }).addMetric([], { a: true, b: false }),
    new UnknownMetricFamily({ name: 'foreign', help: 'Who knows.' }).addMetric([], 2 ** 70),
  ];
}

/** What {@linkcode COLLECTOR} shows, as series. */
export const COLLECTOR_SERIES: readonly Series[] = [
  ['packets_total', { if: 'eth0' }, 1234.5],
  ['packets_total', { if: 'lo' }, Infinity],
  ['room_celsius', {}, -3.25],
  ['age_seconds', { quantile: '0.0' }, 1],
  ['age_seconds', { quantile: '0.99' }, Number.NaN],
  ['age_seconds', { quantile: '1.0' }, 1e-9],
  ['age_seconds_count', {}, 3],
  ['age_seconds_sum', {}, 1e21],
  ['delta_bucket', { x: '\\', le: '1.0' }, 1],
  ['delta_bucket', { x: '\\', le: '2.0' }, 3],
  ['delta_bucket', { x: '\\', le: '+Inf' }, 2 ** 53],
  ['delta_count', { x: '\\' }, 2 ** 53],
  ['delta_sum', { x: '\\' }, 12.5],
  ['queue_age_bucket', { le: '-0.5' }, 1],
  ['queue_age_bucket', { le: '+Inf' }, 2],
  ['queue_age_gcount', {}, 2],
  ['queue_age_gsum', {}, -7],
  ['node_info', { host: 'h', os: 'Linux "6"' }, 1],
  ['flag', { flag: 'a' }, 1],
  ['flag', { flag: 'b' }, 0],
  ['foreign', {}, 2 ** 70],
];

/** A registry with all of the above. */
export function everyMetric(): CollectorRegistry {
  const registry = new CollectorRegistry();
  declareInstruments(registry);
  registry.register(COLLECTOR);
  return registry;
}

import { deepEqual, equal } from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { ManualClock } from '../../../test/manual-clock.ts';
import { registryPlan, toRegistry } from '../../../test/oracle/random-registry.ts';
import { STRICT } from '../../../test/oracle/random-values.ts';
import { parseOpenMetrics, parseText, toOpenMetrics, toText } from '../../exposition/index.ts';
import {
  GaugeHistogramMetricFamily,
  SummaryMetricFamily,
} from '../../model/distribution-families.ts';
import type { Collector, MetricFamily } from '../../model/family.ts';
import { CounterMetricFamily, GaugeMetricFamily } from '../../model/number-families.ts';
import { InfoMetricFamily, StateSetMetricFamily } from '../../model/statement-families.ts';
import { Histogram } from '../histograms/histogram.ts';
import { Counter } from '../instruments/counter.ts';
import { Gauge } from '../instruments/gauge.ts';
import { Summary } from '../instruments/summary.ts';
import { CollectorRegistry } from '../registry/registry.ts';

/** What is shown of each family, by the names that were asked for. */
async function shown(registry: CollectorRegistry, ...names: string[]): Promise<unknown> {
  const families: Record<string, unknown> = {};
  const source = registry.restrictedTo(names).collect() as AsyncIterable<MetricFamily>;
  for await (const { name, samples } of source) {
    families[name] = Array.from(samples, (sample) => {
      const labels = Object.values(sample.labels).join(',');
      return `${sample.name}${labels === '' ? '' : `{${labels}}`} ${sample.value}`;
    });
  }
  return families;
}

function filled(): CollectorRegistry {
  const registry = new CollectorRegistry();
  new Counter({ name: 'c_total', help: 'C.', labelNames: ['a'], registry }).labels('x').inc(3);
  new Gauge({ name: 'g', help: 'G.', registry }).set(4);
  new Histogram({ name: 'h', help: 'H.', buckets: [1], labelNames: ['a'], registry })
    .labels('x')
    .observe(0.5);
  registry.register({
    collect: () => [
      new SummaryMetricFamily({ name: 's', help: 'S.' }).addMetric([], {
        count: 1,
        sum: 2,
        quantiles: [[0.5, 2]],
      }),
      new GaugeHistogramMetricFamily({ name: 'gh', help: 'GH.' }).addMetric([], {
        buckets: [[Infinity, 3]],
        sum: 7,
      }),
      new InfoMetricFamily({ name: 'i', help: 'I.' }).addMetric([], { version: '1' }),
      new StateSetMetricFamily({ name: 'e', help: 'E.' }).addMetric([], { on: true }),
    ],
  });
  return registry;
}

describe('restrictedTo', () => {
  const cases: readonly (readonly [readonly string[], unknown])[] = [
    [[], {}],
    [['nothing'], {}],
    [['c'], { c: ['c_total{x} 3'] }],
    [['c_total'], { c: ['c_total{x} 3'] }],
    [['g'], { g: ['g 4'] }],
    [['g_total'], {}],
    [['h'], { h: ['h_bucket{x,1.0} 1', 'h_bucket{x,+Inf} 1', 'h_sum{x} 0.5', 'h_count{x} 1'] }],
    [['h_bucket'], { h: ['h_bucket{x,1.0} 1', 'h_bucket{x,+Inf} 1'] }],
    [['h_sum'], { h_sum: ['h_sum{x} 0.5'] }],
    [['h_count', 'h_sum'], { h_sum: ['h_sum{x} 0.5'], h_count: ['h_count{x} 1'] }],
    [
      ['h_count', 'h_bucket'],
      { h_bucket: ['h_bucket{x,1.0} 1', 'h_bucket{x,+Inf} 1'], h_count: ['h_count{x} 1'] },
    ],
    [
      ['h_count', 'h_sum', 'h_bucket'],
      { h: ['h_bucket{x,1.0} 1', 'h_bucket{x,+Inf} 1', 'h_sum{x} 0.5', 'h_count{x} 1'] },
    ],
    [['h_created', 'c_created'], {}],
    [['s'], { s: ['s{0.5} 2', 's_sum 2', 's_count 1'] }],
    [['s_count'], { s_count: ['s_count 1'] }],
    [['s_count', 's_sum'], { s: ['s_sum 2', 's_count 1'] }],
    [['gh_gsum'], { gh_gsum: ['gh_gsum 7'] }],
    [['gh_bucket'], { gh: ['gh_bucket{+Inf} 3'] }],
    [['gh_gcount', 'gh_bucket'], { gh_bucket: ['gh_bucket{+Inf} 3'], gh_gcount: ['gh_gcount 3'] }],
    [
      ['gh_gcount', 'gh_bucket', 'gh_gsum'],
      { gh: ['gh_bucket{+Inf} 3', 'gh_gsum 7', 'gh_gcount 3'] },
    ],
    [['i'], { i: ['i_info{1} 1'] }],
    [['i_info'], { i: ['i_info{1} 1'] }],
    [['e'], { e: ['e{on} 1'] }],
    [['e', 'c'], { c: ['c_total{x} 3'], e: ['e{on} 1'] }],
    [['__proto__', 'toString'], {}],
  ];
  for (const [names, families] of cases) {
    it(`shows ${JSON.stringify(families)} for ${JSON.stringify(names)}`, async () => {
      deepEqual(await shown(filled(), ...names), families);
    });
  }

  it('shows what is no whole histogram or summary in a way that all formats can read', async () => {
    const registry = new CollectorRegistry({ clock: new ManualClock() });
    const options = { help: 'H.', unit: 'seconds', registry } as const;
    const exemplar = { trace_id: 'a' };
    new Histogram({ name: 'h', buckets: [1], ...options }).observe(0.5, { exemplar });
    new Summary({ name: 's', ...options }).observe(2);
    const names = (...suffixes: string[]): Collector =>
      registry.restrictedTo(suffixes.map((suffix) => suffix.replace('_', '_seconds_')));
    equal(
      await toOpenMetrics(names('h_count', 'h_bucket', 's_sum'), { created: true }),
      `# TYPE h_seconds_bucket unknown
# HELP h_seconds_bucket H.
h_seconds_bucket{le="1.0"} 1
h_seconds_bucket{le="+Inf"} 1
# TYPE h_seconds_count unknown
# HELP h_seconds_count H.
h_seconds_count 1
# TYPE s_seconds_sum unknown
# HELP s_seconds_sum H.
s_seconds_sum 2
# EOF
`,
    );
    equal(
      await toText(names('h_count')),
      `# HELP h_seconds_count H.
# TYPE h_seconds_count untyped
h_seconds_count 1
`,
    );
    equal(
      await toOpenMetrics(names('h_bucket', 's_sum', 's_count'), { created: true }),
      `# TYPE h_seconds histogram
# UNIT h_seconds seconds
# HELP h_seconds H.
h_seconds_bucket{le="1.0"} 1 # {trace_id="a"} 0.5 1700000000
h_seconds_bucket{le="+Inf"} 1
# TYPE s_seconds summary
# UNIT s_seconds seconds
# HELP s_seconds H.
s_seconds_sum 2
s_seconds_count 1
s_seconds_created 1700000000
# EOF
`,
    );
  });

  it('is parsed by the strict parser of its format, whatever is asked for', async () => {
    const property = fc.asyncProperty(
      registryPlan(STRICT),
      fc.array(fc.boolean(), { minLength: 1, maxLength: 8 }),
      fc.boolean(),
      async (plan, asked, created) => {
        const registry = toRegistry(plan);
        const names = new Set<string>();
        for await (const { samples } of registry.collect()) {
          for (const { name } of samples) names.add(name);
        }
        const wanted = [...names].filter((_, i) => asked[i % asked.length]);
        const view = registry.restrictedTo(wanted);
        for (const families of [
          parseOpenMetrics(await toOpenMetrics(view, { created })),
          parseText(await toText(view)),
        ]) {
          const found = families.flatMap(({ samples }) => Array.from(samples, ({ name }) => name));
          for (const name of found) equal(names.has(name), true, name);
        }
      },
    );
    await fc.assert(property, { numRuns: 300 });
  });

  it('calls none of the collectors that described other families', async () => {
    const registry = new CollectorRegistry();
    const called: string[] = [];
    const collector = (name: string, describes: boolean): Collector => ({
      collect: () => {
        called.push(name);
        return [new GaugeMetricFamily({ name, help: '' })];
      },
      ...(describes && { describe: () => [{ name, type: 'gauge' }] }),
    });
    registry.register(collector('a', true));
    registry.register(collector('b', true));
    registry.register(collector('c', false));
    deepEqual(await shown(registry, 'a'), { a: [] });
    deepEqual(called, ['a', 'c']);
  });

  it('keeps help, unit, times and exemplars of what it shows', async () => {
    const registry = new CollectorRegistry();
    const exemplar = { labels: { trace_id: 'a' }, value: 1 };
    const options = { exemplar, created: 5, timestamp: 1700000000 };
    registry.register({
      collect: () => [
        new CounterMetricFamily({ name: 'sent_bytes', help: 'Sent.', unit: 'bytes' })
          .addMetric([], 1, options)
          .addMetric([], 2),
      ],
    });
    const source = registry.restrictedTo(['sent_bytes_total']).collect();
    for await (const { name, type, help, unit, samples } of source as AsyncIterable<MetricFamily>) {
      deepEqual([name, type, help, unit], ['sent_bytes', 'counter', 'Sent.', 'bytes']);
      deepEqual(
        [...samples],
        [
          { name: 'sent_bytes_total', labels: {}, value: 1, timestamp: 1700000000, exemplar },
          { name: 'sent_bytes_total', labels: {}, value: 2 },
        ],
      );
    }
  });

  it('shows failures where they are asked for', async () => {
    const registry = new CollectorRegistry();
    registry.register({
      collect: () => {
        throw new Error('boom');
      },
    });
    const name = 'promethium_collector_failures_total';
    deepEqual(await shown(registry, 'x'), {});
    deepEqual(await shown(registry, name), {
      promethium_collector_failures: [`${name}{Object,throw} 2`],
    });
  });

  it('is a view of the registry as it is at the scrape', async () => {
    const registry = new CollectorRegistry();
    const view = registry.restrictedTo(['late']);
    new Gauge({ name: 'late', help: 'L.', registry });
    const names: string[] = [];
    for await (const { name } of view.collect() as AsyncIterable<MetricFamily>) names.push(name);
    equal(names.join(), 'late');
  });
});

import { deepEqual, equal, throws } from 'node:assert/strict';
import { describe, it } from 'node:test';
import { SharedStorage } from '../../../test/shared-storage.ts';
import { toText } from '../../exposition/index.ts';
import type { FamilyWriter, MetricFamily } from '../../model/family.ts';
import { Histogram } from '../histograms/histogram.ts';
import { Counter } from '../instruments/counter.ts';
import { Gauge } from '../instruments/gauge.ts';
import type { InstrumentRegistry } from './instrument-registry.ts';
import { CollectorRegistry } from './registry.ts';

/** A library that counts for each of its pools. */
function pool(registry: InstrumentRegistry) {
  return {
    queries: new Counter({ name: 'q_total', help: 'Q.', labelNames: ['op'], registry }),
    open: new Gauge({ name: 'open', help: 'Open.', registry }),
    seconds: new Histogram({ name: 's', help: 'S.', buckets: [1], registry }),
  };
}

describe('Metrics that differ in constant labels alone', () => {
  it('are one family, which is shown where the first was registered', async () => {
    const root = new CollectorRegistry();
    const one = pool(root.with({ labels: { db: 'x' } }));
    new Gauge({ name: 'between', help: 'B.', registry: root });
    const view = root.with({ labels: { db: 'y' } });
    const other = pool(view);
    one.queries.labels('get').inc();
    one.queries.labels('put').inc(2);
    other.queries.labels('get').inc(3);
    one.open.setFunction(async () => 4);
    other.open.set(5);
    other.seconds.observe(0.5);
    const text = `# HELP q_total Q.
# TYPE q_total counter
q_total{db="x",op="get"} 1
q_total{db="x",op="put"} 2
q_total{db="y",op="get"} 3
# HELP open Open.
# TYPE open gauge
open{db="x"} 4
open{db="y"} 5
# HELP s S.
# TYPE s histogram
s_bucket{db="x",le="1.0"} 0
s_bucket{db="x",le="+Inf"} 0
s_sum{db="x"} 0
s_count{db="x"} 0
s_bucket{db="y",le="1.0"} 1
s_bucket{db="y",le="+Inf"} 1
s_sum{db="y"} 0.5
s_count{db="y"} 1
# HELP between B.
# TYPE between gauge
between 0
`;
    equal(await toText(root), text);
    equal(
      await toText(root.restrictedTo(['open'])),
      '# HELP open Open.\n# TYPE open gauge\nopen{db="x"} 4\nopen{db="y"} 5\n',
    );
    equal(root.get('open'), one.open);
    equal(view.get('open'), other.open);
    equal(root.with({ labels: { db: 'z' } }).get('open'), undefined);
    for (const metric of Object.values(one)) root.unregister(metric);
    equal((await toText(root)).includes('# TYPE open gauge\nopen{db="y"} 5\n# HELP s S.'), true);
    for (const metric of Object.values(other)) root.unregister(metric);
    deepEqual(root.names, ['between']);
  });

  it('are walked with a pause wherever the writer is full', async () => {
    const root = new CollectorRegistry();
    for (const db of ['x', 'y']) {
      const { queries } = pool(root.with({ labels: { db } }));
      for (const op of ['get', 'put']) queries.labels(op).inc();
    }
    const { value: family } = await root.collect().next();
    const seen: string[] = [];
    const labels: string[] = [];
    const writer = {
      full: false,
      begin: () => {},
      label(depth: number, value: string): void {
        labels.length = depth;
        labels.push(value);
      },
      number(): void {
        seen.push(labels.join());
        writer.full = true;
      },
    };
    const walk = (family as MetricFamily).walk(writer as unknown as FamilyWriter);
    let pauses = 0;
    for (; !walk.advance(); pauses++) writer.full = false;
    deepEqual(seen, ['x,get', 'x,put', 'y,get', 'y,put']);
    equal(pauses >= 3, true);
  });

  it('are left to a storage that others share', async () => {
    const storage = new SharedStorage();
    const root = new CollectorRegistry({ storage });
    const one = pool(root.with({ labels: { db: 'x' } }));
    pool(root.with({ labels: { db: 'y' } }));
    let asked = 0;
    one.open.setFunction(() => ++asked);
    equal(await toText(root), '');
    // Once when it was set, and once for the scrape.
    equal(asked, 2);
    equal(storage.living.length, 4);
  });

  const declared: readonly (readonly [string, object])[] = [
    ['the same labels', { constantLabels: { db: 'x' } }],
    ['other labels', { constantLabels: { db: 'y', more: 'z' } }],
    ['none', {}],
    ['another sentence', { constantLabels: { db: 'y' }, help: 'Another.' }],
    ['label names', { constantLabels: { db: 'y' }, labelNames: ['op'] }],
  ];
  for (const [what, options] of declared) {
    it(`are refused where they differ otherwise: ${what}`, () => {
      const registry = new CollectorRegistry();
      const labels = { db: 'x' };
      const first = new Gauge({ name: 'g', help: 'G.', constantLabels: labels, registry });
      throws(() => new Gauge({ name: 'g', help: 'G.', registry, ...options }), {
        name: 'AlreadyRegisteredError',
        message:
          'gauge "g": already registered, expected a free name, got "g", a name of "g", which registry.get() returns',
        existing: first,
      });
    });
  }
});

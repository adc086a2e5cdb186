import { deepEqual } from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ManualClock } from '../../test/manual-clock.ts';
import { open } from '../../test/processes/storage.ts';
import { temporaryFolder } from '../../test/processes/temporary-folder.ts';
import { toText } from '../exposition/index.ts';
import { Histogram } from '../metrics/histograms/histogram.ts';
import { Counter } from '../metrics/instruments/counter.ts';
import { Gauge } from '../metrics/instruments/gauge.ts';
import { CollectorRegistry } from '../metrics/registry/registry.ts';

async function lines(registry: CollectorRegistry): Promise<string[]> {
  const text = await toText(registry);
  return text.split('\n').filter((line) => line !== '' && !/^#|^promethium_multi/.test(line));
}

for (const mapper of ['koffi', 'write-behind'] as const) {
  describe(`Children in a shared directory, ${mapper}`, () => {
    it('of metrics that differ in constant labels are one family', async (context) => {
      const directory = temporaryFolder(context);
      const registry = new CollectorRegistry({ storage: open(context, { directory, mapper }) });
      for (const db of ['x', 'y']) {
        const view = registry.with({ labels: { db } });
        new Counter({ name: 'q', help: 'Q.', labelNames: ['op'], registry: view })
          .labels('get')
          .inc();
      }
      deepEqual(await lines(registry), [
        'q_total{db="x",op="get"} 1',
        'q_total{db="y",op="get"} 1',
      ]);
    });

    it('are limited, let go and removed for whoever reads', async (context) => {
      const directory = temporaryFolder(context);
      const clock = new ManualClock();
      const registry = new CollectorRegistry({
        storage: open(context, { directory, mapper }),
        clock,
        constantLabels: { zone: 'z' },
      });
      const reader = new CollectorRegistry({
        storage: open(context, { directory, mapper, readOnly: true }),
        targetInfo: { role: 'sidecar' },
      });
      const view = registry.with({ prefix: 'lib_' });
      const options = { help: 'H.', labelNames: ['a'], registry: view } as const;
      const counter = new Counter({ name: 'c', maxIdleSeconds: 60, ...options });
      const gauge = new Gauge({
        name: 'g',
        multiprocessMode: 'sum',
        unit: 'bytes',
        maxChildren: 2,
        ...options,
      });
      const histogram = new Histogram({ name: 'h', buckets: [1], maxIdleSeconds: 60, ...options });
      for (const a of [1, 2, 3]) {
        counter.labels(a).inc(a);
        gauge.labels(a).set(a);
        histogram.labels(a).observe(a);
      }
      await lines(registry);
      clock.pass(60);
      counter.labels(1).inc();
      gauge.removeMatching({ a: 1 });
      const expected = [
        'lib_c_total{zone="z",a="1"} 2',
        'lib_c_total{zone="z",a="__overflow__"} 5',
        'lib_g_bytes{zone="z",a="2"} 2',
        'lib_g_bytes{zone="z",a="__overflow__"} 3',
        'lib_h_bucket{zone="z",a="__overflow__",le="1.0"} 1',
        'lib_h_bucket{zone="z",a="__overflow__",le="+Inf"} 3',
        'lib_h_sum{zone="z",a="__overflow__"} 6',
        'lib_h_count{zone="z",a="__overflow__"} 3',
        'promethium_label_overflows_total{zone="z",metric="lib_g_bytes"} 1',
      ];
      deepEqual(await lines(registry), expected);
      registry.flush();
      deepEqual(await lines(reader), ['target_info{role="sidecar"} 1', ...expected]);
    });
  });
}

/** A process that never answers a scrape: what is known of it is what it publishes. */

import { collectDefaultMetrics } from '../../src/collectors/index.ts';
import { Gauge } from '../../src/metrics/instruments/gauge.ts';
import { CollectorRegistry } from '../../src/metrics/registry/registry.ts';
import { GaugeMetricFamily } from '../../src/model/number-families.ts';
import type { MapperChoice } from '../../src/multiprocess/mapping/mapper-choice.ts';
import { openMultiprocessStorage } from '../../src/multiprocess/multiprocess-storage.ts';

const [directory, mapper, ending] = process.argv.slice(2) as [string, MapperChoice, string];
let asked = 0;
let isOver = false;
// Before the storage, which is to see what the program sees at its very end.
process.on('exit', () => {
  isOver = true;
});
const registry = new CollectorRegistry({
  storage: openMultiprocessStorage({ directory, mapper, publishIntervalMs: 50 }),
});
collectDefaultMetrics({ registry });
new Gauge({ name: 'asked', help: 'A.', registry, callback: () => ++asked });
const sum = { name: 'is_over', help: 'O.', registry, multiprocessMode: 'sum' } as const;
new Gauge({ ...sum, callback: () => Number(isOver) });
const queue = new GaugeMetricFamily({ name: 'queue_length', help: 'Q.' }).addMetric([], 5);
registry.register({ collect: () => [queue] });
// Whoever started it ends it: by a word, or by closing the channel.
process.once('message', () => {
  if (ending === 'exit') process.exit(3);
  if (ending === 'error') throw new Error('uncaught');
  process.disconnect();
});
process.send?.('ready');

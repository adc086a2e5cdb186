/** One of the processes of a scrape over several: it makes its series and counts when it is told to. */

import type { Contender, Incumbent } from './benchmark.ts';
import { bounds, LABEL_NAMES, mixedShape } from './inputs.ts';
import { loadLibrary } from './library.ts';
import { loadMultiprocess } from './shared-files.ts';

const [contender = '', type = '', series = '', directory = ''] = process.argv.slice(2);
const shape = mixedShape().slice(0, Number(series));
const metric = { help: 'Requests.', labelNames: LABEL_NAMES };

async function promethiumCounting(): Promise<() => void> {
  const { CollectorRegistry, Counter, Histogram } = await loadLibrary();
  const { openMultiprocessStorage } = await loadMultiprocess();
  const storage = openMultiprocessStorage({ directory });
  const options = {
    ...metric,
    name: 'http_requests',
    registry: new CollectorRegistry({ storage }),
  };
  if (type === 'counter') {
    const counter = new Counter(options);
    return () => shape.forEach((values) => void counter.labels(values).inc());
  }
  const histogram = new Histogram({ ...options, buckets: bounds(11) });
  return () => shape.forEach((values, i) => void histogram.labels(values).observe(i / 1000));
}

async function incumbentCounting(): Promise<() => void> {
  const { default: client } = (await import(contender as Contender)) as { default: Incumbent };
  // Its mere existence answers the primary.
  new client.AggregatorRegistry();
  if (type === 'counter') {
    const counter = new client.Counter({ ...metric, name: 'http_requests_total' });
    return () => shape.forEach((values) => void counter.inc({ ...values }));
  }
  const histogram = new client.Histogram({ ...metric, name: 'http_requests', buckets: bounds(11) });
  return () => shape.forEach((values, i) => void histogram.observe({ ...values }, i / 1000));
}

const count = await (contender === 'promethium' ? promethiumCounting() : incumbentCounting());
process.on('message', (message) => {
  if (message !== 'count') return;
  count();
  process.send!('counted');
});
process.send!('ready');

import { CollectorRegistry } from '../metrics/registry/registry.ts';
import { type MetricsHandlerOptions, metricsHandler } from './index.ts';

const registry = new CollectorRegistry();

// How many scrapes there may be, and where the handler counts itself.
metricsHandler({ maxConcurrentScrapes: 1, maxQueuedScrapes: 0 });
metricsHandler({ metrics: true });
metricsHandler({ metrics: registry });
metricsHandler({ metrics: registry.with({ prefix: 'own_' }) });
const options: MetricsHandlerOptions = { registry, metrics: false };
metricsHandler(options);

// @ts-expect-error A collector has no place for metrics.
metricsHandler({ metrics: { collect: () => [] } });
// @ts-expect-error A number, or no such option.
metricsHandler({ maxQueuedScrapes: undefined });
// @ts-expect-error A number.
metricsHandler({ maxConcurrentScrapes: '4' });

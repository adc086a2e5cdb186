/** Metrics of what keeps the event loop alive. */

import { Gauge } from '../metrics/instruments/gauge.ts';
import {
  type CollectorHandle,
  type CollectorOptions,
  startGroup,
  validateOptions,
} from './metric-group.ts';
import { isBun } from './runtime.ts';

/**
 * Collects how many resources keep the event loop alive, by type: `Timeout`, `TCPSocketWrap`,
 * `FSReqCallback` and so on. A type that was seen once stays, at 0 when there is none of it, so that
 * its graph falls instead of breaking off. Collects nothing on Bun, which lists none.
 *
 * @throws {AlreadyRegisteredError} When a name is taken.
 * @throws {TypeError} When an option is wrong.
 */
export function collectResourceMetrics(options: CollectorOptions = {}): CollectorHandle {
  validateOptions('collectResourceMetrics', options, []);
  return startGroup('resources', options, (group) => {
    if (isBun) return;
    const counts = new Map<string, number>();
    // Which types there are is known only by looking, so that no child can be asked beforehand.
    group.beforeScrape('nodejs_active_resources', () => {
      for (const type of counts.keys()) counts.set(type, 0);
      for (const type of process.getActiveResourcesInfo()) {
        counts.set(type, (counts.get(type) ?? 0) + 1);
      }
      for (const [type, count] of counts) gauge.labels(type).set(count);
    });
    const gauge = group.add(
      new Gauge({
        name: 'nodejs_active_resources',
        help: 'Resources that keep the event loop alive, by type.',
        labelNames: ['type'],
        registry: group.registry,
        multiprocessMode: 'livesum',
      }),
    );
  });
}

/**
 * Metrics of the process and its runtime: one call for all of them, or one for each group.
 *
 * @example
 * ```ts
 * import { collectDefaultMetrics } from 'promethium/collectors';
 *
 * const metrics = collectDefaultMetrics();
 * metrics.stop();
 * ```
 *
 * @module
 */

import { followEnvironment } from '../environment.ts';

followEnvironment();

export {
  collectDefaultMetrics,
  DEFAULT_COLLECTORS,
  type DefaultCollector,
  type DefaultMetricsOptions,
} from './default-metrics.ts';
export { collectEventLoopMetrics, type EventLoopCollectorOptions } from './event-loop.ts';
export { collectGcMetrics, type GcCollectorOptions } from './gc.ts';
export { collectHeapMetrics } from './heap.ts';
export { collectHeapSpaceMetrics } from './heap-spaces.ts';
export type { CollectorHandle, CollectorOptions } from './metric-group.ts';
export { collectProcessMetrics } from './process.ts';
export { collectResourceMetrics } from './resources.ts';
export { collectVersionMetrics } from './version.ts';

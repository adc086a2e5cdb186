/** All collectors at once. */

import { isMainThread } from 'node:worker_threads';
import { show } from '../model/error.ts';
import { collectEventLoopMetrics, type EventLoopCollectorOptions } from './event-loop.ts';
import { collectGcMetrics, type GcCollectorOptions } from './gc.ts';
import { collectHeapMetrics } from './heap.ts';
import { collectHeapSpaceMetrics } from './heap-spaces.ts';
import {
  type CollectorHandle,
  type CollectorOptions,
  toHandle,
  validateOptions,
} from './metric-group.ts';
import { collectProcessMetrics } from './process.ts';
import { collectResourceMetrics } from './resources.ts';
import { collectVersionMetrics } from './version.ts';

/** The names of the collectors, in the order in which they are shown. */
export const DEFAULT_COLLECTORS = [
  'process',
  'eventLoop',
  'gc',
  'heap',
  'heapSpaces',
  'resources',
  'version',
] as const;

/** One of {@linkcode DEFAULT_COLLECTORS}. */
export type DefaultCollector = (typeof DEFAULT_COLLECTORS)[number];

/** What is collected, where, and how. */
export interface DefaultMetricsOptions extends CollectorOptions {
  /**
   * Which collectors: all unless given, in a worker thread all but `process`, whose facts are the
   * main thread's to tell.
   */
  readonly only?: readonly DefaultCollector[];
  /** How the event loop is watched. */
  readonly eventLoop?: Omit<EventLoopCollectorOptions, 'registry'>;
  /** How garbage collections are counted. */
  readonly gc?: Omit<GcCollectorOptions, 'registry'>;
}

/**
 * Collects metrics of the process and the runtime: processor time, memory, the event loop, garbage
 * collection, versions. `docs/runtime-metrics.md` lists them.
 *
 * Asked for twice with one registry, they are there once, as the first call wanted them, until both
 * handles are stopped.
 *
 * @example
 * ```ts
 * import { collectDefaultMetrics } from 'promethium/collectors';
 *
 * collectDefaultMetrics();
 * ```
 *
 * @throws {AlreadyRegisteredError} When a name is taken; nothing is begun then.
 * @throws {TypeError | RangeError} When an option is wrong.
 * @see {@link https://prometheus.io/docs/instrumenting/writing_clientlibs/#standard-and-runtime-collectors | Client libraries, Standard and runtime collectors}
 */
export function collectDefaultMetrics(options: DefaultMetricsOptions = {}): CollectorHandle {
  validateOptions('collectDefaultMetrics', options, ['only', 'eventLoop', 'gc']);
  const { registry, eventLoop, gc, only } = options;
  const target: CollectorOptions = registry === undefined ? {} : { registry };
  const start: Readonly<Record<DefaultCollector, () => CollectorHandle>> = {
    process: () => collectProcessMetrics(target),
    eventLoop: () => collectEventLoopMetrics({ ...eventLoop, ...target }),
    gc: () => collectGcMetrics({ ...gc, ...target }),
    heap: () => collectHeapMetrics(target),
    heapSpaces: () => collectHeapSpaceMetrics(target),
    resources: () => collectResourceMetrics(target),
    version: () => collectVersionMetrics(target),
  };
  const wanted = only === undefined ? defaults() : validated(only);
  const handles: CollectorHandle[] = [];
  const stop = (): void => {
    for (const handle of handles) handle.stop();
  };
  try {
    for (const name of DEFAULT_COLLECTORS) if (wanted.includes(name)) handles.push(start[name]());
  } catch (error) {
    stop();
    throw error;
  }
  return toHandle(stop);
}

function defaults(): readonly DefaultCollector[] {
  return DEFAULT_COLLECTORS.filter((name) => isMainThread || name !== 'process');
}

function validated(only: readonly DefaultCollector[]): readonly DefaultCollector[] {
  const expected = `some of ${DEFAULT_COLLECTORS.join(', ')}`;
  if (!Array.isArray(only)) {
    throw new TypeError(
      `collectDefaultMetrics "only": no list, expected ${expected}, got ${show(only)}`,
    );
  }
  for (const name of only as readonly DefaultCollector[]) {
    if (DEFAULT_COLLECTORS.includes(name)) continue;
    throw new RangeError(
      `collectDefaultMetrics "only": unknown collector, expected ${expected}, got ${show(name)}`,
    );
  }
  return only;
}

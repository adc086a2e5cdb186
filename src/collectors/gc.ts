/** Garbage collections: each one that happens, by its kind, in a histogram. */

import { constants, PerformanceObserver, type PerformanceObserverEntryList } from 'node:perf_hooks';
import { Histogram } from '../metrics/histograms/histogram.ts';
import {
  type CollectorHandle,
  type CollectorOptions,
  startGroup,
  validateOptions,
} from './metric-group.ts';

/** How collections are counted. */
export interface GcCollectorOptions extends CollectorOptions {
  /** Upper bounds of the buckets, in seconds: 0.001, 0.01, 0.1, 1, 2, 5 unless given. */
  readonly buckets?: readonly number[];
}

/** As in prom-client, so that what was recorded under its bounds goes on. */
const BUCKETS = [0.001, 0.01, 0.1, 1, 2, 5];

const {
  NODE_PERFORMANCE_GC_MAJOR: MAJOR,
  NODE_PERFORMANCE_GC_MINOR: MINOR,
  NODE_PERFORMANCE_GC_INCREMENTAL: INCREMENTAL,
  NODE_PERFORMANCE_GC_WEAKCB: WEAKCB,
} = constants;

/** V8 has a second way to collect the young generation, which Node has no constant for. */
const MINOR_MARK_SWEEP = 2;

/** A garbage collection, as Node reports it. */
interface GcEntry {
  /** Milliseconds. */
  readonly duration: number;
  readonly detail?: { readonly kind?: number };
}

/**
 * Collects `nodejs_gc_duration_seconds`, a histogram of the pauses for garbage collection with the
 * label `kind`: `major`, `minor`, `incremental`, `weakcb`. All of them are there from the start.
 *
 * Costs nothing between collections. Collects nothing on Bun and Deno, which do not report theirs.
 *
 * @throws {AlreadyRegisteredError} When a name is taken.
 * @throws {TypeError | RangeError} When an option is wrong.
 */
export function collectGcMetrics(options: GcCollectorOptions = {}): CollectorHandle {
  validateOptions('collectGcMetrics', options, ['buckets']);
  const { buckets = BUCKETS } = options;
  return startGroup('gc', options, (group) => {
    // Deno names the type of entry as supported, but has none of the constants and reports nothing.
    if (!supported().includes('gc') || MAJOR === undefined) return;
    const durations = group.add(
      new Histogram({
        name: 'nodejs_gc_duration_seconds',
        help: 'Pauses for garbage collection by kind: major, minor, incremental or weakcb.',
        labelNames: ['kind'],
        buckets,
        registry: group.registry,
      }),
    );
    const minor = durations.labels('minor');
    const kinds = new Map([
      [MAJOR, durations.labels('major')],
      [MINOR, minor],
      [MINOR_MARK_SWEEP, minor],
      [INCREMENTAL, durations.labels('incremental')],
      [WEAKCB, durations.labels('weakcb')],
    ]);
    const count = (entries: readonly unknown[]): void => {
      // Several collections may come as one report.
      for (const { duration, detail } of entries as readonly GcEntry[]) {
        kinds.get(detail?.kind ?? -1)?.observe(duration / 1000);
      }
    };
    const observer = new PerformanceObserver((list: PerformanceObserverEntryList) =>
      count(list.getEntries()),
    );
    observer.observe({ type: 'gc' });
    group.onStop(() => {
      count(observer.takeRecords());
      observer.disconnect();
    });
  });
}

/** The types have no static members of the class. */
function supported(): readonly string[] {
  return (PerformanceObserver as unknown as { readonly supportedEntryTypes: readonly string[] })
    .supportedEntryTypes;
}

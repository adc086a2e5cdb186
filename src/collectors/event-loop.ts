/** Metrics of the event loop: how long it kept its events waiting, and how busy it was. */

import { performance } from 'node:perf_hooks';
import { Histogram } from '../metrics/histograms/histogram.ts';
import { Counter } from '../metrics/instruments/counter.ts';
import { DEFAULT_BUCKETS } from '../model/buckets.ts';
import { show } from '../model/error.ts';
import type { DelaySampler } from './delay-batch.ts';
import { openDelaySampler } from './delay-sampler.ts';
import { representatives, slice, summarize } from './delay-summary.ts';
import { type DelayStatistics, DelayWindow } from './delay-window.ts';
import {
  type CollectorHandle,
  type CollectorOptions,
  type MetricGroup,
  startGroup,
  validateOptions,
} from './metric-group.ts';
import { oncePerScrape } from './readings.ts';
import { isBun, isDeno } from './runtime.ts';

/** How the event loop is watched. */
export interface EventLoopCollectorOptions extends CollectorOptions {
  /** Upper bounds of the histogram's buckets, in seconds: {@linkcode DEFAULT_BUCKETS} unless given. */
  readonly buckets?: readonly number[];
  /**
   * How often a timer looks how late it is, in milliseconds, a whole number >= 1. Less sees shorter
   * delays and costs more. Given, it is used wherever the runtime cannot watch the turns of the loop by
   * itself; else on Bun alone, every 50 ms.
   */
  readonly resolutionMs?: number;
}

/**
 * Scrapes that come faster than this share one look, which costs 0.07 ms and an entry of the window.
 */
const LOOK_SECONDS = 1;

/**
 * Collects delay and utilization of the event loop of the thread that calls:
 *
 * - `nodejs_eventloop_delay_seconds`, a histogram of all delays since the start. Prometheus makes
 *   quantiles of it over any time and all processes, and no scraper takes from another.
 * - `nodejs_eventloop_lag_min_seconds`, `max`, `mean`, `p50`, `p90`, `p99`: the same of the last
 *   minute, for dashboards that know these names. `nodejs_eventloop_lag_seconds` is the mean since
 *   the scrape before. Over several processes they show the worst one's.
 * - `nodejs_eventloop_seconds_total` with the label `state`: the time the loop was `active` and
 *   `idle`. Their rates give its utilization.
 *
 * An idle program stays idle, but on Bun, where a timer has to look. Bun has
 * no utilization, Deno neither; there they are left out.
 *
 * @throws {AlreadyRegisteredError} When a name is taken.
 * @throws {TypeError | RangeError} When an option is wrong.
 */
export function collectEventLoopMetrics(options: EventLoopCollectorOptions = {}): CollectorHandle {
  validateOptions('collectEventLoopMetrics', options, ['buckets', 'resolutionMs']);
  const { buckets = DEFAULT_BUCKETS, resolutionMs } = options;
  if (resolutionMs !== undefined && !(Number.isInteger(resolutionMs) && resolutionMs >= 1)) {
    throw new RangeError(
      `collectEventLoopMetrics "resolutionMs": not a resolution, expected a whole number >= 1, got ${show(resolutionMs)}`,
    );
  }
  return startGroup('eventLoop', options, (group) => {
    // Its numbers are zeros elsewhere.
    if (!isBun && !isDeno) addUtilization(group);
    const sampler = openDelaySampler(resolutionMs);
    if (sampler === undefined) return;
    group.onStop(() => sampler.stop());
    addDelay(group, sampler, buckets);
  });
}

function addUtilization(group: MetricGroup): void {
  const utilization = oncePerScrape(() => performance.eventLoopUtilization());
  const seconds = group.add(
    new Counter({
      name: 'nodejs_eventloop_seconds_total',
      help: 'Time that the event loop was active and idle, in seconds.',
      labelNames: ['state'],
      registry: group.registry,
    }),
  );
  seconds.labels('active').setFunction(() => utilization().active / 1000);
  seconds.labels('idle').setFunction(() => utilization().idle / 1000);
}

/** Adds the histogram and the gauges, which show what `sampler` has seen. */
export function addDelay(
  group: MetricGroup,
  sampler: DelaySampler,
  buckets: readonly number[],
): void {
  const { registry } = group;
  const { clock } = registry;
  const window = new DelayWindow();
  let lookedAt = -Infinity;
  const look = (): void => {
    const batch = sampler.batch();
    if (batch.count === 0) return;
    lookedAt = clock.elapsed();
    const summary = summarize(batch);
    const slices = slice(batch, summary, buckets);
    representatives(slices, summary.sum).forEach((value, i) => {
      delays.observe(value, { count: slices[i]!.count });
    });
    window.add(summary, lookedAt);
    sampler.reset();
  };
  group.beforeScrape('nodejs_eventloop_delay_seconds', () => {
    if (clock.elapsed() - lookedAt >= LOOK_SECONDS) look();
  });
  group.onStop(look);
  const delays = group.add(
    new Histogram({
      name: 'nodejs_eventloop_delay_seconds',
      help: 'Time that the event loop kept its events waiting, in seconds.',
      buckets,
      registry,
    }),
  );
  addGauges(group, () => window.statistics);
}

/** The gauges: the word in their name, what they show, and what their help says they show. */
const GAUGES: readonly (readonly [string, keyof DelayStatistics, string])[] = [
  ['', 'last', 'Mean delay of the event loop since the scrape before'],
  ['min_', 'min', 'Least delay of the event loop in the last minute'],
  ['max_', 'max', 'Greatest delay of the event loop in the last minute'],
  ['mean_', 'mean', 'Mean delay of the event loop in the last minute'],
  ['p50_', 'p50', 'Median delay of the event loop in the last minute'],
  ['p90_', 'p90', '90th percentile of the delays of the event loop in the last minute'],
  ['p99_', 'p99', '99th percentile of the delays of the event loop in the last minute'],
];

function addGauges(group: MetricGroup, statistics: () => DelayStatistics): void {
  for (const [word, key, what] of GAUGES) {
    group.gauge({
      name: `nodejs_eventloop_lag_${word}seconds`,
      help: `${what}, in seconds.`,
      mode: key === 'min' ? 'livemin' : 'livemax',
      read: () => statistics()[key],
    });
  }
}

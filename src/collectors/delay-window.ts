/**
 * The delays of the last minute, for gauges. Looking at them takes nothing away, so that any number
 * of scrapers see the same: nothing is reset by a scrape.
 */

import { type DelaySummary, quantilesOf } from './delay-summary.ts';

/** Batches no older than this are shown: longer than scrapes usually are apart. */
const WINDOW_SECONDS = 60;

/** The delays of some time, in seconds. All are 0 while there are none. */
export interface DelayStatistics {
  /** The mean of the newest batch alone. */
  readonly last: number;
  readonly min: number;
  readonly max: number;
  readonly mean: number;
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
}

interface Batch {
  readonly takenAt: number;
  readonly summary: DelaySummary;
}

/** Batches of delays with the time at which they were complete, in seconds of one clock. */
export class DelayWindow {
  #batches: readonly Batch[] = [];
  #statistics: DelayStatistics = { last: 0, min: 0, max: 0, mean: 0, p50: 0, p90: 0, p99: 0 };

  /** What the window shows. */
  get statistics(): DelayStatistics {
    return this.#statistics;
  }

  /** Adds the newest batch, and forgets those that are too old. */
  add(summary: DelaySummary, takenAt: number): void {
    const isRecent = (batch: Batch): boolean => takenAt - batch.takenAt < WINDOW_SECONDS;
    this.#batches = [...this.#batches.filter(isRecent), { takenAt, summary }];
    const summaries = this.#batches.map((batch) => batch.summary);
    const total = (of: 'sum' | 'count'): number =>
      summaries.reduce((sum, batch) => sum + batch[of], 0);
    const [p50 = 0, p90 = 0, p99 = 0] = quantilesOf([0.5, 0.9, 0.99], summaries);
    this.#statistics = {
      last: summary.sum / summary.count,
      min: Math.min(...summaries.map(({ min }) => min)),
      max: Math.max(...summaries.map(({ max }) => max)),
      mean: total('sum') / total('count'),
      p50,
      p90,
      p99,
    };
  }
}

/** Families of distributions for custom collectors: summaries, histograms, gauge histograms. */

import { CollectedFamily, type MetricFamilyOptions } from './collected-family.ts';
import { show } from './error.ts';
import type { Exemplar } from './exemplar.ts';
import type { MetricType } from './family.ts';
import type { Labels, LabelValue } from './labels.ts';
import type { Timestamp } from './timestamp.ts';

/** A summary that somebody else kept. */
export interface SummaryMetric {
  /** How many observations there were. */
  readonly count: number;
  /** Their sum. */
  readonly sum: number;
  /** Quantiles, ascending, each with its value. */
  readonly quantiles?: readonly (readonly [quantile: number, value: number])[];
  /** When counting began, Unix seconds. */
  readonly created?: number;
  /** The time of the sample. Leave it out: Prometheus then uses the time of the scrape. */
  readonly timestamp?: Timestamp;
}

/** A bucket: how many observations were at or below its bound, and one that stands for them. */
export type Bucket = readonly [upperBound: number, cumulativeCount: number, exemplar?: Exemplar];

/** A histogram that somebody else kept. */
export interface HistogramMetric {
  /** Buckets by ascending bound, counts cumulative, the last bound `Infinity`. */
  readonly buckets: readonly Bucket[];
  /** The sum of all observations. Leave it out where nobody knows it. */
  readonly sum?: number;
  /** When counting began, Unix seconds. Gauge histograms have none. */
  readonly created?: number;
  /** The time of the sample. Leave it out: Prometheus then uses the time of the scrape. */
  readonly timestamp?: Timestamp;
}

/** Summaries that somebody else kept. */
export class SummaryMetricFamily extends CollectedFamily {
  /** @throws {TypeError | RangeError} When an option is unknown or not allowed. */
  constructor(options: MetricFamilyOptions) {
    super('summary', options);
  }

  /**
   * Adds the summary with these label values, in the order of the label names or by name.
   *
   * @throws {TypeError | RangeError} When label values do not fit the label names, count or sum are
   * not numbers, or quantiles do not ascend from 0 to 1.
   */
  addMetric(labelValues: readonly LabelValue[] | Labels, metric: SummaryMetric): this {
    this.requireParts(metric, ['count', 'sum', 'quantiles', 'created', 'timestamp']);
    const { timestamp } = metric;
    const created = this.created(metric.created);
    const count = this.number('count', metric.count);
    const sum = this.number('sum', metric.sum);
    const quantiles = (metric.quantiles ?? []).map(([quantile]) => quantile);
    const values = (metric.quantiles ?? []).map(([, value]) =>
      this.number('quantile value', value),
    );
    quantiles.forEach((quantile, i) => {
      if (quantile >= 0 && quantile <= 1 && !(quantile <= quantiles[i - 1]!)) return;
      throw new RangeError(
        `${this.subject}: quantile ${i} is out of place, expected quantiles ascending from 0 to 1, got ${show(quantile)}`,
      );
    });
    const point = { quantiles, values, count, sum, created };
    return this.add(labelValues, timestamp, (writer) => writer.summary(point));
  }
}

/** What histograms and gauge histograms share. */
abstract class BucketedFamily extends CollectedFamily {
  #bounds: readonly number[] = [];

  constructor(type: MetricType, options: MetricFamilyOptions) {
    super(type, options);
  }

  /**
   * Adds the histogram with these label values, in the order of the label names or by name.
   *
   * @throws {TypeError | RangeError} When label values do not fit the label names, or the buckets
   * are not ascending, cumulative and closed by one for `Infinity`.
   */
  addMetric(labelValues: readonly LabelValue[] | Labels, metric: HistogramMetric): this {
    this.requireParts(metric, ['buckets', 'sum', 'created', 'timestamp']);
    const { buckets, timestamp } = metric;
    const created = this.created(metric.created);
    if (!Array.isArray(buckets) || buckets.at(-1)?.[0] !== Infinity) {
      throw new RangeError(
        `${this.subject}: buckets have no end, expected a last bucket for Infinity, got ${show(buckets)}`,
      );
    }
    const bounds = this.#share(buckets.slice(0, -1).map(([bound]) => this.number('bound', bound)));
    const cells = buckets.map(([, count]) => this.number('bucket', count));
    this.#validate(bounds, cells);
    const exemplars = buckets.some(([, , exemplar]) => exemplar !== undefined)
      ? buckets.map(([, , exemplar]) => exemplar)
      : undefined;
    const sum = metric.sum === undefined ? undefined : this.number('sum', metric.sum);
    const point = { bounds, cells, index: 0, cumulative: true, sum, created, exemplars };
    return this.add(labelValues, timestamp, (writer) => writer.histogram(point));
  }

  /** One array for metrics with the same bounds, which a writer then renders once. */
  #share(bounds: readonly number[]): readonly number[] {
    const same =
      bounds.length === this.#bounds.length &&
      bounds.every((bound, i) => bound === this.#bounds[i]);
    if (!same) this.#bounds = bounds;
    return this.#bounds;
  }

  #validate(bounds: readonly number[], cells: readonly number[]): void {
    cells.forEach((count, i) => {
      if (i < bounds.length && !(bounds[i]! < (bounds[i + 1] ?? Infinity))) {
        throw new RangeError(
          `${this.subject}: bucket ${i} is out of order, expected ascending bounds, got ${show(bounds)}`,
        );
      }
      if (!(count >= (cells[i - 1] ?? 0))) {
        throw new RangeError(
          `${this.subject}: bucket ${i} is not cumulative, expected at least ${cells[i - 1] ?? 0}, got ${count}`,
        );
      }
    });
  }
}

/** Histograms that somebody else kept. */
export class HistogramMetricFamily extends BucketedFamily {
  /** @throws {TypeError | RangeError} When an option is unknown or not allowed. */
  constructor(options: MetricFamilyOptions) {
    super('histogram', options);
  }
}

/** Distributions of what is there now: ages of waiting jobs, sizes of open files. */
export class GaugeHistogramMetricFamily extends BucketedFamily {
  /** @throws {TypeError | RangeError} When an option is unknown or not allowed. */
  constructor(options: MetricFamilyOptions) {
    super('gaugehistogram', options);
  }
}

/** Families of single numbers for custom collectors: counters, gauges and what has no type. */

import { CollectedFamily, type MetricFamilyOptions } from './collected-family.ts';
import type { Exemplar } from './exemplar.ts';
import type { Labels, LabelValue } from './labels.ts';
import type { Timestamp } from './timestamp.ts';

/** What a family of single numbers is made with. */
export interface NumberMetricFamilyOptions extends MetricFamilyOptions {
  /** The value, of a family without labels: shorter than `addMetric([], value)`. */
  readonly value?: number;
}

/** What a single number may come with. */
export interface NumberMetricOptions {
  /** The time of the sample. Leave it out: Prometheus then uses the time of the scrape. */
  readonly timestamp?: Timestamp;
}

/** What a counter's number may come with. */
export interface CounterMetricOptions extends NumberMetricOptions {
  /** When counting began, Unix seconds. */
  readonly created?: number;
  /** An observation that stands for the count. */
  readonly exemplar?: Exemplar;
}

/**
 * Counters that somebody else counted: lines read, packets received.
 *
 * @example
 * ```ts
 * import { CounterMetricFamily } from 'promethium';
 *
 * const packets = new CounterMetricFamily({
 *   name: 'packets_total',
 *   help: 'Packets received.',
 *   labelNames: ['interface'],
 * }).addMetric(['eth0'], 1234);
 * ```
 */
export class CounterMetricFamily extends CollectedFamily {
  /** @throws {TypeError | RangeError} When an option is unknown or not allowed. */
  constructor(options: NumberMetricFamilyOptions) {
    super('counter', options, ['value']);
    if (this.hasValue(options.value)) this.addMetric([], options.value!);
  }

  /**
   * Adds the counter with these label values, in the order of the label names or by name.
   *
   * @throws {TypeError | RangeError} When label values do not fit the label names, or `value` is
   * not a number >= 0, or an option is unknown.
   */
  addMetric(
    labelValues: readonly LabelValue[] | Labels,
    value: number,
    options: CounterMetricOptions = {},
  ): this {
    if (!(this.number('value', value) >= 0)) {
      throw new RangeError(`${this.subject}: not a count, expected a number >= 0, got ${value}`);
    }
    this.requireParts(options, ['timestamp', 'created', 'exemplar']);
    const { exemplar, timestamp } = options;
    const created = this.created(options.created);
    return this.add(labelValues, timestamp, (writer) => writer.number(value, created, exemplar));
  }
}

/** Values that somebody else measured: temperatures, queue lengths, times of the last success. */
export class GaugeMetricFamily extends CollectedFamily {
  /** @throws {TypeError | RangeError} When an option is unknown or not allowed. */
  constructor(options: NumberMetricFamilyOptions) {
    super('gauge', options, ['value']);
    if (this.hasValue(options.value)) this.addMetric([], options.value!);
  }

  /**
   * Adds the gauge with these label values, in the order of the label names or by name.
   *
   * @throws {TypeError | RangeError} When label values do not fit the label names, or `value` is
   * not a number, or an option is unknown.
   */
  addMetric(
    labelValues: readonly LabelValue[] | Labels,
    value: number,
    options: NumberMetricOptions = {},
  ): this {
    this.number('value', value);
    this.requireParts(options, ['timestamp']);
    return this.add(labelValues, options.timestamp, (writer) => writer.number(value));
  }
}

/** Values of which nobody knows whether they count or measure. */
export class UnknownMetricFamily extends CollectedFamily {
  /** @throws {TypeError | RangeError} When an option is unknown or not allowed. */
  constructor(options: NumberMetricFamilyOptions) {
    super('unknown', options, ['value']);
    if (this.hasValue(options.value)) this.addMetric([], options.value!);
  }

  /**
   * Adds the value with these label values, in the order of the label names or by name.
   *
   * @throws {TypeError | RangeError} When label values do not fit the label names, or `value` is
   * not a number, or an option is unknown.
   */
  addMetric(
    labelValues: readonly LabelValue[] | Labels,
    value: number,
    options: NumberMetricOptions = {},
  ): this {
    this.number('value', value);
    this.requireParts(options, ['timestamp']);
    return this.add(labelValues, options.timestamp, (writer) => writer.number(value));
  }
}

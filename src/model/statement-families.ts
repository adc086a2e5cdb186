/** Families that state rather than count, for custom collectors: info and state sets. */

import { CollectedFamily, type MetricFamilyOptions } from './collected-family.ts';
import { show } from './error.ts';
import { toFacts } from './facts.ts';
import type { Labels, LabelValue } from './labels.ts';
import type { Timestamp } from './timestamp.ts';

/** What a family of facts is made with. */
export interface InfoMetricFamilyOptions extends MetricFamilyOptions {
  /** The facts, of a family without labels: shorter than `addMetric([], value)`. */
  readonly value?: Readonly<Record<string, LabelValue>>;
}

/** What a family of states is made with. */
export interface StateSetMetricFamilyOptions extends MetricFamilyOptions {
  /** The states, of a family without labels: shorter than `addMetric([], value)`. */
  readonly value?: Readonly<Record<string, boolean>>;
}

/** What a statement may come with. */
export interface StatementMetricOptions {
  /** The time of the sample. Leave it out: Prometheus then uses the time of the scrape. */
  readonly timestamp?: Timestamp;
}

/** Facts as labels: versions, build hashes, host names. */
export class InfoMetricFamily extends CollectedFamily {
  /** @throws {TypeError | RangeError} When an option is unknown or not allowed. */
  constructor(options: InfoMetricFamilyOptions) {
    super('info', options, ['value']);
    if (this.hasValue(options.value)) this.addMetric([], options.value!);
  }

  /**
   * Adds the facts about what these label values name, in the order of the label names or by name.
   *
   * @throws {TypeError | RangeError} When label values do not fit the label names, a fact is
   * neither string nor number, or its name is not a label name or is one of the family's labels.
   */
  addMetric(
    labelValues: readonly LabelValue[] | Labels,
    facts: Readonly<Record<string, LabelValue>>,
    options: StatementMetricOptions = {},
  ): this {
    this.requireParts(options, ['timestamp']);
    const pairs = toFacts(this.subject, this, this.labelNames, facts);
    // Order is no difference: it is one set of labels in the end.
    const key = JSON.stringify([...pairs].sort(([one], [other]) => (one < other ? -1 : 1)));
    return this.add(labelValues, options.timestamp, (writer) => writer.info(pairs), key);
  }
}

/** Sets of states, each on or off: circuit breakers, feature flags. */
export class StateSetMetricFamily extends CollectedFamily {
  /** @throws {TypeError | RangeError} When an option is unknown or not allowed. */
  constructor(options: StateSetMetricFamilyOptions) {
    super('stateset', options, ['value']);
    if (this.hasValue(options.value)) this.addMetric([], options.value!);
  }

  /**
   * Adds the states of what these label values name, in the order of the label names or by name.
   *
   * @throws {TypeError | RangeError} When label values do not fit the label names, or a state is
   * neither true nor false.
   */
  addMetric(
    labelValues: readonly LabelValue[] | Labels,
    states: Readonly<Record<string, boolean>>,
    options: StatementMetricOptions = {},
  ): this {
    if (typeof states !== 'object' || states === null || Array.isArray(states)) {
      throw new TypeError(
        `${this.subject}: no states, expected an object of states, got ${show(states)}`,
      );
    }
    this.requireParts(options, ['timestamp']);
    const names = Object.keys(states);
    const on: readonly unknown[] = Object.values(states);
    on.forEach((value, i) => {
      if (typeof value === 'boolean') return;
      throw new TypeError(
        `${this.subject}: state ${show(names[i])} is neither on nor off, expected true or false, got ${show(value)}`,
      );
    });
    return this.add(labelValues, options.timestamp, (writer) => {
      writer.stateSet(names, (state) => on[state] === true);
    });
  }
}

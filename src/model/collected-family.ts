/** What the families that custom collectors build have in common: a header and a list of metrics. */

import { show } from './error.ts';
import type { FamilyWriter, MetricFamily, MetricType, Walk } from './family.ts';
import { LabelTree } from './label-tree.ts';
import { wellFormed } from './label-value.ts';
import type { Labels, LabelValue, Pairs } from './labels.ts';
import { familyName, validateLabelNames } from './name.ts';
import { refuseUnknown, refuseValue } from './option.ts';
import type { Sample } from './sample.ts';
import { samplesOf } from './sample-writer.ts';
import type { Timestamp } from './timestamp.ts';

/** What every family is made with. */
export interface MetricFamilyOptions {
  /**
   * The metric's name; a counter's with or without `_total`, an info metric's with or without `_info`.
   * Any text is one: where a scraper knows no others than those of letters, digits, `_` and `:`, each
   * other character becomes `_`, or an escape that it asked for.
   */
  readonly name: string;
  /** A sentence for people. */
  readonly help: string;
  /**
   * The unit, a plural base unit such as `seconds`. It becomes the name's last word where it is not
   * yet, before a counter's `_total`; info metrics and state sets get none.
   */
  readonly unit?: string;
  /**
   * The names of the labels whose values `addMetric` takes, in that order. Any text is one that does
   * not begin with `__`; it is escaped as the metric's name is.
   */
  readonly labelNames?: readonly string[];
}

const OPTIONS: readonly string[] = ['name', 'help', 'unit', 'labelNames'];

interface Metric {
  readonly labelValues: readonly string[];
  readonly timestamp: Timestamp | undefined;
  readonly write: (writer: FamilyWriter) => void;
}

/** The base of the family classes. Programs use {@linkcode GaugeMetricFamily} and its like. */
export abstract class CollectedFamily implements MetricFamily {
  readonly name: string;
  readonly type: MetricType;
  readonly help: string;
  readonly unit: string;
  readonly labelNames: readonly string[];
  readonly constantLabels: Pairs = [];
  readonly #metrics: Metric[] = [];
  /** The points there are: by label values, then by time and facts. */
  readonly #points: LabelTree<true>;

  /**
   * @param ownOptions - The names of the options that this type of family has beside those of all.
   * @throws {TypeError} When an option is unknown, or of the wrong type.
   * @throws {RangeError} When the name or a label name is not allowed, or the type has no units.
   */
  constructor(type: MetricType, options: MetricFamilyOptions, ownOptions: readonly string[] = []) {
    if (typeof options !== 'object' || options === null) {
      throw new TypeError(
        `${type}: made without options, expected { name, help, … }, got ${show(options)}`,
      );
    }
    const { name, help, unit = '', labelNames = [] } = options;
    const own = familyName(type, name);
    this.name = typeof unit !== 'string' ? own : withUnit(type, own, unit);
    this.type = type;
    const subject = this.subject;
    refuseUnknown(subject, options, [...OPTIONS, ...ownOptions]);
    if (typeof help !== 'string') {
      throw new TypeError(`${subject}: help is no text, expected a string, got ${show(help)}`);
    }
    if (typeof unit !== 'string') {
      throw new TypeError(`${subject}: unit is no text, expected a string, got ${show(unit)}`);
    }
    validateLabelNames(subject, this, labelNames);
    this.help = help;
    this.unit = unit;
    this.labelNames = [...labelNames];
    this.#points = new LabelTree(labelNames.length + 1);
  }

  /** Begins to hand the family to `writer`. Metrics that are added meanwhile are shown as well. */
  walk(writer: FamilyWriter): Walk {
    let next = -1;
    return {
      advance: () => {
        if (next < 0) {
          writer.begin(this);
          next = 0;
        }
        while (next < this.#metrics.length) {
          if (writer.full) return false;
          const { labelValues, timestamp, write } = this.#metrics[next++]!;
          for (let depth = 0; depth < labelValues.length; depth++)
            writer.label(depth, labelValues[depth]!);
          if (timestamp !== undefined) writer.at(timestamp);
          write(writer);
        }
        return true;
      },
      close: () => {},
    };
  }

  /** The family as plain samples, each an object, made anew on each reading: for tests and for people. */
  get samples(): Sample[] {
    return samplesOf(this);
  }

  /** The family as errors name it. */
  protected get subject(): string {
    return `${this.type} "${this.name}"`;
  }

  /**
   * Adds a metric whose point `write` hands over.
   *
   * @param labelValues - In the order of the label names, or by name.
   * @param facts - What tells series apart beside their labels: an info metric's facts.
   */
  protected add(
    labelValues: readonly LabelValue[] | Labels,
    timestamp: Timestamp | undefined,
    write: (writer: FamilyWriter) => void,
    facts = '',
  ): this {
    const values = this.#inOrder(labelValues).map((value, i) => {
      if (typeof value === 'string' || typeof value === 'number') return wellFormed(`${value}`);
      throw new TypeError(
        `${this.subject}: label "${this.labelNames[i]}" has no usable value, expected a string or number, got ${show(value)}`,
      );
    });
    if (timestamp !== undefined) this.#validateTime('timestamp', timestamp);
    const point = [...values, toKey(timestamp) + facts];
    if (this.#points.get(point) !== undefined) {
      throw new RangeError(
        `${this.subject}: the same series twice, expected other label values or another timestamp, got ${show(values)}`,
      );
    }
    this.#points.set(point, true);
    this.#metrics.push({ labelValues: values, timestamp, write });
    return this;
  }

  /**
   * True where the only metric's value was given when the family was made.
   *
   * @throws {TypeError} When the family has labels, so that nobody knows which metric's it is.
   */
  protected hasValue(value: unknown): boolean {
    if (value === undefined) return false;
    if (this.labelNames.length === 0) return true;
    throw new TypeError(
      `${this.subject}: value of a family with labels, expected addMetric() for each of its values, got ${show(value)}`,
    );
  }

  /**
   * Refuses what `addMetric` was given beside the labels where that is no object, or says something
   * unknown.
   */
  protected requireParts(given: unknown, known: readonly string[]): void {
    if (typeof given !== 'object' || given === null || Array.isArray(given)) {
      throw new TypeError(
        `${this.subject}: addMetric() refused, expected { ${known.join(', ')} }, got ${show(given)}`,
      );
    }
    refuseUnknown(this.subject, given, known, ' of addMetric()');
  }

  /** Refuses a start time that is not one; none at all is fine. */
  protected created(value: unknown): number | undefined {
    if (value === undefined || Number.isFinite(value)) return value as number | undefined;
    return this.#refuseTime('start time', value);
  }

  /** Refuses a value that is not a number. */
  protected number(what: string, value: unknown): number {
    if (typeof value === 'number') return value;
    throw new TypeError(
      `${this.subject}: ${what} is no number, expected a number, got ${show(value)}`,
    );
  }

  /** The values that were given for the labels, in the order of their names. */
  #inOrder(given: unknown): readonly unknown[] {
    const names = this.labelNames;
    if (Array.isArray(given) && given.length === names.length) return given;
    if (typeof given !== 'object' || given === null || Array.isArray(given)) {
      throw new RangeError(
        `${this.subject}: wrong label values, expected ${names.length} for ${show(names)}, got ${show(given)}`,
      );
    }
    const keys = Object.keys(given);
    if (keys.length !== names.length || names.some((name) => !Object.hasOwn(given, name))) {
      throw new TypeError(
        `${this.subject}: wrong labels, expected ${show(names)}, got ${show(keys)}`,
      );
    }
    return names.map((name) => (given as Readonly<Record<string, unknown>>)[name]);
  }

  #validateTime(what: string, time: Timestamp): void {
    if (typeof time === 'number' && Number.isFinite(time)) return;
    const { seconds, nanos } = Object(time) as { seconds?: number; nanos?: number };
    const whole = Number.isSafeInteger(seconds) && Number.isSafeInteger(nanos);
    if (!(whole && nanos! >= 0 && nanos! < 1e9)) this.#refuseTime(what, time);
  }

  #refuseTime(what: string, value: unknown): never {
    refuseValue(`${this.subject}: ${what} is no time`, 'Unix seconds', value);
  }
}

/** A time as text, the same for the same time. */
function toKey(timestamp: Timestamp | undefined): string {
  if (typeof timestamp !== 'object') return String(timestamp);
  const { seconds, nanos } = timestamp;
  return nanos === 0
    ? `${seconds}`
    : `${seconds}.${String(nanos).padStart(9, '0')}`.replace(/0+$/, '');
}

/** The name with the unit as its last word. */
function withUnit(type: MetricType, name: string, unit: string): string {
  if (unit === '' || name.endsWith(`_${unit}`)) return name;
  if (type !== 'info' && type !== 'stateset') return `${name}_${unit}`;
  throw new RangeError(
    `${type} "${name}": unit on a metric that has none, expected no unit, got ${show(unit)}`,
  );
}

/** Which names metrics and labels may have, and which names of an exposition a metric takes. */

import { show } from './error.ts';
import type { FamilyHeader, MetricType } from './family.ts';

const METRIC_NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;
const LABEL_NAME = /^[a-zA-Z_][a-zA-Z0-9_]*$/;

/** The suffix that belongs to the type rather than to the name. */
const TYPE_SUFFIX: Partial<Record<MetricType, string>> = { counter: '_total', info: '_info' };

/** The suffixes of all lines that a family of a type may have. */
const LINE_SUFFIXES: Record<MetricType, readonly string[]> = {
  counter: ['_total', '_created'],
  gauge: [],
  summary: ['_sum', '_count', '_created'],
  histogram: ['_bucket', '_sum', '_count', '_created'],
  gaugehistogram: ['_bucket', '_gsum', '_gcount'],
  info: ['_info'],
  stateset: [],
  unknown: [],
};

/** Label names that the lines of a type bear themselves. */
const RESERVED_LABELS: Partial<Record<MetricType, string>> = {
  histogram: 'le',
  gaugehistogram: 'le',
  summary: 'quantile',
};

/**
 * Returns the family's name for a metric declared as `name`: a counter's without `_total`, an info
 * metric's without `_info`, since both are written with every sample.
 *
 * @param word - The metric's type as errors name it.
 * @throws {TypeError} When `name` is not a string.
 * @throws {RangeError} When it is not a metric name, or cannot name the label of a state set, whose
 * states stand under a label that bears the metric's name.
 * @see {@link https://prometheus.io/docs/concepts/data_model/#metric-names-and-labels | Data model}
 */
export function familyName(type: MetricType, name: string, word: string = type): string {
  if (typeof name !== 'string') {
    throw new TypeError(
      `${word} ${show(name)}: the name is no string, expected a metric name, got ${show(name)}`,
    );
  }
  const suffix = TYPE_SUFFIX[type];
  const stripped =
    suffix !== undefined && name.endsWith(suffix) ? name.slice(0, -suffix.length) : name;
  if (METRIC_NAME.test(name) && METRIC_NAME.test(stripped)) {
    // A colon in a label's name fails the whole scrape.
    if (type !== 'stateset' || (LABEL_NAME.test(name) && !name.startsWith('__'))) return stripped;
    throw new RangeError(
      `${word} ${show(name)}: not a label name, which the label of its states needs, expected letters, digits and "_", neither digit nor "__" first, got ${show(name)}`,
    );
  }
  throw new RangeError(
    `${word} ${show(name)}: not a metric name, expected letters, digits, "_" and ":", no digit first, got ${show(name)}`,
  );
}

/**
 * Checks the label names of a metric.
 *
 * @param subject - The metric as errors name it: `counter "x"`.
 * @throws {TypeError} When they are not an array of strings.
 * @throws {RangeError} When one is not a label name, is reserved or stands there twice.
 */
export function validateLabelNames(
  subject: string,
  { name, type }: Pick<FamilyHeader, 'name' | 'type'>,
  labelNames: readonly string[],
): void {
  if (!Array.isArray(labelNames)) {
    throw new TypeError(
      `${subject}: label names are no list, expected an array of strings, got ${show(labelNames)}`,
    );
  }
  const reserved = type === 'stateset' ? name : RESERVED_LABELS[type];
  // A copy without holes, which `forEach` would pass over.
  Array.from<unknown>(labelNames).forEach((label, i) => {
    if (typeof label !== 'string') {
      throw new TypeError(
        `${subject}: label name ${i} is no string, expected a label name, got ${show(label)}`,
      );
    }
    if (!LABEL_NAME.test(label)) {
      throw new RangeError(
        `${subject}: not a label name, expected letters, digits and "_", no digit first, got ${show(label)}`,
      );
    }
    if (label.startsWith('__') || label === reserved) {
      throw new RangeError(
        `${subject}: reserved label name, expected another name, got ${show(label)}`,
      );
    }
    if (labelNames.indexOf(label) < i) {
      throw new RangeError(
        `${subject}: label name given twice, expected different names, got ${show(label)}`,
      );
    }
  });
}

/** True when `value` is one of the types that a family can have. */
export function isMetricType(value: unknown): value is MetricType {
  return typeof value === 'string' && Object.hasOwn(LINE_SUFFIXES, value);
}

/** All names that lines of this family may bear, and its own: what registration claims. */
export function claimedNames({ name, type }: Pick<FamilyHeader, 'name' | 'type'>): string[] {
  return [name, ...LINE_SUFFIXES[type].map((suffix) => name + suffix)];
}

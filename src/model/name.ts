/** Which names metrics and labels may have, and which names of an exposition a metric takes. */

import { show } from './error.ts';
import type { FamilyHeader, MetricType } from './family.ts';
import { wellFormed } from './label-value.ts';

// A loop over the characters takes 70 ns for 25 of them, these 42 (Node 24).
const LEGACY_METRIC_NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;
const LEGACY_LABEL_NAME = /^[a-zA-Z_][a-zA-Z0-9_]*$/;

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
 * Any text is a name. One of other characters than letters, digits, `_` and `:` is escaped for
 * servers that do not know such names.
 *
 * @param word - The metric's type as errors name it.
 * @throws {TypeError} When `name` is not a string.
 * @throws {RangeError} When it is empty or nothing but its suffix, holds half a surrogate pair, or
 * cannot name the label of a state set, whose states stand under a label that bears the metric's
 * name.
 * @see {@link https://prometheus.io/docs/concepts/data_model/#metric-names-and-labels | Data model}
 */
export function familyName(type: MetricType, name: string, word: string = type): string {
  if (typeof name !== 'string') {
    throw new TypeError(
      `${word} ${show(name)}: the name is no string, expected a metric name, got ${show(name)}`,
    );
  }
  const suffix = typeSuffix(type);
  const stripped = suffix !== '' && name.endsWith(suffix) ? name.slice(0, -suffix.length) : name;
  if (stripped === '' || wellFormed(name) !== name) {
    const expected =
      stripped === '' && name !== '' ? `text before "${suffix}"` : expectedName(name);
    throw new RangeError(
      `${word} ${show(name)}: not a metric name, expected ${expected}, got ${show(name)}`,
    );
  }
  // The label escapes to something else than the metric: a label's name has no colon.
  if (type === 'stateset' && (name.includes(':') || name.startsWith('__'))) {
    throw new RangeError(
      `${word} ${show(name)}: not a label name, which the label of its states needs, expected text without ":", not "__" first, got ${show(name)}`,
    );
  }
  return stripped;
}

/**
 * Checks the label names of a metric. Any text is one, but for names that begin with `__`.
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
    if (label === '' || wellFormed(label) !== label) {
      throw new RangeError(
        `${subject}: not a label name, expected ${expectedName(label)}, got ${show(label)}`,
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

/** What was expected in the place of text that is no name. */
function expectedName(text: string): string {
  return `text ${text === '' ? 'that is not empty' : 'without half surrogate pairs'}`;
}

/**
 * True of metric names that every server understands without quotes: letters, digits, `_` and `:`,
 * no digit first.
 */
export function isLegacyMetricName(name: string): boolean {
  return LEGACY_METRIC_NAME.test(name);
}

/** True of label names that every server understands without quotes: those of metrics without `:`. */
export function isLegacyLabelName(name: string): boolean {
  return LEGACY_LABEL_NAME.test(name);
}

/** The suffix that belongs to the type rather than to the name: `_total`, `_info` or none. */
export function typeSuffix(type: MetricType): string {
  return TYPE_SUFFIX[type] ?? '';
}

/** True when `value` is one of the types that a family can have. */
export function isMetricType(value: unknown): value is MetricType {
  return typeof value === 'string' && Object.hasOwn(LINE_SUFFIXES, value);
}

/** All names that lines of this family may bear, and its own: what registration claims. */
export function claimedNames({ name, type }: Pick<FamilyHeader, 'name' | 'type'>): string[] {
  return [name, ...LINE_SUFFIXES[type].map((suffix) => name + suffix)];
}

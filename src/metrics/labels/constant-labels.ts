/** Labels that all series of a metric, of a view or of a registry carry with one value. */

import { show } from '../../model/error.ts';
import { wellFormed } from '../../model/label-value.ts';
import type { LabelValue, Pairs } from '../../model/labels.ts';
import { validateLabelNames } from '../../model/name.ts';

/** The names that the lines of some types bear themselves, so that no label for all types can. */
const RESERVED = ['le', 'quantile'];

/**
 * The labels as pairs, checked apart from the metrics that are going to carry them.
 *
 * @param subject - What has them, as errors name it.
 * @throws {TypeError} When they are not an object of strings and numbers.
 * @throws {RangeError} When a name is not a label name, or reserved.
 */
export function toPairs(subject: string, labels: unknown): Pairs {
  if (typeof labels !== 'object' || labels === null || Array.isArray(labels)) {
    throw new TypeError(
      `${subject}: constant labels are none, expected an object of strings and numbers, got ${show(labels)}`,
    );
  }
  validateLabelNames(subject, { name: '', type: 'unknown' }, Object.keys(labels));
  return Object.entries(labels).map(([name, value]: [string, unknown]) => [
    name,
    toText(subject, name, value),
  ]);
}

/** As {@linkcode toPairs}, for metrics of every type. */
export function toCommonPairs(subject: string, labels: unknown): Pairs {
  const pairs = toPairs(subject, labels);
  for (const [name] of pairs) {
    if (!RESERVED.includes(name)) continue;
    throw new RangeError(
      `${subject}: reserved label name, expected another name, got ${show(name)}`,
    );
  }
  return pairs;
}

/** The labels of both, each name once: `inner` ones win. */
export function joined(outer: Pairs, inner: Pairs): Pairs {
  if (outer.length === 0) return inner;
  const names = new Set(inner.map(([name]) => name));
  return [...outer.filter(([name]) => !names.has(name)), ...inner];
}

function toText(subject: string, name: string, value: unknown): string {
  if (typeof value === 'string' || typeof value === 'number') {
    return wellFormed(`${value as LabelValue}`);
  }
  throw new TypeError(
    `${subject}: constant label "${name}" has no usable value, expected a string or number, got ${show(value)}`,
  );
}

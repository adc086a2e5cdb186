/** How a metric's name is put together from what it was declared with and where. */

import { show } from '../../model/error.ts';
import type { MetricType } from '../../model/family.ts';
import { familyName, typeSuffix } from '../../model/name.ts';

/** The parts of a name. */
export interface NameParts {
  readonly name: string;
  readonly namespace?: string;
  readonly subsystem?: string;
  readonly unit?: string;
}

/** A metric's names. */
export interface FullName {
  /** As the metric is called: with prefix, namespace, subsystem and unit, the suffix if it was given. */
  readonly name: string;
  /** As the family is called: without a suffix that belongs to the type. */
  readonly family: string;
  /** The last word of the family's name, or ''. */
  readonly unit: string;
}

/**
 * Puts a name together as Python's client does: `namespace_subsystem_name`, and the unit where the
 * name does not end in it, before a counter's `_total`.
 *
 * @param subject - The metric as errors name it.
 * @throws {TypeError} When a part is not a string.
 * @throws {RangeError} When what comes out is not a name, or the type cannot have the unit.
 * @see {@link https://prometheus.io/docs/specs/om/open_metrics_spec/#unit | OpenMetrics 1.0, Unit}
 */
export function fullName(
  subject: string,
  { type, word }: { readonly type: MetricType; readonly word: string },
  { name, namespace, subsystem, unit = '' }: NameParts,
  prefix: string,
): FullName {
  const begin =
    prefix + part(subject, 'namespace', namespace) + part(subject, 'subsystem', subsystem);
  // A name that is none is refused as it was given.
  const full = typeof name === 'string' && name !== '' ? begin + name : name;
  const family = familyName(type, full, word);
  if (typeof unit !== 'string') {
    throw new TypeError(`${subject}: unit is no text, expected a string, got ${show(unit)}`);
  }
  if (unit === '') return { name: full, family, unit };
  if (type === 'info' || type === 'stateset') {
    throw new RangeError(
      `${subject}: unit on a metric that has none, expected no unit, got ${show(unit)}`,
    );
  }
  if (family.endsWith(`_${unit}`)) return { name: full, family, unit };
  const suffix = full.endsWith(typeSuffix(type)) ? typeSuffix(type) : '';
  const named = `${family}_${unit}${suffix}`;
  const withUnit = familyName(type, named, word);
  if (withUnit.endsWith(`_${unit}`)) return { name: named, family: withUnit, unit };
  throw new RangeError(
    `${subject}: unit is the suffix of the type, expected another unit, got ${show(unit)}`,
  );
}

function part(subject: string, what: string, value: unknown): string {
  if (value === undefined || value === '') return '';
  if (typeof value === 'string') return `${value}_`;
  throw new TypeError(`${subject}: ${what} is no text, expected a string, got ${show(value)}`);
}

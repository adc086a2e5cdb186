/** What was declared of a metric's labels beside their names: values, defaults, limits. */

import { show } from '../../model/error.ts';
import type { FamilyHeader } from '../../model/family.ts';
import { wellFormed } from '../../model/label-value.ts';
import type { LabelValue } from '../../model/labels.ts';
import { validateLabelNames } from '../../model/name.ts';
import { refuseValue } from '../../model/option.ts';

/** The options of metrics with labels, as they come. */
export interface LabelOptions {
  readonly labelNames?: readonly string[];
  readonly labelValues?: Readonly<Record<string, readonly LabelValue[]>>;
  readonly labelDefaults?: Readonly<Record<string, LabelValue>>;
  readonly maxChildren?: number;
  readonly maxIdleSeconds?: number;
}

/** The same, checked: lists by the place of the label. */
export interface LabelRules {
  readonly names: readonly string[];
  /** The values that a label can have; `undefined` for any. */
  readonly known: readonly (readonly string[] | undefined)[];
  /** What stands for a label that is not given; `undefined` where it must be. */
  readonly defaults: readonly (string | undefined)[];
  readonly hasDefaults: boolean;
  readonly maxChildren: number | undefined;
  readonly maxIdleSeconds: number | undefined;
}

/** @throws {TypeError | RangeError} When something is of the wrong type or value. */
export function labelRules(
  subject: string,
  header: Pick<FamilyHeader, 'name' | 'type'>,
  options: LabelOptions,
): LabelRules {
  const { labelNames = [], labelValues, labelDefaults, maxChildren, maxIdleSeconds } = options;
  validateLabelNames(subject, header, labelNames);
  const names = Object.freeze([...labelNames]);
  const known = byLabel(subject, 'labelValues', names, labelValues, (label, values) =>
    knownValues(subject, label, values),
  );
  const defaults = byLabel(subject, 'labelDefaults', names, labelDefaults, (label, value) =>
    toLabelText(subject, label, value),
  );
  defaults.forEach((value, i) => {
    if (value !== undefined) requireKnown(subject, names[i]!, known[i], value);
  });
  validateLimit(subject, 'maxChildren', names, maxChildren, 'a whole number > 0', isLimit);
  validateLimit(subject, 'maxIdleSeconds', names, maxIdleSeconds, 'seconds > 0', isDuration);
  if (maxIdleSeconds !== undefined && header.type === 'info') {
    throw new TypeError(
      `${subject}: maxIdleSeconds on facts, which never change, expected a metric of numbers, got ${maxIdleSeconds}`,
    );
  }
  if (maxIdleSeconds !== undefined && known.every((values) => values !== undefined)) {
    throw new TypeError(
      `${subject}: maxIdleSeconds on children that are always there, expected a label of any value, got ${maxIdleSeconds}`,
    );
  }
  const hasDefaults = defaults.some((value) => value !== undefined);
  return { names, known, defaults, hasDefaults, maxChildren, maxIdleSeconds };
}

/** True of what can be a limit on the number of children. */
export function isLimit(value: unknown): boolean {
  return value === Infinity || (Number.isSafeInteger(value) && (value as number) > 0);
}

/** A label's value as text. */
export function toLabelText(subject: string, label: string, value: unknown): string {
  if (typeof value === 'string') return wellFormed(value);
  if (typeof value === 'number') return `${value}`;
  throw new TypeError(
    `${subject}: label "${label}" has no usable value, expected a string or number, got ${show(value)}`,
  );
}

/** Refuses a value that the label's list does not have. */
export function requireKnown(
  subject: string,
  label: string,
  known: readonly string[] | undefined,
  value: string,
): void {
  if (known === undefined || known.includes(value)) return;
  throw new RangeError(
    `${subject}: unknown value of label "${label}", expected ${known.map(show).join(', ')}, got ${show(value)}`,
  );
}

/** Every combination of one value of each list. */
export function* combinations(lists: readonly (readonly string[])[]): Generator<string[]> {
  const [first, ...rest] = lists;
  if (first === undefined) yield [];
  else for (const value of first) for (const more of combinations(rest)) yield [value, ...more];
}

/** What `toRule` makes of the option's entry for each label, at the label's place. */
function byLabel<Rule>(
  subject: string,
  option: string,
  names: readonly string[],
  given: unknown,
  toRule: (label: string, value: unknown) => Rule,
): readonly (Rule | undefined)[] {
  if (given === undefined) return names.map(() => undefined);
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    throw new TypeError(
      `${subject}: ${option} is none, expected an object by label name, got ${show(given)}`,
    );
  }
  for (const label of Object.keys(given)) {
    if (names.includes(label)) continue;
    throw new TypeError(
      `${subject}: ${option} of an unknown label, expected one of ${show(names)}, got ${show(label)}`,
    );
  }
  return names.map((label) =>
    Object.hasOwn(given, label)
      ? toRule(label, (given as Record<string, unknown>)[label])
      : undefined,
  );
}

/** The values that a label can have, each once. */
export function knownValues(subject: string, label: string, values: unknown): readonly string[] {
  if (!Array.isArray(values) || values.length === 0) {
    throw new TypeError(
      `${subject}: no values for label "${label}", expected an array of strings and numbers, got ${show(values)}`,
    );
  }
  return [...new Set(Array.from(values, (value) => toLabelText(subject, label, value)))];
}

function isDuration(value: unknown): boolean {
  return typeof value === 'number' && value > 0;
}

function validateLimit(
  subject: string,
  option: string,
  names: readonly string[],
  value: unknown,
  expected: string,
  is: (value: unknown) => boolean,
): void {
  if (value === undefined) return;
  if (names.length === 0) {
    throw new TypeError(
      `${subject}: ${option} on a metric without labels, expected label names, got none`,
    );
  }
  if (is(value)) return;
  refuseValue(`${subject}: ${option} is no limit`, expected, value);
}

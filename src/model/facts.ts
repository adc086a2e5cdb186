/** Facts about something, as info metrics state them. */

import { show } from './error.ts';
import type { FamilyHeader } from './family.ts';
import { wellFormed } from './label-value.ts';
import type { Pairs } from './labels.ts';
import { validateLabelNames } from './name.ts';

/**
 * The facts as pairs, in their order.
 *
 * @param labels - The family's own labels, which no fact may be called like.
 * @param wrong - What is wrong where they are no object, as errors say it.
 * @throws {TypeError} When they are no object of strings and numbers.
 * @throws {RangeError} When a name is not a label name, or one of `labels`.
 */
export function toFacts(
  subject: string,
  family: Pick<FamilyHeader, 'name' | 'type'>,
  labels: readonly string[],
  facts: unknown,
  wrong = 'no facts',
): Pairs {
  if (typeof facts !== 'object' || facts === null || Array.isArray(facts)) {
    throw new TypeError(`${subject}: ${wrong}, expected an object of facts, got ${show(facts)}`);
  }
  validateLabelNames(subject, family, Object.keys(facts));
  return Object.entries(facts).map(([name, value]: [string, unknown]) => {
    if (labels.includes(name)) {
      throw new RangeError(
        `${subject}: fact bears a label's name, expected another name, got ${show(name)}`,
      );
    }
    const isUsable = typeof value === 'string' || typeof value === 'number';
    if (isUsable) return [name, wellFormed(`${value}`)];
    throw new TypeError(
      `${subject}: fact "${name}" has no usable value, expected a string or number, got ${show(value)}`,
    );
  });
}

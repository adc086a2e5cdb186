/** What is refused in options: unknown ones, and values that are none of those expected. */

import type { MultiprocessMode } from './cells.ts';
import { show } from './error.ts';

/**
 * Refuses options that are not among `known`.
 *
 * @param subject - Whose options they are, as errors name it.
 * @throws {TypeError} When there is one.
 */
export function refuseUnknown(
  subject: string,
  options: object,
  known: readonly string[],
  of = '',
): void {
  const unknown = Object.keys(options).find((option) => !known.includes(option));
  if (unknown === undefined) return;
  throw new TypeError(
    `${subject}: unknown option${of}, expected ${known.join(', ')}, got ${show(unknown)}`,
  );
}

/**
 * Requires a number of which `is` says true.
 *
 * @param what - Which value of what, and what is wrong with it, as errors say it.
 * @throws {TypeError} When it is no number.
 * @throws {RangeError} When it is another one.
 */
export function requireNumber(
  what: string,
  expected: string,
  value: unknown,
  is: (value: number) => boolean,
): void {
  if (!(typeof value === 'number' && is(value))) refuseValue(what, expected, value);
}

/** True of numbers that are finite and no less than 0. */
export function isFinitePart(value: number): boolean {
  return value >= 0 && value < Infinity;
}

/** Refuses a value that should have been a number, or another one. Only ever throws. */
export function refuseValue(what: string, expected: string, value: unknown): never {
  const message = `${what}, expected ${expected}, got ${show(value)}`;
  throw typeof value === 'number' ? new RangeError(message) : new TypeError(message);
}

/**
 * Returns the mode in which the numbers of several processes become one.
 *
 * @throws {RangeError} When it is not among `allowed`.
 */
export function validMode(
  subject: string,
  mode: unknown,
  allowed: readonly MultiprocessMode[],
): MultiprocessMode {
  if (allowed.includes(mode as MultiprocessMode)) return mode as MultiprocessMode;
  throw new RangeError(
    `${subject}: unknown multiprocess mode, expected ${allowed.join(', ')}, got ${show(mode)}`,
  );
}

/**
 * What is asked of every option of this folder. A typing error must not open a door: `basicauth` in
 * place of `basicAuth` would serve the metrics to everyone, and nobody would notice.
 *
 * Values of options that are not known are never shown: one of them may be a password.
 */

import { show } from '../model/error.ts';

/**
 * Requires an object that has none but the options `known`, each of which may be absent.
 *
 * @param of - What the options are of, where they are part of others: ` of tls`.
 * @throws {TypeError} When it is no object, or has another option.
 */
export function requireOptions(
  subject: string,
  options: unknown,
  known: readonly string[],
  of = '',
): asserts options is object {
  if (typeof options !== 'object' || options === null) {
    const got = options === null || options === undefined ? String(options) : `a ${typeof options}`;
    throw new TypeError(`${subject}: no options${of}, expected an object, got ${got}`);
  }
  const { register, collect } = options as {
    readonly register?: unknown;
    readonly collect?: unknown;
  };
  if (typeof register === 'function' || typeof collect === 'function') {
    throw new TypeError(
      `${subject}: no options${of}, expected { registry }, got the registry: ${show(options)}`,
    );
  }
  // Those of a prototype as well: options may be an instance of a program's own class.
  for (const option in options) {
    if (known.includes(option)) continue;
    throw new TypeError(
      `${subject}: unknown option${of}, expected ${known.join(', ')}, got ${show(option)}`,
    );
  }
}

/**
 * Requires true or false, and nothing that JavaScript takes for one of them: `'false'` is true.
 *
 * @throws {TypeError} When it is something else.
 */
export function requireBoolean(what: string, value: unknown): void {
  if (typeof value === 'boolean') return;
  throw new TypeError(`${what} has the wrong type, expected true or false, got ${show(value)}`);
}

/**
 * Requires an integer of 1 or more.
 *
 * @throws {TypeError} When the value is not a number.
 * @throws {RangeError} When it is not an integer, or less than 1.
 */
export function requirePositiveInteger(what: string, value: unknown): void {
  requireIntegerFrom(1, what, value);
}

/**
 * Requires an integer of 0 or more.
 *
 * @throws {TypeError} When the value is not a number.
 * @throws {RangeError} When it is not an integer, or less than 0.
 */
export function requireWholeNumber(what: string, value: unknown): void {
  requireIntegerFrom(0, what, value);
}

function requireIntegerFrom(least: number, what: string, value: unknown): void {
  if (typeof value !== 'number') {
    throw new TypeError(`${what} has the wrong type, expected a number, got ${show(value)}`);
  }
  if (!Number.isSafeInteger(value) || value < least) {
    throw new RangeError(`${what} is out of range, expected an integer >= ${least}, got ${value}`);
  }
}

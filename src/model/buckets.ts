/** Bucket bounds of classic histograms. */

import { show } from './error.ts';
import { refuseValue } from './option.ts';

/**
 * The bounds of a histogram that is declared without any, in seconds: what other Prometheus clients
 * use, meant for the response time of a network service.
 */
export const DEFAULT_BUCKETS: readonly number[] = /* @__PURE__ */ Object.freeze([
  0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
]);

/**
 * Returns `count` bounds, the first at `start` and each `width` above the one before.
 *
 * @throws {TypeError} When one is not a number.
 * @throws {RangeError} When `start` is not finite, `width` is not above 0 or `count` is not a whole
 * number above 0, or the bounds grow beyond every number.
 */
export function linearBuckets(start: number, width: number, count: number): number[] {
  check('linear', 'start', start, Number.isFinite(start), 'a finite number');
  check('linear', 'width', width, width > 0 && width < Infinity, 'a finite number > 0');
  check('linear', 'count', count, Number.isInteger(count) && count > 0, 'a whole number > 0');
  // Each from the start, since added up the rounding would add up as well.
  const bounds = Array.from({ length: count }, (_, i) => roundTo15Digits(start + i * width));
  const last = bounds[count - 1]!;
  check('linear', 'last bound', last, last < Infinity, 'a finite number');
  return bounds;
}

/**
 * Returns `count` bounds, the first at `start` and each `factor` times the one before.
 *
 * @throws {TypeError} When one is not a number.
 * @throws {RangeError} When `start` is not above 0, `factor` is not above 1 or `count` is not a
 * whole number above 0, or the bounds grow beyond every number.
 */
export function exponentialBuckets(start: number, factor: number, count: number): number[] {
  check('exponential', 'start', start, start > 0 && start < Infinity, 'a finite number > 0');
  check('exponential', 'factor', factor, factor > 1 && factor < Infinity, 'a finite number > 1');
  check('exponential', 'count', count, Number.isInteger(count) && count > 0, 'a whole number > 0');
  const bounds = Array.from({ length: count }, (_, i) => roundTo15Digits(start * factor ** i));
  const last = bounds[count - 1]!;
  check('exponential', 'last bound', last, last < Infinity, 'a finite number');
  return bounds;
}

/** Takes out what binary fractions leave behind: 0.7 instead of 0.7000000000000001. */
function roundTo15Digits(bound: number): number {
  return Number(bound.toPrecision(15));
}

function check(kind: string, name: string, value: unknown, good: boolean, expected: string): void {
  if (good && typeof value === 'number') return;
  refuseValue(`${kind} buckets "${name}": not usable`, expected, value);
}

/**
 * Returns a histogram's bounds as they are kept: ascending, finite, without the +Inf that every
 * histogram has.
 *
 * @param subject - The histogram as errors name it: `histogram "x"`.
 * @throws {TypeError} When `buckets` is not an array of numbers.
 * @throws {RangeError} When a bound is NaN or -Infinity, or not above the one before it, or there
 * is none but +Infinity.
 */
export function validateBuckets(subject: string, buckets: readonly number[]): readonly number[] {
  if (!Array.isArray(buckets)) {
    throw new TypeError(
      `${subject}: buckets are no list, expected an array of numbers, got ${show(buckets)}`,
    );
  }
  // A copy without holes, which `forEach` would pass over.
  const bounds = Array.from<number>(buckets);
  if (bounds.at(-1) === Infinity) bounds.pop();
  if (bounds.length === 0) {
    throw new RangeError(
      `${subject}: no buckets, expected at least one finite bound, got ${show(buckets)}`,
    );
  }
  bounds.forEach((bound: unknown, i) => {
    if (typeof bound !== 'number') {
      throw new TypeError(
        `${subject}: bucket ${i} is no number, expected a finite number, got ${show(bound)}`,
      );
    }
    if (!Number.isFinite(bound)) {
      throw new RangeError(
        `${subject}: bucket ${i} is out of range, expected a finite number, got ${bound}`,
      );
    }
    if (i > 0 && bound <= bounds[i - 1]!) {
      throw new RangeError(
        `${subject}: bucket ${i} is out of order, expected a bound above ${bounds[i - 1]}, got ${bound}`,
      );
    }
  });
  // Adding 0 makes -0 a 0: `le="-0.0"` would be another series than `le="0.0"`.
  return Object.freeze(bounds.map((bound) => bound + 0));
}

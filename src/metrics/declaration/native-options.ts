/** How a histogram is told to count in native buckets. */

import { show } from '../../model/error.ts';
import { GREATEST_SCHEMA, LEAST_SCHEMA, schemaOfFactor } from '../../model/native-bounds.ts';
import type { NativeSettings } from '../../model/native-resolution.ts';
import { isFinitePart, requireNumber } from '../../model/option.ts';

/**
 * What a histogram with native buckets is declared with: {@linkcode nativeFactor} or
 * {@linkcode nativeSchema}, and what else differs from what suits most.
 *
 * @see {@link https://prometheus.io/docs/specs/native_histograms/ | Native histograms}
 */
export interface NativeHistogramOptions {
  /**
   * By how much the bounds of buckets may grow from one to the next, above 1: 1.1 suits most, which
   * tells quantiles to within 5 %. The buckets that Prometheus knows grow by 2 to the power of 16, 8,
   * 4, 2, 1, 1/2 and so on to 1/256; the histogram gets the widest of them that grow by no more.
   */
  readonly nativeFactor?: number;
  /** The same as Prometheus numbers it: -4 is the coarsest, 8 the finest, 3 what suits most. */
  readonly nativeSchema?: number;
  /**
   * Values from minus this to this are counted as 0: `2 ** -128` unless given. With 0 those that are
   * exactly 0.
   */
  readonly nativeZeroThreshold?: number;
  /**
   * How many buckets there may be: 160 unless given, `Infinity` for any number. With one more the
   * histogram begins anew, its classic buckets too, where that is allowed; else the zero bucket grows,
   * where that is; else neighbouring buckets become one.
   */
  readonly nativeMaxBuckets?: number;
  /**
   * For how many seconds a histogram that has too many buckets does not begin anew, but gets coarser:
   * 3600 unless given. One that got coarser begins anew as soon as they have passed, as fine as it
   * was. To Prometheus that looks like a restart. With 0 it never does.
   */
  readonly nativeMinResetSeconds?: number;
  /** Up to which value the zero bucket may grow: not at all unless given. */
  readonly nativeMaxZeroThreshold?: number;
}

/** {@linkcode NativeHistogramOptions}, checked and complete. */
export interface NativeOptions extends NativeSettings {
  /** For how long there is no reset; 0 for ever. */
  readonly minResetSeconds: number;
}

/**
 * Checks the options and fills in what was not given; `undefined` where there are to be no native
 * buckets.
 *
 * @param subject - The histogram as errors name it.
 * @throws {TypeError} When one is of the wrong type, or factor and schema are both given, or others
 * without them.
 * @throws {RangeError} When one is out of range.
 */
export function toNativeOptions(
  subject: string,
  options: NativeHistogramOptions,
): NativeOptions | undefined {
  const { nativeFactor, nativeSchema } = options;
  if (nativeFactor === undefined && nativeSchema === undefined) {
    refuseOthers(subject, options);
    return undefined;
  }
  if (nativeFactor !== undefined && nativeSchema !== undefined) {
    throw new TypeError(
      `${subject}: two resolutions, expected nativeFactor or nativeSchema, got ${show(nativeFactor)} and ${show(nativeSchema)}`,
    );
  }
  const {
    nativeZeroThreshold: zeroThreshold = 2 ** -128,
    nativeMaxBuckets: maxBuckets = 160,
    nativeMinResetSeconds: minResetSeconds = 3600,
    nativeMaxZeroThreshold: maxZeroThreshold = 0,
  } = options;
  requireOption(subject, 'nativeZeroThreshold', zeroThreshold, 'a number >= 0', isFinitePart);
  requireOption(subject, 'nativeMaxBuckets', maxBuckets, 'a whole number > 0 or Infinity', isLimit);
  requireOption(subject, 'nativeMinResetSeconds', minResetSeconds, 'seconds >= 0', isFinitePart);
  requireOption(subject, 'nativeMaxZeroThreshold', maxZeroThreshold, 'a number >= 0', isFinitePart);
  const schema = toSchema(subject, options);
  return Object.freeze({ schema, zeroThreshold, maxBuckets, minResetSeconds, maxZeroThreshold });
}

function toSchema(subject: string, { nativeFactor, nativeSchema }: NativeHistogramOptions): number {
  if (nativeFactor !== undefined) {
    requireOption(
      subject,
      'nativeFactor',
      nativeFactor,
      'a number > 1',
      (factor) => factor > 1 && factor < Infinity,
    );
    return schemaOfFactor(nativeFactor);
  }
  const expected = `a whole number from ${LEAST_SCHEMA} to ${GREATEST_SCHEMA}`;
  requireOption(
    subject,
    'nativeSchema',
    nativeSchema,
    expected,
    (schema) => Number.isInteger(schema) && schema >= LEAST_SCHEMA && schema <= GREATEST_SCHEMA,
  );
  return nativeSchema!;
}

function refuseOthers(subject: string, options: NativeHistogramOptions): void {
  for (const [option, value] of Object.entries(options)) {
    if (!option.startsWith('native') || value === undefined) continue;
    throw new TypeError(
      `${subject}: ${option} without native buckets, expected nativeFactor or nativeSchema as well, got ${show(value)}`,
    );
  }
}

function isLimit(value: number): boolean {
  return value > 0 && (Number.isInteger(value) || value === Infinity);
}

function requireOption(
  subject: string,
  option: keyof NativeHistogramOptions,
  value: unknown,
  expected: string,
  is: (value: number) => boolean,
): void {
  requireNumber(`${subject}: ${option} is out of range`, expected, value, is);
}

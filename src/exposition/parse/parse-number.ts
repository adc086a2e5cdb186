/** Numbers and times of both text formats. */

import type { Timestamp } from '../../model/timestamp.ts';

const ZERO = 48;

/** Decimal digits that a double always holds. */
export const EXACT_DIGITS: number = 15;

/** From here on two neighbouring doubles of seconds are more than a nanosecond apart. */
const COARSE_SECONDS = 2 ** 22;

const NAMED: Readonly<Record<string, number>> = {
  nan: Number.NaN,
  inf: Infinity,
  '+inf': Infinity,
  '-inf': -Infinity,
  infinity: Infinity,
  '+infinity': Infinity,
  '-infinity': -Infinity,
};

/**
 * Reads a value, or returns `undefined` where there is none between `start` and `end`.
 *
 * What both formats take: decimal numbers, and NaN and the infinities in any case. As in Prometheus,
 * neither hexadecimal numbers nor underscores are, nor what is too large for a double.
 */
export function parseNumber(text: string, start: number, end: number): number | undefined {
  let whole = 0;
  let at = start;
  for (; at < end; at++) {
    const digit = text.charCodeAt(at) - ZERO;
    if (!(digit >= 0 && digit <= 9)) break;
    whole = whole * 10 + digit;
  }
  if (at === end && at > start && at - start <= EXACT_DIGITS) return whole;
  return parseToken(text.slice(start, end));
}

function parseToken(token: string): number | undefined {
  // Whatever else Number reads, such as blanks and prefixes of bases, has a character besides these.
  if (/^[\d.eE+-]+$/.test(token)) {
    const number = Number(token);
    return Number.isFinite(number) ? number : undefined;
  }
  const name = token.toLowerCase();
  return Object.hasOwn(NAMED, name) ? NAMED[name] : undefined;
}

/**
 * Reads a time of the text format, whole milliseconds, or returns `undefined`. So it does from the
 * year 287396 on, where a double loses milliseconds, though Prometheus goes on to the end of int64.
 */
export function parseMilliseconds(token: string): Timestamp | undefined {
  if (!/^[+-]?\d+$/.test(token)) return undefined;
  const milliseconds = Number(token);
  if (!Number.isSafeInteger(milliseconds)) return undefined;
  // A double of seconds tells milliseconds apart only up to here.
  if (Math.abs(milliseconds) <= 2 ** 50) return milliseconds / 1000;
  const seconds = Math.floor(milliseconds / 1000);
  return { seconds, nanos: (milliseconds - seconds * 1000) * 1e6 };
}

/**
 * Reads a time of OpenMetrics, finite seconds, or returns `undefined`. What a double cannot tell from
 * its neighbours comes in seconds and nanoseconds.
 */
export function parseSeconds(token: string): Timestamp | undefined {
  const number = parseNumber(token, 0, token.length);
  if (number === undefined || !Number.isFinite(number)) return undefined;
  if (token.length <= EXACT_DIGITS || Math.abs(number) < COARSE_SECONDS) return number;
  const [, sign, whole, decimals] = /^([+-]?)(\d+)\.(\d+)$/.exec(token) ?? [];
  const seconds = Number(whole);
  if (decimals === undefined || !Number.isSafeInteger(seconds)) return number;
  if (String(Math.abs(number)) === `${whole}.${decimals}`.replace(/\.?0+$/, '')) return number;
  const nanos = Number(decimals.slice(0, 9).padEnd(9, '0'));
  if (sign !== '-') return { seconds, nanos };
  return nanos === 0 ? -seconds : { seconds: -seconds - 1, nanos: 1e9 - nanos };
}

/** Compares two times: below 0 where `a` is earlier, 0 where they are one. */
export function compareTimes(a: Timestamp, b: Timestamp): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  return wholeSeconds(a) - wholeSeconds(b) || nanosOf(a) - nanosOf(b);
}

function wholeSeconds(time: Timestamp): number {
  return typeof time === 'number' ? Math.floor(time) : time.seconds;
}

function nanosOf(time: Timestamp): number {
  if (typeof time === 'object') return time.nanos;
  if (Math.abs(time) < COARSE_SECONDS) return Math.round((time - Math.floor(time)) * 1e9);
  // By the decimals, which are what a document says: the bits are not quite the same.
  const decimals = /\.(\d+)$/.exec(String(time))?.[1] ?? '';
  const nanos = Number(decimals.slice(0, 9).padEnd(9, '0'));
  return time < 0 && nanos > 0 ? 1e9 - nanos : nanos;
}

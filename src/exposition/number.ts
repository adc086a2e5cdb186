/**
 * Numbers straight to bytes. Most values of an exposition are whole, and `String` makes a string of
 * each only for its characters to be copied out again.
 */

/** The most bytes that {@linkcode writeNumber} writes, rounded up: `-1.2345678901234567e-308` is 24. */
export const NUMBER_ROOM = 32;

const ZERO = 48;
const INT32_MAX = 0x7fffffff;

/**
 * Writes `value` at `at` and returns the place after it. There must be {@linkcode NUMBER_ROOM}.
 *
 * What is written reads back as the same double: as `String` writes it, but for `+Inf`, `-Inf` and
 * the sign of zero, `-0.0`. Any text that Go's `ParseFloat` reads is a value in both text formats.
 *
 * @see {@link https://prometheus.io/docs/instrumenting/exposition_formats/#text-format-details}
 */
export function writeNumber(bytes: Uint8Array, at: number, value: number): number {
  if ((value | 0) === value && value > 0) return writeWhole(bytes, at, value | 0);
  if (value === 0) {
    if (Object.is(value, -0)) return writeAscii(bytes, at, '-0.0');
    bytes[at] = ZERO;
    return at + 1;
  }
  if (value > INT32_MAX && value <= Number.MAX_SAFE_INTEGER && Math.floor(value) === value) {
    return writeLarge(bytes, at, value);
  }
  if (value === Infinity) return writeAscii(bytes, at, '+Inf');
  if (value === -Infinity) return writeAscii(bytes, at, '-Inf');
  return writeAscii(bytes, at, String(value));
}

/** Copies text that is known to be ASCII. */
function writeAscii(bytes: Uint8Array, at: number, text: string): number {
  for (let i = 0; i < text.length; i++) bytes[at + i] = text.charCodeAt(i);
  return at + text.length;
}

// Division of an int32 by a constant compiles to a multiplication; of a double it does not.
function writeWhole(bytes: Uint8Array, at: number, whole: number): number {
  const end = at + digits(whole);
  let rest = whole;
  let place = end;
  while (rest >= 10) {
    const tenth = (rest / 10) | 0;
    bytes[--place] = ZERO + rest - tenth * 10;
    rest = tenth;
  }
  bytes[--place] = ZERO + rest;
  return end;
}

// Two halves that are int32 each. The quotient cannot round up to the next whole number: below 2^53
// it is at least 1e-9 short of it, which is more than half of the distance between doubles there.
function writeLarge(bytes: Uint8Array, at: number, whole: number): number {
  const high = Math.floor(whole / 1e9);
  let low = whole - high * 1e9;
  const end = (high === 0 ? at : writeWhole(bytes, at, high)) + 9;
  for (let place = end - 1; place > end - 10; place--) {
    const tenth = (low / 10) | 0;
    bytes[place] = ZERO + low - tenth * 10;
    low = tenth;
  }
  return end;
}

function digits(whole: number): number {
  if (whole < 100_000) {
    if (whole < 100) return whole < 10 ? 1 : 2;
    if (whole < 1000) return 3;
    return whole < 10_000 ? 4 : 5;
  }
  if (whole < 10_000_000) return whole < 1_000_000 ? 6 : 7;
  if (whole < 100_000_000) return 8;
  return whole < 1_000_000_000 ? 9 : 10;
}

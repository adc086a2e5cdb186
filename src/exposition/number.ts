/**
 * Numbers straight to bytes. Most values of an exposition are whole, and `String` makes a string of
 * each only for its characters to be copied out again.
 */

/** The most bytes that {@linkcode writeNumber} writes, rounded up: `-1.2345678901234567e-308` is 24. */
export const NUMBER_ROOM = 32;

const POINT = 46;
const ZERO = 48;
const INT32_MAX = 0x7fffffff;

/**
 * Writes `value` at `at` and returns the place after it. There must be {@linkcode NUMBER_ROOM}, and
 * what lies there behind the number is overwritten as well.
 *
 * What is written reads back as the same double: as `String` writes it, but for `+Inf`, `-Inf` and
 * the sign of zero, `-0.0`. Any text that Go's `ParseFloat` reads is a value in both text formats.
 *
 * @see {@link https://prometheus.io/docs/instrumenting/exposition_formats/#text-format-details}
 */
export function writeNumber(to: DataView, at: number, value: number): number {
  if ((value | 0) === value && value > 0) return writeWhole(to, at, value | 0);
  if (value === 0) {
    if (Object.is(value, -0)) return writeAscii(to, at, '-0.0');
    to.setUint8(at, ZERO);
    return at + 1;
  }
  if (value > INT32_MAX && value <= Number.MAX_SAFE_INTEGER && Math.floor(value) === value) {
    return writeLarge(to, at, value);
  }
  const end = writeDecimal(to, at, value);
  if (end > at) return end;
  if (value === Infinity) return writeAscii(to, at, '+Inf');
  if (value === -Infinity) return writeAscii(to, at, '-Inf');
  return writeAscii(to, at, String(value));
}

/**
 * Writes a number of up to six decimals, or three where it is large, and returns the place after it;
 * `at`, with nothing written, where it is none.
 *
 * Fifteen digits tell doubles apart, so that no other text as short reads back as this double. Two
 * decimals take 29 ns instead of 91, and a number that has too many 77 instead of 71 (Node 24).
 */
function writeDecimal(to: DataView, at: number, value: number): number {
  const scale = value < 1e9 ? 1e6 : 1e3;
  const scaled = Math.round(value * scale);
  if (!(scaled > 0 && scaled < 1e15 && scaled / scale === value)) return at;
  const whole = Math.floor(value);
  const decimals = ((scaled - whole * scale) * (1e6 / scale)) | 0;
  const point = writeNumber(to, at, whole);
  to.setUint8(point, POINT);
  const first = (decimals / 100) | 0;
  to.setInt32(point + 1, fourDigits(first), true);
  to.setInt32(point + 5, fourDigits(decimals - first * 100) >>> 16, true);
  let end = point + 7;
  while (to.getUint8(end - 1) === ZERO) end--;
  return end;
}

/** Copies text that is known to be ASCII. */
function writeAscii(to: DataView, at: number, text: string): number {
  for (let i = 0; i < text.length; i++) to.setUint8(at + i, text.charCodeAt(i));
  return at + text.length;
}

// Four digits to a store: one by one each digit would be a store and a turn of a loop.
function writeWhole(to: DataView, at: number, whole: number): number {
  if (whole < 10_000) {
    const zeros = whole < 100 ? (whole < 10 ? 3 : 2) : whole < 1000 ? 1 : 0;
    to.setInt32(at, fourDigits(whole) >>> (zeros * 8), true);
    return at + 4 - zeros;
  }
  const high = (whole / 10_000) | 0;
  const end = writeWhole(to, at, high);
  to.setInt32(end, fourDigits(whole - high * 10_000), true);
  return end + 4;
}

// Two halves that are int32 each. The quotient cannot round up to the next whole number: below 2^53
// it is at least 1e-8 short of it, which is more than half of the distance between doubles there.
function writeLarge(to: DataView, at: number, whole: number): number {
  const high = Math.floor(whole / 1e8);
  const low = whole - high * 1e8;
  const end = writeWhole(to, at, high);
  const middle = (low / 10_000) | 0;
  to.setInt32(end, fourDigits(middle), true);
  to.setInt32(end + 4, fourDigits(low - middle * 10_000), true);
  return end + 8;
}

/**
 * The last four digits of a number below 10,000 as ASCII, the first in the lowest byte: both pairs of
 * digits are divided by ten at once. The factors are exact as far as they are needed.
 */
function fourDigits(few: number): number {
  const hundreds = Math.imul(few, 5243) >>> 19;
  const pairs = hundreds | ((few - hundreds * 100) << 16);
  const tens = (Math.imul(pairs, 103) >>> 10) & 0x000f000f;
  return tens | ((pairs - Math.imul(tens, 10)) << 8) | 0x30303030;
}

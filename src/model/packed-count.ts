/**
 * How a counter that only this process reads lies in 16 bytes: so that an increment by one is an
 * addition of integers, for which a processor does not wait as it does for one of float64 to be stored
 * before it is loaded again.
 *
 * | bytes | what |
 * |---|---|
 * | 0 to 7 | float64: the sum of what was added by other amounts than 1, and of what was carried |
 * | 8 to 11 | a word: increments by one in the upper 22 bits, the start time's last 10 in the lower |
 * | 12 to 15 | a word: the other 32 bits of the start time |
 *
 * All is little-endian. The count is the float and the 22 bits together, which begin anew at 2^22, when
 * the float takes that over. The start time is milliseconds, 42 bits of them, which last till the year 2109.
 */

/** How many bytes a packed count has. */
export const PACKED_COUNT_BYTES = 16;

/** How many bits of the first word belong to the start time. */
const TIME_BITS = 10;

/** Where the word of the increments is, from the first byte on. */
export const ONES = 8;

/**
 * What an increment by one adds to that word. An integer, and so no `2 ** TIME_BITS`, which JavaScriptCore
 * keeps as a float64: Bun 1.4 then takes 70 ns for an increment instead of 0.7 to 1.9.
 */
export const ONE: number = 1 << TIME_BITS;

/**
 * What is to be added to the float when the word has become less than {@linkcode ONE}, as a uint32. A
 * float64, as what it is added to.
 */
export const CARRY: number = 2 ** (32 - TIME_BITS);

/** Where the word with the rest of the start time is. */
const TIME = 12;

/** The last start time there is room for. */
const LATEST_MS: number = 2 ** (32 + TIME_BITS) - 1;

/** Adds an amount to the count at `offset`, by way of the float. */
export function addAmount(view: DataView, offset: number, amount: number): void {
  view.setFloat64(offset, view.getFloat64(offset, true) + amount, true);
}

/** The count at `offset`. */
export function readCount(view: DataView, offset: number): number {
  return view.getFloat64(offset, true) + (view.getUint32(offset + ONES, true) >>> TIME_BITS);
}

/** Sets the count at `offset`; its start time stays. */
export function writeCount(view: DataView, offset: number, count: number): void {
  view.setFloat64(offset, count, true);
  view.setUint32(offset + ONES, view.getUint32(offset + ONES, true) % ONE, true);
}

/** When the count at `offset` began: Unix seconds, whole milliseconds of them. */
export function readStartTime(view: DataView, offset: number): number {
  const last = view.getUint32(offset + ONES, true) % ONE;
  return (view.getUint32(offset + TIME, true) * ONE + last) / 1000;
}

/**
 * The last start time that was set, and its two parts: children that are made in one go have the same, and
 * each function less that is called counts in code that is not compiled yet.
 */
let packedSeconds = 0;
let packedLast = 0;
let packedRest = 0;

/**
 * Sets when the count at `offset` began, in Unix seconds, which are rounded to milliseconds; the count stays.
 * A time before 1970 and NaN become 0, one after the year 2109 becomes the last that there is room for.
 */
export function writeStartTime(view: DataView, offset: number, seconds: number): void {
  if (seconds !== packedSeconds) pack(seconds);
  const ones = view.getInt32(offset + ONES, true) & -ONE;
  view.setInt32(offset + ONES, ones | packedLast, true);
  view.setUint32(offset + TIME, packedRest, true);
}

function pack(seconds: number): void {
  const ms = seconds > 0 ? Math.min(Math.round(seconds * 1000), LATEST_MS) : 0;
  const rest = Math.floor(ms / ONE);
  packedSeconds = seconds;
  // Not ms % ONE, which is a call for numbers as large as these.
  packedLast = ms - rest * ONE;
  packedRest = rest;
}

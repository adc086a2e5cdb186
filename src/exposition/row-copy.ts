/**
 * Copying what rows are made of: eight bytes at a time, as a float64. That is exact where no eight of them are a
 * NaN, which has F0 or more before 7F or FF. UTF-8 never has that, nor have rows.
 */

const STEP = 8;

/** Copies `count` bytes, and up to seven behind them. */
export function copy(to: DataView, toAt: number, from: DataView, at: number, count: number): void {
  for (let i = 0; i < count; i += STEP) {
    to.setFloat64(toAt + i, from.getFloat64(at + i, true), true);
  }
}

/** Copies `count` bytes and leaves those behind them as they are. */
export function copyExactly(
  to: DataView,
  toAt: number,
  from: DataView,
  at: number,
  count: number,
): void {
  const last = count - STEP;
  if (last < 0) {
    for (let i = 0; i < count; i++) to.setUint8(toAt + i, from.getUint8(at + i));
    return;
  }
  copy(to, toAt, from, at, last);
  to.setFloat64(toAt + last, from.getFloat64(at + last, true), true);
}

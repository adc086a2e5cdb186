/**
 * Rows as lines. The name and the labels but the last lie as bytes in a line of their own, and each row
 * copies that line, its last label's value and its number, without making a string of either.
 *
 * 100,000 counters with 3 labels (7.5 MB): see `LineWriter`.
 */

import { LONGEST_VALUE, ROW_SLACK, type RowCursor } from '../model/number-rows.ts';
import { ByteBuffer } from './byte-buffer.ts';
import { NUMBER_ROOM, writeNumber } from './number.ts';
import { copy, copyExactly } from './row-copy.ts';

const LINE_FEED = 10;

/** `"} `, as a number whose lowest byte is the first, and how many bytes that is. */
const END = 0x20_7d_22;
const END_BYTES = 3;

/** What a row takes beside the line, at most. */
const ROW_ROOM: number = LONGEST_VALUE + END_BYTES + NUMBER_ROOM + 1 + 8;

/** The length of no value. */
const NONE = -1;

/** Writes rows of one family after the other. */
export class RowLines {
  #cursor: RowCursor | undefined;
  /** The line, up to the value of the last label. */
  readonly #line = new ByteBuffer(512);
  /** What stands before each label's value: `",name="`, of the first one after the constant labels. */
  #keys: readonly ByteBuffer[] = [];
  /** Where each label's value begins in the line. */
  readonly #starts: number[] = [];
  /** How long each label's value is that lies there. */
  readonly #counts: number[] = [];

  /**
   * Writes rows to `out` until that has `full` bytes or no row is left. `begin` writes what all lines of
   * the family begin with, and returns what stands before the value of each label.
   */
  write(
    cursor: RowCursor,
    out: ByteBuffer,
    full: number,
    begin: (line: ByteBuffer) => readonly ByteBuffer[],
  ): void {
    if (cursor !== this.#cursor) this.#begin(cursor, begin);
    const last = this.#keys.length - 1;
    const { view: line } = this.#line;
    let { view: to, length: end } = out;
    while (end < full && cursor.next()) {
      let { at, bytes } = cursor;
      for (let depth = cursor.from; depth < last; depth++) at = this.#label(depth, bytes, at);
      const count = bytes.getUint8(at++);
      if (!cursor.findNumber(at + count)) continue;
      const length = this.#starts[last]!;
      if (end + length + ROW_ROOM > to.byteLength) {
        out.length = end;
        out.reserve(length + ROW_ROOM);
        to = out.view;
      }
      copy(to, end, line, 0, length);
      end += length;
      copy(to, end, bytes, at, count);
      end += count;
      to.setInt32(end, END, true);
      end = writeNumber(to, end + END_BYTES, cursor.number());
      to.setUint8(end++, LINE_FEED);
    }
    out.length = end;
    // The last scrape would keep the numbers of a whole registry alive.
    if (cursor.isAtEnd) this.#cursor = undefined;
  }

  #begin(cursor: RowCursor, begin: (line: ByteBuffer) => readonly ByteBuffer[]): void {
    const line = this.#line;
    line.length = 0;
    this.#keys = begin(line);
    // No label checks the room that it takes.
    const labels = this.#keys.reduce((sum, key) => sum + key.length + LONGEST_VALUE, 0);
    line.reserve(labels + ROW_SLACK);
    this.#cursor = cursor;
    this.#key(0, line.length);
  }

  /** Puts what stands before the value of the label at `depth` into the line, at `at`. */
  #key(depth: number, at: number): void {
    const key = this.#keys[depth]!;
    copy(this.#line.view, at, key.view, 0, key.length);
    this.#starts[depth] = at + key.length;
    this.#counts[depth] = NONE;
  }

  /** Gives a label that is not the last its value, and returns the place behind it. */
  #label(depth: number, page: DataView, at: number): number {
    const count = page.getUint8(at);
    const { view: line } = this.#line;
    const start = this.#starts[depth]!;
    if (count === this.#counts[depth]) {
      // All that stands behind it may stay.
      copyExactly(line, start, page, at + 1, count);
    } else {
      copy(line, start, page, at + 1, count);
      this.#key(depth + 1, start + count);
      this.#counts[depth] = count;
    }
    return at + 1 + count;
  }
}

/**
 * Rows as metrics. The labels up to the last one's value lie as bytes in a prefix, and each row copies
 * that, its last value and its number.
 */

import { LONGEST_VALUE, ROW_SLACK, type RowCursor } from '../../model/number-rows.ts';
import { copy, copyExactly } from '../row-copy.ts';
import { ProtobufBytes, varintSize } from './protobuf-bytes.ts';
import { COUNTER_START, METRIC, VALUE } from './protobuf-fields.ts';
import type { ProtobufLabels } from './protobuf-labels.ts';
import type { ProtobufStart } from './protobuf-time.ts';

/** `label` of `Metric`. */
const LABEL = 0x0a;
/** What the value of a point takes with its tag. */
const VALUE_BYTES = 9;

/**
 * Below these, a varint is one byte, and two. Integers: with `2 ** 14` Bun 1.4 takes 16 ms for 100,000 counters
 * instead of 7.
 */
const ONE_BYTE = 128;
const TWO_BYTES = 1 << 14;

/** What a label's tag and two lengths take at most. */
const LABEL_ROOM = 6;

/** What the tags and lengths of a metric and its point, and the start time, take at most. */
const METRIC_ROOM = 64;

/** What start times take but for those before 1970. */
const SHORT_START = 16;

/** The length of no value. */
const NONE = -1;

/** What a family's metrics have in common. */
export interface RowFamily {
  readonly labels: ProtobufLabels;
  /** The field of `Metric` that holds its point. */
  readonly field: number;
}

/** Writes rows of one family after the other. */
export class ProtobufRows {
  #cursor: RowCursor | undefined;
  readonly #prefix = new ProtobufBytes(512);
  #keys: readonly ProtobufBytes[] = [];
  /** Where each label begins in the prefix. */
  readonly #starts: number[] = [];
  /** How long each label's value is that lies there. */
  readonly #counts: number[] = [];
  /** How long the last label's value is that the prefix is for. */
  #count = NONE;
  readonly #start: ProtobufStart;

  constructor(start: ProtobufStart) {
    this.#start = start;
  }

  /** Writes rows to `out` until that has `full` bytes or no row is left. */
  write(cursor: RowCursor, out: ProtobufBytes, full: number, family: RowFamily): void {
    if (cursor !== this.#cursor) this.#begin(cursor, family.labels);
    const { field } = family;
    const last = this.#keys.length - 1;
    const start = this.#start;
    const prefix = this.#prefix;
    const { hasStartTime } = cursor.rows;
    let created = 0;
    let isOdd = false;
    start.set(COUNTER_START, hasStartTime ? created : undefined);
    let { view: to, length: end } = out;
    while (end < full && cursor.next()) {
      const { bytes } = cursor;
      let { at } = cursor;
      for (let depth = cursor.from; depth < last; depth++) at = this.#label(depth, bytes, at);
      const count = bytes.getUint8(at++);
      if (!cursor.findNumber(at + count)) continue;
      if (count !== this.#count) this.#key(last, count);
      const next = hasStartTime ? cursor.startTime() : created;
      if (next !== created) {
        start.set(COUNTER_START, next);
        created = next;
        isOdd = !start.plain || start.bytes.length > SHORT_START;
      }
      const { length } = prefix;
      const outer = length + count + 2 + VALUE_BYTES + start.bytes.length;
      if (end + outer + METRIC_ROOM > to.byteLength) {
        out.length = end;
        out.reserve(outer + METRIC_ROOM);
        to = out.view;
      }
      end = metric(to, end, outer);
      copy(to, end, prefix.view, 0, length);
      end += length;
      copy(to, end, bytes, at, count);
      end += count;
      end = point(to, end, field, cursor.number(), start.bytes);
      if (isOdd) writeOddStart(to, end, start.bytes);
    }
    out.length = end;
    // The last scrape would keep the numbers of a whole registry alive.
    if (cursor.isAtEnd) this.#cursor = undefined;
  }

  #begin(cursor: RowCursor, labels: ProtobufLabels): void {
    const prefix = this.#prefix;
    prefix.length = 0;
    this.#keys = labels.keys;
    prefix.copy(labels.bytes, 0, labels.constantEnd);
    this.#starts[0] = prefix.length;
    const room = this.#keys.reduce((sum, key) => sum + key.length + LABEL_ROOM + LONGEST_VALUE, 0);
    prefix.reserve(room + ROW_SLACK);
    this.#count = NONE;
    this.#counts[0] = NONE;
    this.#cursor = cursor;
  }

  /** Gives a label that is not the last its value, and returns the place behind it. */
  #label(depth: number, page: DataView, at: number): number {
    const count = page.getUint8(at);
    const prefix = this.#prefix;
    if (count === this.#counts[depth]) {
      // All that stands around it may stay.
      copyExactly(prefix.view, this.#starts[depth + 1]! - count, page, at + 1, count);
    } else {
      this.#key(depth, count);
      copy(prefix.view, prefix.length, page, at + 1, count);
      this.#starts[depth + 1] = prefix.length + count;
      this.#counts[depth] = count;
      this.#counts[depth + 1] = NONE;
      this.#count = NONE;
    }
    return at + 1 + count;
  }

  /** Ends the prefix with what stands before a value of `count` bytes of the label at `depth`. */
  #key(depth: number, count: number): void {
    const prefix = this.#prefix;
    const key = this.#keys[depth]!;
    const pair = key.length + varintSize(count) + count;
    prefix.length = this.#starts[depth]!;
    if (pair < ONE_BYTE) {
      // Where there is room: what is more than both bytes is written over.
      prefix.view.setInt16(prefix.length, LABEL | (pair << 8), true);
      copy(prefix.view, prefix.length + 2, key.view, 0, key.length);
      prefix.length += 2 + key.length;
      prefix.view.setUint8(prefix.length++, count);
    } else {
      prefix.byte(LABEL);
      prefix.varint(pair);
      prefix.copy(key, 0, key.length);
      prefix.varint(count);
    }
    this.#count = count;
  }
}

/** Writes what stands before a metric of so many bytes. */
function metric(to: DataView, at: number, count: number): number {
  if (count < ONE_BYTE) {
    to.setInt16(at, METRIC | (count << 8), true);
    return at + 2;
  }
  if (count >= TWO_BYTES) return longMetric(to, at, count);
  to.setInt32(at, METRIC | ((count & 127) << 8) | 0x8000 | ((count >> 7) << 16), true);
  return at + 3;
}

/** The same where the length takes more than two bytes. */
function longMetric(to: DataView, at: number, count: number): number {
  let end = at;
  to.setUint8(end++, METRIC);
  let rest = count;
  for (; rest >= ONE_BYTE; rest >>= 7) to.setUint8(end++, (rest & 127) | ONE_BYTE);
  to.setUint8(end++, rest);
  return end;
}

/** Writes a point of one number, and when that began. */
function point(
  to: DataView,
  at: number,
  field: number,
  value: number,
  { view: start, length }: ProtobufBytes,
): number {
  // Several bytes in one int32, the last of which is written over.
  to.setInt32(at, field | ((VALUE_BYTES + length) << 8) | (VALUE << 16), true);
  to.setFloat64(at + 3, value, true);
  const end = at + 2 + VALUE_BYTES;
  // As many as a start time has, but for odd ones.
  to.setFloat64(end, start.getFloat64(0, true), true);
  to.setFloat64(end + 8, start.getFloat64(8, true), true);
  return end + length;
}

/** Writes a start time that ends at `end` and is long, or the bytes of which may be a NaN. */
function writeOddStart(to: DataView, end: number, { view, length }: ProtobufBytes): void {
  for (let i = 0; i < length; i++) to.setUint8(end - length + i, view.getUint8(i));
}

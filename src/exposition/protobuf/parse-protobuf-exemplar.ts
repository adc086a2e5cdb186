/** Labels, times and exemplars of protobuf, read. */

import type { Exemplar } from '../../model/exemplar.ts';
import type { Pair } from '../../model/labels.ts';
import type { ProtobufCursor } from './protobuf-cursor.ts';
import { toNumber, type WholeTime } from './protobuf-time.ts';

/** Reads the field at hand as a `LabelPair`; `guess` is one that it may be. */
export function readLabel(cursor: ProtobufCursor, guess?: Pair): Pair {
  let [name, value] = ['', ''];
  const outer = cursor.open();
  while (cursor.next()) {
    if (cursor.field === 1) name = cursor.text(guess?.[0]);
    else if (cursor.field === 2) value = cursor.text(guess?.[1]);
    else cursor.passOver();
  }
  cursor.close(outer);
  return name === guess?.[0] && value === guess[1] ? guess : [name, value];
}

/** Reads the field at hand as a `Timestamp`. */
export function readTime(cursor: ProtobufCursor): WholeTime {
  let seconds = 0;
  let nanos = 0;
  const { at } = cursor;
  const outer = cursor.open();
  while (cursor.next()) {
    if (cursor.field === 1) seconds = cursor.signed();
    else if (cursor.field === 2) nanos = cursor.signed();
    else cursor.passOver();
  }
  cursor.close(outer);
  if (!Number.isSafeInteger(seconds) || !(nanos >= 0 && nanos < 1e9)) {
    const got = `${seconds} s and ${nanos} ns`;
    cursor.refuseAt(at, 'no time', 'seconds and less than 1000000000 nanoseconds', got);
  }
  return { seconds, nanos };
}

/** Reads the field at hand as a start time, in Unix seconds. */
export function readStart(cursor: ProtobufCursor): number {
  return toNumber(readTime(cursor));
}

/** Reads the field at hand as an `Exemplar`. */
export function readExemplar(cursor: ProtobufCursor): Exemplar {
  const labels: Pair[] = [];
  let value = 0;
  let timestamp: WholeTime | undefined;
  const outer = cursor.open();
  while (cursor.next()) {
    if (cursor.field === 1) labels.push(readLabel(cursor));
    else if (cursor.field === 2) value = cursor.double();
    else if (cursor.field === 3) timestamp = readTime(cursor);
    else cursor.passOver();
  }
  cursor.close(outer);
  // fromEntries defines properties, so that a label named __proto__ stays a label.
  const named = Object.fromEntries(labels);
  return { labels: named, value, ...(timestamp !== undefined && { timestamp }) };
}

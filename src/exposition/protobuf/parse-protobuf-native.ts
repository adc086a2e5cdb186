/** Native buckets of protobuf, read: spans of indices, and counts or what each differs from the last. */

import type { Exemplar } from '../../model/exemplar.ts';
import type { NativeBuckets, NativeHistogram } from '../../model/native-histogram.ts';
import { readExemplar } from './parse-protobuf-exemplar.ts';
import type { ProtobufCursor } from './protobuf-cursor.ts';

/** Schemas that the format can hold. */
const LEAST_SCHEMA = -4;
const MOST_SCHEMA = 8;

/** Where indices end: an int32. */
const INDEX_END = 2 ** 31;

interface Span {
  readonly offset: number;
  readonly length: number;
}

/** The buckets of one sign, as the message has them. */
interface Side {
  readonly spans: Span[];
  readonly deltas: number[];
  readonly counts: number[];
}

/** The fields of a histogram's native part. */
export class SparseFields {
  schema = 0;
  zeroThreshold = 0;
  zeroCount = 0;
  zeroFloatCount = 0;
  readonly negative: Side = { spans: [], deltas: [], counts: [] };
  readonly positive: Side = { spans: [], deltas: [], counts: [] };
  readonly exemplars: Exemplar[] = [];

  /** True where the histogram has a native part, as Prometheus tells. */
  get present(): boolean {
    return (
      this.negative.spans.length > 0 ||
      this.positive.spans.length > 0 ||
      this.zeroThreshold > 0 ||
      this.zeroCount > 0 ||
      this.zeroFloatCount > 0
    );
  }

  /** Takes the field at hand. */
  read(cursor: ProtobufCursor): void {
    switch (cursor.field) {
      case 5:
        this.schema = cursor.zigzag();
        return;
      case 6:
        this.zeroThreshold = cursor.double();
        return;
      case 7:
        this.zeroCount = cursor.unsigned();
        return;
      case 8:
        this.zeroFloatCount = cursor.double();
        return;
      case 9:
      case 10:
      case 11:
        readSide(cursor, this.negative, cursor.field - 9);
        return;
      case 12:
      case 13:
      case 14:
        readSide(cursor, this.positive, cursor.field - 12);
        return;
      case 16:
        this.exemplars.push(readExemplar(cursor));
        return;
      default:
        cursor.passOver();
    }
  }
}

/** What the point says that has the native part. */
interface Totals {
  readonly count: number;
  readonly sum: number | undefined;
}

/**
 * Makes the native part of a histogram that stands at `at`; `undefined` where it has none. Buckets
 * that hold nothing are left out, as they are wherever they were not needed to fill a gap.
 *
 * @throws {ParseError} When Prometheus would refuse it: buckets without counts or the reverse, counts
 * below 0, or other than all observations together.
 */
export function toNative(
  cursor: ProtobufCursor,
  at: number,
  fields: SparseFields,
  totals: Totals,
): NativeHistogram | undefined {
  if (!fields.present) return undefined;
  const { schema, zeroThreshold, exemplars } = fields;
  if (!(schema >= LEAST_SCHEMA && schema <= MOST_SCHEMA)) {
    const expected = `${LEAST_SCHEMA} to ${MOST_SCHEMA}`;
    cursor.refuseAt(at, 'a histogram of another schema', expected, `${schema}`);
  }
  if (!(zeroThreshold >= 0)) {
    cursor.refuseAt(at, 'no zero threshold', 'a number from 0', `${zeroThreshold}`);
  }
  const zeroCount = fields.zeroFloatCount > 0 ? fields.zeroFloatCount : fields.zeroCount;
  const negative = toBuckets(cursor, at, fields.negative);
  const positive = toBuckets(cursor, at, fields.positive);
  requireTotal(cursor, at, zeroCount + sumOf(negative) + sumOf(positive), totals);
  return {
    schema,
    zeroThreshold,
    zeroCount,
    negative,
    positive,
    exemplars: exemplars
      .filter(({ timestamp }) => timestamp !== undefined)
      .sort((a, b) => a.value - b.value),
    customBounds: [],
  };
}

function readSide(cursor: ProtobufCursor, { spans, deltas, counts }: Side, field: number): void {
  if (field === 0) spans.push(readSpan(cursor));
  else if (field === 1) cursor.zigzags(deltas);
  else cursor.doubles(counts);
}

function readSpan(cursor: ProtobufCursor): Span {
  let offset = 0;
  let length = 0;
  const outer = cursor.open();
  while (cursor.next()) {
    if (cursor.field === 1) offset = cursor.zigzag();
    else if (cursor.field === 2) length = cursor.unsigned();
    else cursor.passOver();
  }
  cursor.close(outer);
  return { offset, length };
}

function toBuckets(cursor: ProtobufCursor, at: number, side: Side): NativeBuckets {
  const { spans, deltas } = side;
  const isFloat = side.counts.length > 0;
  const values = isFloat ? side.counts : deltas;
  const total = spans.reduce((sum, { length }) => sum + length, 0);
  // Before anything is made of a length: it may be of buckets that nobody has counted.
  if (total !== values.length) {
    cursor.refuseAt(at, 'spans without their buckets', `${total} buckets`, `${values.length}`);
  }
  const indices: number[] = [];
  const counts: number[] = [];
  let index = 0;
  let next = 0;
  let count = 0;
  for (const [i, { offset, length }] of spans.entries()) {
    if (i > 0 && offset < 0) cursor.refuseAt(at, 'spans that overlap', 'a gap', `${offset}`);
    index += offset;
    for (const end = next + length; next < end; next++, index++) {
      count = isFloat ? values[next]! : count + values[next]!;
      if (!(count >= 0)) cursor.refuseAt(at, 'no count', 'a number from 0', `${count}`);
      if (!(index >= -INDEX_END && index < INDEX_END)) {
        cursor.refuseAt(at, 'no bucket', 'an index of 32 bits', `${index}`);
      }
      if (count === 0) continue;
      indices.push(index);
      counts.push(count);
    }
  }
  return {
    length: indices.length,
    indices: Int32Array.from(indices),
    counts: Float64Array.from(counts),
  };
}

function sumOf({ counts }: NativeBuckets): number {
  return counts.reduce((sum, count) => sum + count, 0);
}

/** Observations that are NaN have no bucket, and make the sum NaN; floats do not add up exactly. */
function requireTotal(
  cursor: ProtobufCursor,
  at: number,
  total: number,
  { count, sum }: Totals,
): void {
  const isExact = Number.isSafeInteger(count) && Number.isSafeInteger(total);
  const fits = Number.isNaN(sum) ? total <= count : total === count;
  if (isExact && !fits) {
    cursor.refuseAt(at, 'a count other than that of all buckets', `${total}`, `${count}`);
  }
}

/** Histograms as protobuf: the message `Histogram`, with its classic and its native buckets. */

import { type ClassicBuckets, classicBuckets } from '../../model/classic-buckets.ts';
import type { Exemplar } from '../../model/exemplar.ts';
import type { HistogramPoint } from '../../model/family.ts';
import {
  CUSTOM_BOUNDS_SCHEMA,
  type NativeBuckets,
  type NativeHistogram,
} from '../../model/native-histogram.ts';
import type { ExposedNames } from '../exposed-names.ts';
import type { ProtobufBytes } from './protobuf-bytes.ts';
import { exemplarMessage } from './protobuf-exemplar.ts';
import { toWholeTime } from './protobuf-time.ts';

/** Fields of `Histogram`. */
const SAMPLE_COUNT = 0x08;
const SAMPLE_SUM = 0x11;
const BUCKET = 0x1a;
const SAMPLE_COUNT_FLOAT = 0x21;
const SCHEMA = 0x28;
const ZERO_THRESHOLD = 0x31;
const ZERO_COUNT = 0x38;
const ZERO_COUNT_FLOAT = 0x41;
/** The tag of exemplars has two bytes. */
const EXEMPLARS = [0x82, 0x01] as const;

interface Sign {
  readonly span: number;
  readonly delta: number;
  readonly count: number;
}
const NEGATIVE: Sign = { span: 0x4a, delta: 0x50, count: 0x59 };
const POSITIVE: Sign = { span: 0x62, delta: 0x68, count: 0x71 };

/** Fields of `Bucket`. */
const CUMULATIVE_COUNT = 0x08;
const UPPER_BOUND = 0x11;
const BUCKET_EXEMPLAR = 0x1a;
const CUMULATIVE_COUNT_FLOAT = 0x21;

/** Fields of `BucketSpan`. */
const OFFSET = 0x08;
const LENGTH = 0x10;

/** As many missing buckets are written as empty ones rather than with a span of their own. */
const FILLED_GAP = 2;

/** Where a uint64 ends. */
const WHOLE_END = 2 ** 64;

/** Up to here, what zigzag makes of a difference is exact. */
const MOST_WHOLE_DELTA = 2 ** 52;

/**
 * Writes the inside of a `Histogram` up to its start time, which the caller writes, then
 * {@linkcode writeNativeExemplars}.
 *
 * Counts that are not all whole go to the fields for floats. The bucket for +Inf, which is the
 * count, is written where it has an exemplar. Listed bounds of a native histogram, for which the
 * format has no place, are written as classic ones.
 */
export function writeHistogram(
  out: ProtobufBytes,
  point: HistogramPoint,
  names: ExposedNames,
): void {
  const { native } = point;
  const classic = classicBuckets(point);
  const count = countOf(point);
  const sparse = native?.schema === CUSTOM_BOUNDS_SCHEMA ? undefined : native;
  const whole = isWhole(count) && areWhole(classic) && (!sparse || areNativeWhole(sparse));
  if (whole) {
    out.byte(SAMPLE_COUNT);
    out.varint(count);
  }
  if (point.sum !== undefined) out.double(SAMPLE_SUM, point.sum);
  writeBuckets(out, classic, point.exemplars, { whole, names });
  if (!whole) out.double(SAMPLE_COUNT_FLOAT, count);
  if (sparse !== undefined) writeNative(out, sparse, whole);
}

/** Writes the exemplars of the native buckets that have a time: Prometheus takes no others. */
export function writeNativeExemplars(
  out: ProtobufBytes,
  native: NativeHistogram,
  names: ExposedNames,
): void {
  for (const exemplar of native.exemplars) {
    const { timestamp } = exemplar;
    if (timestamp === undefined || toWholeTime(timestamp) === undefined) continue;
    const message = exemplarMessage(exemplar, names);
    if (message === undefined) continue;
    out.byte(EXEMPLARS[0]);
    out.message(EXEMPLARS[1], message);
  }
}

function writeBuckets(
  out: ProtobufBytes,
  { bounds, cells, index, cumulative }: ClassicBuckets,
  exemplars: readonly (Exemplar | undefined)[] | undefined,
  { whole, names }: { readonly whole: boolean; readonly names: ExposedNames },
): void {
  let count = 0;
  for (let i = 0; i <= bounds.length; i++) {
    const cell = cells[index + i]!;
    count = cumulative ? cell : count + cell;
    const exemplar = exemplars?.[i];
    if (i === bounds.length && exemplar === undefined) return;
    out.byte(BUCKET);
    // Where the length stands.
    out.byte(0);
    const start = out.length;
    if (whole) {
      out.byte(CUMULATIVE_COUNT);
      out.varint(count);
    }
    out.double(UPPER_BOUND, bounds[i] ?? Infinity);
    if (exemplar !== undefined) {
      const message = exemplarMessage(exemplar, names);
      if (message !== undefined) out.message(BUCKET_EXEMPLAR, message);
    }
    if (!whole) out.double(CUMULATIVE_COUNT_FLOAT, count);
    out.prefix(out.length - start, 1);
  }
}

function writeNative(out: ProtobufBytes, native: NativeHistogram, whole: boolean): void {
  const { schema, zeroThreshold, zeroCount, negative, positive } = native;
  out.byte(SCHEMA);
  out.zigzag(schema);
  out.double(ZERO_THRESHOLD, zeroThreshold);
  if (whole) {
    out.byte(ZERO_COUNT);
    out.varint(zeroCount);
  } else {
    out.double(ZERO_COUNT_FLOAT, zeroCount);
  }
  writeSign(out, negative, NEGATIVE, whole);
  writeSign(out, positive, POSITIVE, whole);
  // Else nothing would tell it from a classic histogram.
  const empty = negative.length === 0 && positive.length === 0;
  if (empty && zeroThreshold === 0 && zeroCount === 0) writeSpan(out, POSITIVE.span, 0, 0);
}

function writeSign(
  out: ProtobufBytes,
  buckets: NativeBuckets,
  { span, delta, count }: Sign,
  whole: boolean,
): void {
  const { length, indices, counts } = buckets;
  let end = 0;
  for (let from = 0; from < length; ) {
    const to = spanEnd(buckets, from);
    const last = indices[to - 1]! + 1;
    writeSpan(out, span, indices[from]! - end, last - indices[from]!);
    end = last;
    from = to;
  }
  let before = 0;
  for (let i = 0; i < length; i++) {
    let gap = i === 0 ? 0 : indices[i]! - indices[i - 1]! - 1;
    if (gap > FILLED_GAP) gap = 0;
    for (let own = 0; gap >= 0; gap--, before = own) {
      own = gap > 0 ? 0 : counts[i]!;
      if (!whole) {
        out.double(count, own);
        continue;
      }
      out.byte(delta);
      out.zigzag(own - before);
    }
  }
}

/** Where the span ends that begins with the bucket at `from`: behind the last one without a gap. */
function spanEnd({ length, indices }: NativeBuckets, from: number): number {
  let to = from + 1;
  while (to < length && indices[to]! - indices[to - 1]! - 1 <= FILLED_GAP) to++;
  return to;
}

function writeSpan(out: ProtobufBytes, tag: number, offset: number, length: number): void {
  out.byte(tag);
  out.byte(0);
  const start = out.length;
  out.byte(OFFSET);
  out.zigzag(offset);
  out.byte(LENGTH);
  out.varint(length);
  out.prefix(out.length - start, 1);
}

/** How many observations there were. */
function countOf({ bounds, cells, index, cumulative }: HistogramPoint): number {
  if (cumulative) return cells[index + bounds.length]!;
  let count = 0;
  for (let i = 0; i <= bounds.length; i++) count += cells[index + i]!;
  return count;
}

function areWhole({ bounds, cells, index }: ClassicBuckets): boolean {
  for (let i = 0; i <= bounds.length; i++) if (!isWhole(cells[index + i]!)) return false;
  return true;
}

function areNativeWhole({ zeroCount, positive, negative }: NativeHistogram): boolean {
  if (!isWhole(zeroCount)) return false;
  for (const { length, counts } of [positive, negative]) {
    for (let i = 0; i < length; i++) {
      if (!isWhole(counts[i]!) || counts[i]! > MOST_WHOLE_DELTA) return false;
    }
  }
  return true;
}

function isWhole(count: number): boolean {
  return count >= 0 && count < WHOLE_END && Math.floor(count) === count;
}

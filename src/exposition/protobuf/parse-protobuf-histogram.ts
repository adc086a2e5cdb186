/** Histograms of protobuf, read: classic buckets, native ones, or both. */

import { formatBound } from '../../model/bound.ts';
import type { Exemplar } from '../../model/exemplar.ts';
import { type Point, PointLines, WholeHistogram } from '../parse/parse-point.ts';
import { readExemplar, readStart } from './parse-protobuf-exemplar.ts';
import { SparseFields, toNative } from './parse-protobuf-native.ts';
import type { ProtobufCursor } from './protobuf-cursor.ts';

interface Bucket {
  readonly bound: number;
  readonly count: number;
  readonly exemplar: Exemplar | undefined;
}

/** What a histogram's message says, field by field. */
class Fields {
  count: number | undefined;
  floatCount: number | undefined;
  sum: number | undefined;
  created: number | undefined;
  readonly buckets: Bucket[] = [];
  readonly sparse: SparseFields = new SparseFields();
}

/** Reads histograms, one after the other. */
export class HistogramReader {
  #bounds: readonly number[] = [];

  /**
   * Reads the field at hand as a `Histogram`, and returns its point: a whole one, or the lines that
   * Prometheus would make of buckets that are none.
   */
  read(cursor: ProtobufCursor, gauge: boolean): Point[] {
    const { at } = cursor;
    const fields = readFields(cursor);
    const count = pick(fields.count, fields.floatCount);
    const native = toNative(cursor, at, fields.sparse, { count, sum: fields.sum });
    const { buckets } = fields;
    const last = buckets.at(-1);
    const ending = last?.bound === Infinity ? buckets.pop() : undefined;
    if (!isWhole(buckets, ending?.count ?? count) || (ending?.count ?? count) !== count) {
      if (ending !== undefined) buckets.push(ending);
      return toLines(fields, count, gauge);
    }
    const exemplars = [...buckets, ending].map((bucket) => bucket?.exemplar);
    const point = {
      bounds: this.#share(buckets.map(({ bound }) => bound)),
      cells: [...buckets.map((bucket) => bucket.count), count],
      index: 0,
      cumulative: true,
      sum: fields.sum,
      created: gauge ? undefined : fields.created,
      exemplars: exemplars.some((exemplar) => exemplar !== undefined) ? exemplars : undefined,
    };
    return [new WholeHistogram(native === undefined ? point : { ...point, native })];
  }

  /** One array for metrics with the same bounds, which a writer then renders once. */
  #share(bounds: readonly number[]): readonly number[] {
    const same =
      bounds.length === this.#bounds.length &&
      bounds.every((bound, i) => bound === this.#bounds[i]);
    if (!same) this.#bounds = bounds;
    return this.#bounds;
  }
}

function readFields(cursor: ProtobufCursor): Fields {
  const fields = new Fields();
  const outer = cursor.open();
  while (cursor.next()) readField(cursor, fields);
  cursor.close(outer);
  return fields;
}

function readField(cursor: ProtobufCursor, fields: Fields): void {
  switch (cursor.field) {
    case 1:
      fields.count = cursor.unsigned();
      return;
    case 2:
      fields.sum = cursor.double();
      return;
    case 3:
      fields.buckets.push(readBucket(cursor));
      return;
    case 4:
      fields.floatCount = cursor.double();
      return;
    case 15:
      fields.created = readStart(cursor);
      return;
    default:
      fields.sparse.read(cursor);
  }
}

function readBucket(cursor: ProtobufCursor): Bucket {
  let count: number | undefined;
  let floatCount: number | undefined;
  let bound = 0;
  let exemplar: Exemplar | undefined;
  const outer = cursor.open();
  while (cursor.next()) {
    if (cursor.field === 1) count = cursor.unsigned();
    else if (cursor.field === 2) bound = cursor.double();
    else if (cursor.field === 3) exemplar = readExemplar(cursor);
    else if (cursor.field === 4) floatCount = cursor.double();
    else cursor.passOver();
  }
  cursor.close(outer);
  return { bound, count: pick(count, floatCount), exemplar };
}

/** A float counts where it is above 0, as in Prometheus, or where there is nothing else. */
function pick(whole: number | undefined, float: number | undefined): number {
  return float !== undefined && (float > 0 || whole === undefined) ? float : (whole ?? 0);
}

/** True of buckets that ascend, and whose counts do not fall. */
function isWhole(buckets: readonly Bucket[], count: number): boolean {
  let bound = -Infinity;
  let least = 0;
  for (const [i, bucket] of buckets.entries()) {
    if (!(bucket.bound > bound || (i === 0 && bucket.bound === bound))) return false;
    if (!(bucket.count >= least)) return false;
    bound = bucket.bound;
    least = bucket.count;
  }
  return buckets.length === 0 || count >= least;
}

function toLines({ buckets, sum }: Fields, count: number, gauge: boolean): Point[] {
  const lines = new PointLines();
  for (const bucket of buckets) {
    lines.add('_bucket', formatBound(bucket.bound), bucket.count, bucket.exemplar);
  }
  if (buckets.at(-1)?.bound !== Infinity) lines.add('_bucket', '+Inf', count);
  if (sum !== undefined) lines.add(gauge ? '_gsum' : '_sum', undefined, sum);
  lines.add(gauge ? '_gcount' : '_count', undefined, count);
  return Array.from(lines.values, (_, place) => lines.line(place, 'le'));
}

/** Metrics of protobuf, read into a family. */

import type { Exemplar } from '../../model/exemplar.ts';
import type { MetricType } from '../../model/family.ts';
import type { Pair } from '../../model/labels.ts';
import type { Timestamp } from '../../model/timestamp.ts';
import { type FamilyBuilder, type Shape, valuesOf } from '../parse/parse-builder.ts';
import type { WrittenLabels } from '../parse/parse-labels.ts';
import { NumberPoint, type Point, PointLines, WholeSummary } from '../parse/parse-point.ts';
import { readExemplar, readLabel, readStart } from './parse-protobuf-exemplar.ts';
import { HistogramReader } from './parse-protobuf-histogram.ts';
import type { ProtobufCursor } from './protobuf-cursor.ts';

/** The field of `Metric` that holds the point, for each number of `MetricType`, and its name. */
const POINTS = [
  [3, 'counter'],
  [2, 'gauge'],
  [4, 'summary'],
  [5, 'untyped'],
  [7, 'histogram'],
  [7, 'histogram'],
] as const;

/** The number of `MetricType` that stands for a counter. */
const COUNTER = 0;

/** Stands for a number that the reader of numbers has: most metrics are no more. */
const ONE_NUMBER: readonly Point[] = [];

/** What the format calls each type of ours; others are gauges there. */
const TYPES: readonly MetricType[] = [
  'counter',
  'gauge',
  'summary',
  'unknown',
  'histogram',
  'gaugehistogram',
];

/** The type of a number of `MetricType`; `undefined` where there is none. */
export function typeOf(number: number): MetricType | undefined {
  return TYPES[number];
}

/**
 * Labels as they are read. Most are those of the metric before, which is told by their bytes; of others
 * that metric's are the first guess.
 */
class MetricLabels implements WrittenLabels {
  readonly names: string[] = [];
  readonly values: string[] = [];
  count = 0;
  readonly #pairs: Pair[] = [];
  /** Where each label stands, the first `#known` of them in the message at hand. */
  readonly #starts: number[] = [];
  readonly #ends: number[] = [];
  #known = 0;
  #cursor: ProtobufCursor | undefined;

  /** Begins the labels of a metric. */
  begin(cursor: ProtobufCursor): void {
    if (cursor !== this.#cursor) this.#known = 0;
    this.#cursor = cursor;
    this.count = 0;
  }

  /** Reads the next label where it is that of the metric before; false where it is not. */
  readSame(cursor: ProtobufCursor): boolean {
    const { count } = this;
    if (count >= this.#known) return false;
    if (!cursor.repeats(this.#starts[count]!, this.#ends[count]!)) return false;
    this.count = count + 1;
    return true;
  }

  /** Reads the field at hand as a label. */
  read(cursor: ProtobufCursor): void {
    const { count } = this;
    const start = cursor.fieldAt;
    const pair = readLabel(cursor, this.#pairs[count]);
    this.#pairs[count] = pair;
    this.names[count] = pair[0];
    this.values[count] = pair[1];
    this.#starts[count] = start;
    this.#ends[count] = cursor.at;
    this.count = count + 1;
    if (this.count > this.#known) this.#known = this.count;
  }
}

/** A number as it is read, with what a counter may have beside it. */
class NumberReader {
  value = 0;
  created: number | undefined;
  exemplar: Exemplar | undefined;
  /** The start time that was read last, and where it stands in the message of `#cursor`. */
  #created: number | undefined;
  #start = 0;
  #end = 0;
  #cursor: ProtobufCursor | undefined;

  /** Reads the field at hand as a `Counter`, or as a `Gauge` or an `Untyped`. */
  read(cursor: ProtobufCursor, counts: boolean): void {
    this.value = 0;
    this.created = undefined;
    this.exemplar = undefined;
    const outer = cursor.open();
    for (;;) {
      if (cursor === this.#cursor && cursor.repeats(this.#start, this.#end)) {
        this.created = this.#created;
      } else if (!cursor.next()) break;
      else if (cursor.field === 1) this.value = cursor.double();
      else if (counts && cursor.field === 2) this.exemplar = readExemplar(cursor);
      else if (counts && cursor.field === 3) this.#readStart(cursor);
      else cursor.passOver();
    }
    cursor.close(outer);
  }

  #readStart(cursor: ProtobufCursor): void {
    this.#start = cursor.fieldAt;
    this.#created = readStart(cursor);
    this.#end = cursor.at;
    this.#cursor = cursor;
    this.created = this.#created;
  }

  /** What was read, where it is more than a number and a start time. */
  get point(): Point | undefined {
    const { value, created, exemplar } = this;
    return exemplar === undefined ? undefined : new NumberPoint(value, created, exemplar);
  }
}

/**
 * Reads the metrics of one family after the other.
 *
 * What most have in common with the metric before, labels and start time, is told by comparing bytes:
 * 100,000 counters of 8.4 MB take 44 ms of a processor, and 102 where each field is read for itself
 * and V8 has to learn the parser's shapes anew. In text, which has no start times, they take 18 (Node 24, medians).
 */
export class MetricReader {
  readonly #labels = new MetricLabels();
  readonly #number = new NumberReader();
  readonly #histograms = new HistogramReader();
  #shape: Shape | undefined;
  #builder: FamilyBuilder | undefined;

  /** Reads the field at hand as a `Metric` of a family of this number of `MetricType`. */
  read(cursor: ProtobufCursor, builder: FamilyBuilder, typeNumber: number): void {
    if (builder !== this.#builder) this.#shape = undefined;
    this.#builder = builder;
    const labels = this.#labels;
    labels.begin(cursor);
    const [field, name] = POINTS[typeNumber]!;
    let time: Timestamp | undefined;
    let points: readonly Point[] | undefined;
    const { at } = cursor;
    const outer = cursor.open();
    for (;;) {
      if (labels.readSame(cursor)) continue;
      if (!cursor.next()) break;
      if (cursor.field === 1) labels.read(cursor);
      else if (cursor.field === 6) time = cursor.signed() / 1000;
      else if (cursor.field === field) points = this.#points(cursor, typeNumber);
      else cursor.passOver();
    }
    cursor.close(outer);
    if (points === undefined) {
      cursor.refuseAt(at, 'a metric of another type than its family', `a ${name}`, 'none');
    }
    const shape = this.#lay(cursor, at, builder);
    if (points === ONE_NUMBER) {
      const { value, created } = this.#number;
      builder.addNumber(shape, labels, time, value, created);
    } else {
      for (const point of points) builder.add(shape.set, valuesOf(shape, labels), time, point);
    }
  }

  /** The points of the field at hand, {@linkcode ONE_NUMBER} where it is that and no more. */
  #points(cursor: ProtobufCursor, typeNumber: number): readonly Point[] {
    const [, name] = POINTS[typeNumber]!;
    if (name === 'histogram') {
      return this.#histograms.read(cursor, TYPES[typeNumber] === 'gaugehistogram');
    }
    if (name === 'summary') return readSummary(cursor);
    this.#number.read(cursor, typeNumber === COUNTER);
    const { point } = this.#number;
    return point === undefined ? ONE_NUMBER : [point];
  }

  #lay(cursor: ProtobufCursor, at: number, builder: FamilyBuilder): Shape {
    const labels = this.#labels;
    const shape = builder.shape(labels, this.#shape);
    if (shape === this.#shape && shape !== undefined) return shape;
    const names = labels.names.slice(0, labels.count);
    if (shape === undefined) {
      return cursor.refuseAt(at, 'a label twice', 'different labels', names.join(', '));
    }
    if (names.includes('')) cursor.refuseAt(at, 'a label without a name', 'a name', '""');
    if (shape.reservedPlace >= 0) {
      const { reserved } = builder;
      cursor.refuseAt(at, 'a label that the type has for itself', 'another name', `${reserved}`);
    }
    this.#shape = shape;
    return shape;
  }
}

function readSummary(cursor: ProtobufCursor): Point[] {
  let count: number | undefined;
  let sum: number | undefined;
  let created: number | undefined;
  const pairs: (readonly [quantile: number, value: number])[] = [];
  const outer = cursor.open();
  while (cursor.next()) {
    if (cursor.field === 1) count = cursor.unsigned();
    else if (cursor.field === 2) sum = cursor.double();
    else if (cursor.field === 3) pairs.push(readQuantile(cursor));
    else if (cursor.field === 4) created = readStart(cursor);
    else cursor.passOver();
  }
  cursor.close(outer);
  pairs.sort(([a], [b]) => a - b);
  const quantiles = pairs.map(([quantile]) => quantile);
  const values = pairs.map(([, value]) => value);
  const isWhole = quantiles.every(
    (quantile, i) => quantile >= 0 && quantile <= 1 && quantile !== quantiles[i - 1],
  );
  if (isWhole) return [new WholeSummary({ quantiles, values, count, sum, created })];
  const lines = new PointLines();
  for (const [quantile, value] of pairs) lines.add('', `${quantile}`, value);
  if (sum !== undefined) lines.add('_sum', undefined, sum);
  if (count !== undefined) lines.add('_count', undefined, count);
  return Array.from(lines.values, (_, place) => lines.line(place, 'quantile'));
}

function readQuantile(cursor: ProtobufCursor): readonly [quantile: number, value: number] {
  let quantile = 0;
  let value = 0;
  const outer = cursor.open();
  while (cursor.next()) {
    if (cursor.field === 1) quantile = cursor.double();
    else if (cursor.field === 2) value = cursor.double();
    else cursor.passOver();
  }
  cursor.close(outer);
  return [quantile, value];
}

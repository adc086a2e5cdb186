/** Metrics of protobuf, read into a family. */

import type { MetricType } from '../model/family.ts';
import type { Pair } from '../model/labels.ts';
import type { Timestamp } from '../model/timestamp.ts';
import { type FamilyBuilder, type Shape, valuesOf } from './parse-builder.ts';
import type { WrittenLabels } from './parse-labels.ts';
import { NumberPoint, type Point, PointLines, WholeSummary } from './parse-point.ts';
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

/** Labels as they are read, those of the metric before first guesses for the next one's. */
class MetricLabels implements WrittenLabels {
  readonly names: string[] = [];
  readonly values: string[] = [];
  count = 0;
  readonly #pairs: Pair[] = [];

  read(cursor: ProtobufCursor): void {
    const pair = readLabel(cursor, this.#pairs[this.count]);
    [this.names[this.count], this.values[this.count]] = pair;
    this.#pairs[this.count++] = pair;
  }
}

/** Reads the metrics of one family after the other. */
export class MetricReader {
  readonly #labels = new MetricLabels();
  readonly #histograms = new HistogramReader();
  #shape: Shape | undefined;
  #builder: FamilyBuilder | undefined;

  /** Reads the field at hand as a `Metric` of a family of this number of `MetricType`. */
  read(cursor: ProtobufCursor, builder: FamilyBuilder, typeNumber: number): void {
    if (builder !== this.#builder) this.#shape = undefined;
    this.#builder = builder;
    const labels = this.#labels;
    labels.count = 0;
    const [field, name] = POINTS[typeNumber]!;
    let time: Timestamp | undefined;
    let points: readonly (Point | number)[] | undefined;
    const { at } = cursor;
    const outer = cursor.open();
    while (cursor.next()) {
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
    for (const point of points) {
      if (typeof point === 'number') builder.addNumber(shape, labels, time, point);
      else builder.add(shape.set, valuesOf(shape, labels), time, point);
    }
  }

  #points(cursor: ProtobufCursor, typeNumber: number): readonly (Point | number)[] {
    const [, name] = POINTS[typeNumber]!;
    if (name === 'histogram') {
      return this.#histograms.read(cursor, TYPES[typeNumber] === 'gaugehistogram');
    }
    return name === 'summary' ? readSummary(cursor) : [readNumber(cursor, typeNumber)];
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

function readNumber(cursor: ProtobufCursor, typeNumber: number): Point | number {
  let value = 0;
  let exemplar: ReturnType<typeof readExemplar> | undefined;
  let created: number | undefined;
  const counts = typeNumber === COUNTER;
  const outer = cursor.open();
  while (cursor.next()) {
    if (cursor.field === 1) value = cursor.double();
    else if (counts && cursor.field === 2) exemplar = readExemplar(cursor);
    else if (counts && cursor.field === 3) created = readStart(cursor);
    else cursor.passOver();
  }
  cursor.close(outer);
  if (exemplar === undefined && created === undefined) return value;
  return new NumberPoint(value, created, exemplar);
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

/** The metrics of one OpenMetrics family, whose lines stand together and in the order of time. */

import type { Pair } from '../model/labels.ts';
import type { Timestamp } from '../model/timestamp.ts';
import { type FamilyBuilder, identify, isSame, type Shape, valuesOf } from './parse-builder.ts';
import type { LineCursor } from './parse-cursor.ts';
import type { LabelSet } from './parse-family.ts';
import { compareTimes } from './parse-number.ts';
import { InfoPoint, PointLines, PointMaker } from './parse-point.ts';
import type { LineSample } from './parse-sample.ts';

/** The metric at hand. */
interface Group {
  readonly set: LabelSet;
  readonly values: readonly string[];
  /** The time of its last point. */
  time: Timestamp | undefined;
}

/** Gathers the samples of a family into points, and refuses those that do not stand together. */
export class OpenMetricsGroups {
  readonly #builder: FamilyBuilder;
  readonly #cursor: LineCursor;
  readonly #maker = new PointMaker();
  readonly #seen = new Set<string>();
  #group: Group | undefined;
  /** The lines of the point at hand as text, where it has a time. */
  readonly #have = new Set<string>();
  /** The lines of the point at hand. */
  #lines: PointLines = new PointLines();
  /** Where the last of them stands. */
  #line = 0;

  /** Begins a family without metrics. */
  constructor(builder: FamilyBuilder, cursor: LineCursor) {
    this.#builder = builder;
    this.#cursor = cursor;
  }

  /** Adds a sample. */
  add(shape: Shape, sample: LineSample, suffix: string): void {
    const { labels, value, exemplar } = sample;
    const own = shape.reservedPlace < 0 ? undefined : labels.values[shape.reservedPlace];
    let group = this.#group;
    if (group === undefined || !isSame(shape, labels, group)) {
      this.close();
      group = this.#begin(shape, sample);
    } else {
      this.#goOn(group, sample, suffix, own);
    }
    this.#line = this.#cursor.line;
    const { type } = this.#builder;
    if (type === 'gauge' || type === 'unknown') {
      this.#builder.add(group.set, group.values, sample.time, value);
    } else if (type === 'info') {
      const pairs = group.set.names.map((name, i): Pair => [name, group.values[i]!]);
      this.#builder.add(group.set, [], sample.time, new InfoPoint(pairs));
    } else {
      this.#lines.add(suffix, own, value, exemplar);
      if (sample.time !== undefined) this.#have.add(`${suffix} ${own}`);
    }
  }

  /** Completes the point at hand. */
  close(): void {
    const group = this.#group;
    if (group === undefined || this.#lines.count === 0) return;
    const { type } = this.#builder;
    const cursor: LineCursor = this.#cursor;
    const point = this.#maker.make(type, this.#lines);
    if (!('write' in point)) {
      cursor.refuseLine(this.#line, point.problem, point.expected, point.got);
    }
    if (type === 'histogram' || type === 'gaugehistogram') this.#checkSums();
    this.#builder.add(group.set, group.values, group.time, point);
    this.#lines = new PointLines();
    this.#have.clear();
  }

  #begin(shape: Shape, { labels, time }: LineSample): Group {
    const values = valuesOf(shape, labels);
    const key = identify(shape.set, values);
    if (this.#seen.has(key)) {
      this.#refuse('a metric that stands apart', 'all lines of a metric together');
    }
    this.#seen.add(key);
    const group = { set: shape.set, values, time };
    this.#group = group;
    return group;
  }

  #goOn(group: Group, { time }: LineSample, suffix: string, own: string | undefined): void {
    const last = group.time;
    if ((time === undefined) !== (last === undefined)) {
      this.#refuse('times on some lines', 'times on all lines of a metric, or on none');
    }
    const order = time === undefined || last === undefined ? 0 : compareTimes(time, last);
    if (order < 0) this.#refuse('a time before the one before', 'ascending times');
    // Without times, it is for the point to say that it has a line twice.
    if (order === 0 && this.#lines.count > 0) {
      if (time === undefined || !this.#have.has(`${suffix} ${own}`)) return;
    }
    if (time === undefined) this.#refuse('a sample twice', 'different labels');
    // Times may have been cut off, and so be the same for points that were not. Where points have
    // several lines, nobody could tell which of them belong together.
    if (order === 0 && this.#lines.count > 0 && !(suffix === '_total' && this.#lines.count === 1)) {
      this.#refuse('a sample twice', 'a later time');
    }
    this.close();
    group.time = time;
  }

  // Count and sum come together, and there is no sum where observations can be below 0.
  #checkSums(): void {
    const lines = this.#lines;
    const cursor: LineCursor = this.#cursor;
    const gauge = this.#builder.type === 'gaugehistogram';
    const sum = lines.place(gauge ? '_gsum' : '_sum');
    const count = lines.place(gauge ? '_gcount' : '_count');
    if (sum < 0 !== count < 0) {
      cursor.refuseLine(this.#line, 'half of sum and count', 'both or neither', 'one');
    }
    const value = lines.values[sum];
    const negative = Number(lines.owns[lines.place('_bucket')]) < 0;
    if (negative && !gauge && value !== undefined) {
      cursor.refuseLine(this.#line, 'a sum beside bounds below 0', 'none', String(value));
    }
    if (!negative && value !== undefined && value < 0) {
      cursor.refuseLine(this.#line, 'a sum below 0', 'a number >= 0', String(value));
    }
  }

  #refuse(problem: string, expected: string): never {
    this.#cursor.refuse(problem, expected, this.#cursor.start);
  }
}

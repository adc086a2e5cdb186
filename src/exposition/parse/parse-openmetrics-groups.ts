/** The metrics of one OpenMetrics family, whose lines stand together and in the order of time. */

import type { Pair } from '../../model/labels.ts';
import type { Timestamp } from '../../model/timestamp.ts';
import { type FamilyBuilder, identify, isSame, type Shape, valuesOf } from './parse-builder.ts';
import { LineCursor } from './parse-cursor.ts';
import type { LabelSet } from './parse-family.ts';
import { compareTimes } from './parse-number.ts';
import { placesOf } from './parse-places.ts';
import { InfoPoint, PointLines } from './parse-point.ts';
import { type Misfit, PointMaker } from './parse-point-maker.ts';
import type { LineSample } from './parse-sample.ts';

/** The metric at hand. */
interface Group {
  readonly set: LabelSet;
  readonly values: readonly string[];
  /** The time of its last point. */
  time: Timestamp | undefined;
}

/** Lines of a point that lie in one text. */
interface Piece {
  readonly text: string;
  /** Where the first of them begins. */
  readonly start: number;
  /** Which line of the point that is. */
  readonly place: number;
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
  /** Where the first of them lies; the others follow it. */
  #text = '';
  #start = 0;
  /** Where they go on in another text, for those that do. */
  #later: Piece[] | undefined;
  /** The number of the last of them. */
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
      this.#remember(this.#cursor);
      this.#lines.add(suffix, own, value, exemplar);
      if (sample.time !== undefined) this.#have.add(`${suffix} ${own}`);
    }
  }

  /** Completes the point at hand. */
  close(): void {
    const group = this.#group;
    if (group === undefined || this.#lines.count === 0) return;
    const { type } = this.#builder;
    const point = this.#maker.make(type, this.#lines);
    if (!('write' in point)) this.#refuseEarlier(point);
    if (type === 'histogram' || type === 'gaugehistogram') this.#checkSums();
    this.#builder.add(group.set, group.values, group.time, point);
    this.#lines = new PointLines();
    this.#later = undefined;
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
      this.#refuseTime('times on some lines', 'times on all lines of a metric, or on none');
    }
    const order = time === undefined || last === undefined ? 0 : compareTimes(time, last);
    if (order < 0) this.#refuseTime('a time before the one before', 'ascending times');
    // Without times, it is for the point to say that it has a line twice.
    if (order === 0 && this.#lines.count > 0) {
      if (time === undefined || !this.#have.has(`${suffix} ${own}`)) return;
    }
    if (time === undefined) this.#refuse('a sample twice', 'different labels');
    // Times may have been cut off, and so be the same for points that were not. Where points have
    // several lines, nobody could tell which of them belong together.
    if (order === 0 && this.#lines.count > 0 && !(suffix === '_total' && this.#lines.count === 1)) {
      this.#refuseTime('a sample twice', 'a later time');
    }
    this.close();
    group.time = time;
  }

  // Count and sum come together, and there is no sum where observations can be below 0.
  #checkSums(): void {
    const lines = this.#lines;
    const gauge = this.#builder.type === 'gaugehistogram';
    const sum = lines.place(gauge ? '_gsum' : '_sum');
    const count = lines.place(gauge ? '_gcount' : '_count');
    if (sum < 0 !== count < 0) {
      const place = Math.max(sum, count);
      const problem = sum < 0 ? 'a count without a sum' : 'a sum without a count';
      this.#refuseEarlier({ problem, expected: 'both or neither', place, part: 'sample' });
    }
    const value = lines.values[sum];
    const negative = Number(lines.owns[lines.place('_bucket')]) < 0;
    if (negative && !gauge && value !== undefined) {
      const problem = 'a sum beside bounds below 0';
      this.#refuseEarlier({ problem, expected: 'none', place: sum, part: 'sample' });
    }
    if (!negative && value !== undefined && value < 0) {
      const problem = 'a sum below 0';
      this.#refuseEarlier({ problem, expected: 'a number >= 0', place: sum, part: 'value' });
    }
  }

  #remember({ text, start }: LineCursor): void {
    const place = this.#lines.count;
    if (place === 0) {
      this.#text = text;
      this.#start = start;
    } else if (start === 0) {
      // What arrives in chunks goes on at the beginning of another text.
      this.#later ??= [];
      this.#later.push({ text, start, place });
    }
  }

  #refuse(problem: string, expected: string): never {
    this.#cursor.refuse(problem, expected, this.#cursor.start);
  }

  #refuseTime(problem: string, expected: string): never {
    this.#cursor.refuse(problem, expected, placesOf(this.#cursor).timeAt);
  }

  /** Refuses a line of the point at hand. */
  #refuseEarlier({ problem, expected, place, part }: Misfit): never {
    let piece: Piece = { text: this.#text, start: this.#start, place: 0 };
    for (const later of this.#later ?? []) if (later.place <= place) piece = later;
    const { text } = piece;
    let { start } = piece;
    for (let i = piece.place; i < place; i++) start = text.indexOf('\n', start) + 1;
    const feed = text.indexOf('\n', start);
    const cursor: LineCursor = new LineCursor(this.#cursor.format);
    cursor.line = this.#line - this.#lines.count + place;
    cursor.open(text, start, feed < 0 ? text.length : feed);
    if (part === 'sample') cursor.refuse(problem, expected);
    const { valueAt, labels } = placesOf(cursor);
    const own = labels.find(({ name }) => name === this.#builder.reserved);
    cursor.refuse(problem, expected, part === 'value' ? valueAt : own!.valueAt);
  }
}

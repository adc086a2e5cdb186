/** Reads the text format, as leniently as Prometheus does. */

import type { MetricFamily, MetricType } from '../model/family.ts';
import type { Timestamp } from '../model/timestamp.ts';
import { FamilyBuilder, identify, isSame, type Shape, valuesOf } from './parse-builder.ts';
import { LineCursor, unescapeHelp } from './parse-cursor.ts';
import type { LabelSet } from './parse-family.ts';
import type { LineParser } from './parse-lines.ts';
import { refuseTwice } from './parse-places.ts';
import { PointLines } from './parse-point.ts';
import { PointMaker } from './parse-point-maker.ts';
import { LineSample } from './parse-sample.ts';

const HASH = 35;

const TYPES: ReadonlyMap<string, MetricType> = new Map([
  ['counter', 'counter'],
  ['gauge', 'gauge'],
  ['histogram', 'histogram'],
  ['summary', 'summary'],
  ['untyped', 'unknown'],
]);

/** The lines of one metric at one time. */
interface Group {
  readonly set: LabelSet;
  readonly values: readonly string[];
  readonly time: Timestamp | undefined;
  readonly lines: PointLines;
}

/** A family on its way, under the name that the document has for it. */
class Entry {
  readonly name: string;
  readonly builder: FamilyBuilder;
  /** True where its lines have to be gathered, since a point has several. */
  grouped = false;
  hasType = false;
  hasSamples = false;
  #groups: Map<string, Group> | undefined;
  #last: Group | undefined;

  constructor(name: string) {
    this.name = name;
    this.builder = new FamilyBuilder(name);
  }

  setType(type: MetricType): void {
    this.hasType = true;
    const { builder, name } = this;
    if (type !== 'counter') {
      builder.type = type;
    } else if (name.endsWith('_total') && name !== '_total') {
      builder.type = type;
      builder.name = name.slice(0, -'_total'.length);
    }
    this.grouped = type === 'histogram' || type === 'summary';
  }

  addLine(shape: Shape, sample: LineSample, suffix: string): void {
    const { labels, value, time } = sample;
    const own = shape.reservedPlace < 0 ? undefined : labels.values[shape.reservedPlace];
    this.#group(shape, sample, time).lines.add(suffix, own, value);
  }

  build(): MetricFamily {
    const { builder } = this;
    if (this.#groups === undefined) return builder.build();
    const maker = new PointMaker();
    for (const { set, values, time, lines } of this.#groups.values()) {
      const point = isWhole(builder.type, lines) ? maker.make(builder.type, lines) : undefined;
      if (point !== undefined && 'write' in point) {
        builder.add(set, values, time, point);
        continue;
      }
      for (let i = 0; i < lines.count; i++) {
        builder.add(set, values, time, lines.line(i, builder.reserved));
      }
    }
    return builder.build();
  }

  #group(shape: Shape, { labels }: LineSample, time: Timestamp | undefined): Group {
    const last = this.#last;
    if (last !== undefined && last.time === time && isSame(shape, labels, last)) return last;
    const values = valuesOf(shape, labels);
    const moment = typeof time === 'object' ? JSON.stringify(time) : time;
    const key = `${moment} ${identify(shape.set, values)}`;
    this.#groups ??= new Map();
    let group = this.#groups.get(key);
    if (group === undefined) {
      group = { set: shape.set, values, time, lines: new PointLines() };
      this.#groups.set(key, group);
    }
    this.#last = group;
    return group;
  }
}

// A histogram is written with its count: one that has none, as half of a gauge histogram, stays lines.
function isWhole(type: MetricType, lines: PointLines): boolean {
  return type !== 'histogram' || lines.place('_count') >= 0;
}

/** Where lines of one name go. */
interface Route {
  readonly entry: Entry;
  readonly suffix: string;
  shape: Shape | undefined;
}

/**
 * Reads the text format 0.0.4 and 1.0.0, line by line.
 *
 * Lines of a family may stand apart, so that no family is complete before the end.
 */
export class TextParser implements LineParser {
  readonly cursor: LineCursor = new LineCursor('text');
  readonly sample: LineSample = new LineSample();
  readonly #entries = new Map<string, Entry>();
  readonly #routes = new Map<string, Route>();
  #route: Route | undefined;
  #routeName = '';
  #families: MetricFamily[] = [];

  readLine(): void {
    const cursor: LineCursor = this.cursor;
    cursor.blanks();
    if (cursor.at === cursor.end) return;
    if (cursor.code === HASH) {
      this.#readComment();
    } else {
      this.sample.read(cursor);
      this.#accept();
    }
  }

  end(): void {
    for (const entry of this.#entries.values()) this.#families.push(entry.build());
  }

  take(): MetricFamily[] {
    const families = this.#families;
    this.#families = [];
    return families;
  }

  acceptAgain(): void {
    const route = this.#route;
    if (route?.shape === undefined) this.#accept();
    else this.#add(route, route.shape);
  }

  #accept(): void {
    const { sample } = this;
    const route = this.#routeOf(sample.name);
    const { entry } = route;
    const shape = entry.builder.shape(sample.labels, route.shape);
    if (shape === undefined) refuseTwice(this.cursor, sample);
    route.shape = shape;
    entry.hasSamples = true;
    this.#add(route, shape);
  }

  #add({ entry, suffix }: Route, shape: Shape): void {
    const { sample } = this;
    if (entry.grouped) entry.addLine(shape, sample, suffix);
    else entry.builder.addNumber(shape, sample.labels, sample.time, sample.value);
  }

  #routeOf(name: string): Route {
    if (this.#route !== undefined && this.#routeName === name) return this.#route;
    let route = this.#routes.get(name);
    if (route === undefined) {
      route = this.#newRoute(name);
      this.#routes.set(name, route);
    }
    this.#route = route;
    this.#routeName = name;
    return route;
  }

  #newRoute(name: string): Route {
    const exact = this.#entries.get(name);
    if (exact !== undefined) return { entry: exact, suffix: '', shape: undefined };
    for (const suffix of ['_bucket', '_sum', '_count']) {
      if (!name.endsWith(suffix)) continue;
      const entry = this.#entries.get(name.slice(0, -suffix.length));
      if (entry?.grouped && (entry.builder.type === 'histogram' || suffix !== '_bucket')) {
        return { entry, suffix, shape: undefined };
      }
    }
    return { entry: this.#entry(name), suffix: '', shape: undefined };
  }

  #entry(name: string): Entry {
    let entry = this.#entries.get(name);
    if (entry === undefined) {
      entry = new Entry(name);
      this.#entries.set(name, entry);
    }
    return entry;
  }

  #readComment(): void {
    const cursor: LineCursor = this.cursor;
    cursor.at++;
    const behind = cursor.at;
    cursor.blanks();
    const end = cursor.tokenEnd();
    const word = cursor.text.slice(cursor.at, end);
    // Without a blank between, or anything behind them, the words are a comment like any other.
    if (cursor.at === behind || end === cursor.end || (word !== 'HELP' && word !== 'TYPE')) return;
    cursor.at = end;
    cursor.blanks();
    const name = this.#readFamilyName();
    if (word === 'HELP') this.#readHelp(name);
    else this.#readType(name);
  }

  #readFamilyName(): string {
    const cursor: LineCursor = this.cursor;
    if (cursor.quoted) return cursor.quotedName();
    const { at } = cursor;
    const end = cursor.nameEnd(true);
    if (end === at) cursor.refuse('no metric name', 'a metric name');
    const behind = cursor.tokenEnd();
    cursor.at = end;
    if (end !== behind) cursor.refuse('a name without an end', 'a blank');
    return cursor.text.slice(at, end);
  }

  #readHelp(name: string): void {
    const cursor: LineCursor = this.cursor;
    const help = cursor.text.slice(Math.min(cursor.at + 1, cursor.end), cursor.end);
    this.#declare(name).builder.help = unescapeHelp(help);
  }

  #readType(name: string): void {
    const cursor: LineCursor = this.cursor;
    cursor.blanks();
    const { at } = cursor;
    const end = cursor.tokenEnd();
    const type = TYPES.get(cursor.text.slice(at, end));
    if (type === undefined) cursor.refuse('no type', [...TYPES.keys()].join(', '));
    cursor.at = end;
    cursor.blanks();
    if (cursor.at < cursor.end) cursor.refuse('more than a type', 'the end of the line');
    const entry = this.#declare(name);
    // As it is too late to say how samples are to be read, the first word counts.
    if (!entry.hasType && !entry.hasSamples) entry.setType(type);
  }

  #declare(name: string): Entry {
    // What lines of any name belong to may be another family now.
    this.#routes.clear();
    this.#route = undefined;
    return this.#entry(name);
  }
}

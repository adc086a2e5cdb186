/** Reads the text format, as leniently as Prometheus does. */

import type { MetricFamily, MetricType } from '../../model/family.ts';
import type { Shape } from './parse-builder.ts';
import { LineCursor, unescapeHelp } from './parse-cursor.ts';
import type { LineParser } from './parse-lines.ts';
import { refuseTwice } from './parse-places.ts';
import { LineSample } from './parse-sample.ts';
import { Entry, isGrouped, type TextLine } from './parse-text-family.ts';

const HASH = 35;

const TYPES: ReadonlyMap<string, MetricType> = new Map([
  ['counter', 'counter'],
  ['gauge', 'gauge'],
  ['histogram', 'histogram'],
  ['summary', 'summary'],
  ['untyped', 'unknown'],
]);

/** What stands behind the family's name on lines that are gathered. */
const SUFFIXES = ['_bucket', '_sum', '_count'];

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
      this.#accept(this.sample);
    }
  }

  end(): void {
    for (const entry of [...this.#entries.values()]) {
      if (entry.lateType !== undefined) this.#regroup(entry, entry.lateType);
    }
    for (const entry of this.#entries.values()) this.#families.push(entry.build());
  }

  take(): MetricFamily[] {
    const families = this.#families;
    this.#families = [];
    return families;
  }

  acceptAgain(): void {
    const route = this.#route;
    if (route?.shape === undefined) this.#accept(this.sample);
    else add(route, route.shape, this.sample);
  }

  #accept(line: TextLine): void {
    const route = this.#routeOf(line.name);
    const { entry } = route;
    const shape = entry.builder.shape(line.labels, route.shape);
    if (shape === undefined) refuseTwice(this.cursor, line.labels);
    route.shape = shape;
    entry.hasSamples = true;
    add(route, shape, line);
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
    for (const suffix of SUFFIXES) {
      if (!name.endsWith(suffix)) continue;
      const entry = this.#entries.get(name.slice(0, -suffix.length));
      if (entry !== undefined && mayHave(entry.builder.type, suffix)) {
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
    // As in Prometheus the last word counts, wherever it stands. What it says of lines that were
    // gathered in another way is seen to once, at the end.
    const regroups = entry.builder.type !== type && (isGrouped(type) || entry.grouped);
    if (regroups && this.#hasLines(entry, type)) {
      entry.lateType = type;
    } else {
      entry.lateType = undefined;
      entry.setType(type);
    }
  }

  #hasLines(entry: Entry, type: MetricType): boolean {
    return entry.hasSamples || this.#strays(entry.name, type).some((stray) => stray.hasSamples);
  }

  /** The entries of a family's lines that were read before its type was. */
  #strays(name: string, type: MetricType): Entry[] {
    return SUFFIXES.flatMap((suffix) => {
      const stray = this.#entries.get(name + suffix);
      return stray === undefined || stray.declared || !mayHave(type, suffix) ? [] : [stray];
    });
  }

  /** Reads the lines of a family again, as what they turned out to be. */
  #regroup(entry: Entry, type: MetricType): void {
    const { name } = entry;
    const parts = [entry, ...this.#strays(name, type)];
    for (const part of parts) if (part !== entry) this.#entries.delete(part.name);
    const again = new Entry(name);
    again.builder.help = entry.builder.help;
    again.setType(type);
    this.#entries.set(name, again);
    this.#forgetRoutes();
    for (const part of parts) for (const line of part.lines()) this.#accept(line);
  }

  #declare(name: string): Entry {
    this.#forgetRoutes();
    const entry = this.#entry(name);
    entry.declared = true;
    return entry;
  }

  // What lines of any name belong to may be another family now.
  #forgetRoutes(): void {
    this.#routes.clear();
    this.#route = undefined;
  }
}

function add({ entry, suffix }: Route, shape: Shape, line: TextLine): void {
  if (entry.grouped) entry.addLine(shape, line, suffix);
  else entry.builder.addNumber(shape, line.labels, line.time, line.value);
}

function mayHave(type: MetricType, suffix: string): boolean {
  return type === 'histogram' || (type === 'summary' && suffix !== '_bucket');
}

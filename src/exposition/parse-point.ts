/** The points of a parsed family, and how the lines of a document become them. */

import type { Exemplar } from '../model/exemplar.ts';
import type { FamilyWriter, HistogramPoint, MetricType, SummaryPoint } from '../model/family.ts';
import type { Pair, Pairs } from '../model/labels.ts';
import { parseNumber } from './parse-number.ts';

/** What one metric shows at one time. */
export interface Point {
  /** Hands the point to a writer. */
  write(writer: FamilyWriter): void;
}

/** The samples of one point that has several, in the order of the document. */
export class PointLines {
  /** What stands behind the family's name on each. */
  readonly suffixes: string[] = [];
  /** The value of the label that the type has for itself, where the line has it. */
  readonly owns: (string | undefined)[] = [];
  readonly values: number[] = [];
  /** The exemplars, at the places of their lines; none where it is empty. */
  readonly exemplars: (Exemplar | undefined)[] = [];

  get count(): number {
    return this.values.length;
  }

  /** Adds a sample. */
  add(suffix: string, own: string | undefined, value: number, exemplar?: Exemplar): void {
    if (exemplar !== undefined) this.exemplars[this.values.length] = exemplar;
    this.suffixes.push(suffix);
    this.owns.push(own);
    this.values.push(value);
  }

  /** Where the line with this suffix stands; -1 where there is none. */
  place(suffix: string): number {
    return this.suffixes.indexOf(suffix);
  }

  /** The line at a place as it stands there, `reserved` being the name of the type's own label. */
  line(place: number, reserved: string | undefined): Point {
    const suffix = this.suffixes[place]!;
    const own = this.owns[place];
    const pair = own === undefined ? undefined : ([reserved!, own] as const);
    return new LinePoint(suffix, pair, this.values[place]!, this.exemplars[place]);
  }
}

/** A counter, gauge or unknown. */
export class NumberPoint implements Point {
  readonly #value: number;
  readonly #created: number | undefined;
  readonly #exemplar: Exemplar | undefined;

  constructor(value: number, created?: number, exemplar?: Exemplar) {
    this.#value = value;
    this.#created = created;
    this.#exemplar = exemplar;
  }

  write(writer: FamilyWriter): void {
    writer.number(this.#value, this.#created, this.#exemplar);
  }
}

/** The labels of an info metric. */
export class InfoPoint implements Point {
  readonly #pairs: Pairs;

  constructor(pairs: Pairs) {
    this.#pairs = pairs;
  }

  write(writer: FamilyWriter): void {
    writer.info(this.#pairs);
  }
}

/** A line that no point has a place for: it is written as it stood there. */
class LinePoint implements Point {
  readonly #suffix: string;
  readonly #own: Pair | undefined;
  readonly #value: number;
  readonly #exemplar: Exemplar | undefined;

  constructor(suffix: string, own: Pair | undefined, value: number, exemplar?: Exemplar) {
    this.#suffix = suffix;
    this.#own = own;
    this.#value = value;
    this.#exemplar = exemplar;
  }

  write(writer: FamilyWriter): void {
    writer.sample(this.#suffix, this.#own, this.#value, this.#exemplar);
  }
}

class WholeHistogram implements Point {
  readonly #point: HistogramPoint;

  constructor(point: HistogramPoint) {
    this.#point = point;
  }

  write(writer: FamilyWriter): void {
    writer.histogram(this.#point);
  }
}

class WholeSummary implements Point {
  readonly #point: SummaryPoint;

  constructor(point: SummaryPoint) {
    this.#point = point;
  }

  write(writer: FamilyWriter): void {
    writer.summary(this.#point);
  }
}

class WholeStateSet implements Point {
  readonly #states: readonly string[];
  readonly #on: readonly boolean[];

  constructor(states: readonly string[], on: readonly boolean[]) {
    this.#states = states;
    this.#on = on;
  }

  write(writer: FamilyWriter): void {
    writer.stateSet(this.#states, (state) => this.#on[state] === true);
  }
}

/** Why lines make no point. */
export interface Misfit {
  readonly problem: string;
  readonly expected: string;
  readonly got: string;
}

/** Makes points of the lines of one family. */
export class PointMaker {
  /** The bounds of the last histogram, and how the document writes them. */
  #bounds: readonly number[] = [];
  readonly #boundTexts: string[] = [];
  readonly #parsed: number[] = [];

  /** The point that these lines make, all of one metric at one time, or why they make none. */
  make(type: MetricType, lines: PointLines): Point | Misfit {
    switch (type) {
      case 'histogram':
        return this.#histogram(lines, '_sum', '_count');
      case 'gaugehistogram':
        return this.#histogram(lines, '_gsum', '_gcount');
      case 'summary':
        return toSummary(lines);
      case 'stateset':
        return toStateSet(lines);
      default:
        return toNumber(lines);
    }
  }

  #histogram(lines: PointLines, sumSuffix: string, countSuffix: string): Point | Misfit {
    const { owns, values, suffixes } = lines;
    const bounds: number[] = [];
    const cells: number[] = [];
    const exemplars: (Exemplar | undefined)[] = [];
    const hasExemplars = lines.exemplars.length > 0;
    for (let i = 0; i < values.length; i++) {
      const own = owns[i];
      if (suffixes[i] !== '_bucket' || own === undefined) continue;
      const bound = this.#bound(bounds.length, own);
      const value = values[i]!;
      if (!(bounds.length === 0 ? !Number.isNaN(bound) : bound > bounds[bounds.length - 1]!)) {
        return misfit('buckets out of order', 'ascending bounds', own);
      }
      const least = cells.length === 0 ? 0 : cells[cells.length - 1]!;
      if (!(value >= least)) return misfit('buckets that shrink', `at least ${least}`, value);
      bounds.push(bound);
      cells.push(value);
      if (hasExemplars) exemplars.push(lines.exemplars[i]);
    }
    const singles = readSingles(lines, (place) => suffixes[place] === '_bucket');
    if (singles.misfit) return singles.misfit;
    const { [countSuffix]: count, [sumSuffix]: sum, _created: created } = singles.found;
    const last = bounds.pop();
    if (last !== Infinity) return misfit('no last bucket', 'one for +Inf', last ?? 'none');
    if (count !== undefined && count !== cells[bounds.length]) {
      return misfit('a count other than the last bucket', `${cells[bounds.length]}`, count);
    }
    const point = { bounds: this.#share(bounds), cells, index: 0, cumulative: true, sum, created };
    return new WholeHistogram({ ...point, exemplars: hasExemplars ? exemplars : undefined });
  }

  // Most histograms have the bounds of the one before, which are not parsed again.
  #bound(place: number, text: string): number {
    if (this.#boundTexts[place] === text) return this.#parsed[place]!;
    const bound = boundOf(text);
    this.#boundTexts[place] = text;
    this.#parsed[place] = bound;
    return bound;
  }

  /** One array for metrics with the same bounds, which a writer then renders once. */
  #share(bounds: readonly number[]): readonly number[] {
    const last = this.#bounds;
    let same = bounds.length === last.length;
    for (let i = 0; same && i < bounds.length; i++) same = bounds[i] === last[i];
    if (!same) this.#bounds = bounds;
    return this.#bounds;
  }
}

/** The lines of a point of which there is one each, by suffix; `isOther` tells which are not such. */
function readSingles(
  { suffixes, owns, values }: PointLines,
  isOther: (place: number) => boolean,
): Singles {
  const found: Record<string, number> = {};
  for (let i = 0; i < values.length; i++) {
    const own = owns[i];
    const suffix = suffixes[i]!;
    if (isOther(i) && own !== undefined) continue;
    if (own !== undefined || suffix === '' || suffix === '_bucket') {
      const got = own ?? `none of ${suffix}`;
      return { found, misfit: misfit('a line of no point', 'the lines of the type', got) };
    }
    if (found[suffix] !== undefined) {
      return { found, misfit: misfit('a line twice', `one ${suffix}`, 'two') };
    }
    found[suffix] = values[i]!;
  }
  return { found };
}

/** A value for each suffix, or why there is none. */
interface Singles {
  readonly found: Partial<Record<string, number>>;
  readonly misfit?: Misfit;
}

function toSummary(lines: PointLines): Point | Misfit {
  const pairs: [quantile: number, value: number][] = [];
  const singles = readSingles(lines, (place) => {
    const own = lines.owns[place];
    const quantile = own === undefined ? Number.NaN : boundOf(own);
    if (lines.suffixes[place] !== '' || !(quantile >= 0 && quantile <= 1)) return false;
    pairs.push([quantile, lines.values[place]!]);
    return true;
  });
  if (singles.misfit) return singles.misfit;
  pairs.sort(([a], [b]) => a - b);
  const quantiles = pairs.map(([quantile]) => quantile);
  const twice = quantiles.find((quantile, i) => quantile === quantiles[i - 1]);
  if (twice !== undefined) return misfit('a quantile twice', 'different quantiles', twice);
  return new WholeSummary({
    quantiles,
    values: pairs.map(([, value]) => value),
    count: singles.found['_count'],
    sum: singles.found['_sum'],
    created: singles.found['_created'],
  });
}

function toStateSet({ owns, values }: PointLines): Point | Misfit {
  const states = owns.map((own) => own!);
  if (new Set(states).size < states.length) {
    return misfit('a state twice', 'different states', states.join(', '));
  }
  return new WholeStateSet(
    states,
    values.map((value) => value === 1),
  );
}

function toNumber(lines: PointLines): Point | Misfit {
  const created = lines.place('_created');
  const main = lines.suffixes.findIndex((suffix) => suffix !== '_created');
  if (lines.count > (main < 0 ? 0 : 1) + (created < 0 ? 0 : 1)) {
    return misfit('a sample twice', 'different labels', 'two');
  }
  if (main < 0) return lines.line(created, undefined);
  return new NumberPoint(lines.values[main]!, lines.values[created], lines.exemplars[main]);
}

function boundOf(text: string): number {
  return parseNumber(text, 0, text.length) ?? Number.NaN;
}

function misfit(problem: string, expected: string, got: number | string): Misfit {
  return { problem, expected, got: String(got) };
}

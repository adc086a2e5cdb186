/** How the lines of a document become the points of its families. */

import type { Exemplar } from '../../model/exemplar.ts';
import type { MetricType } from '../../model/family.ts';
import { placeOfSecond } from './parse-labels.ts';
import { parseNumber } from './parse-number.ts';
import {
  NumberPoint,
  type Point,
  type PointLines,
  WholeHistogram,
  WholeStateSet,
  WholeSummary,
} from './parse-point.ts';

/** Why lines make no point. */
export interface Misfit {
  readonly problem: string;
  readonly expected: string;
  /** Which line it is that does not fit. */
  readonly place: number;
  /** What of it: all of it, its value, or the value of the label that the type has for itself. */
  readonly part: 'sample' | 'value' | 'label';
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
        return misfit(i, 'label', 'buckets out of order', 'ascending bounds');
      }
      const least = cells.length === 0 ? 0 : cells[cells.length - 1]!;
      if (!(value >= least)) return misfit(i, 'value', 'buckets that shrink', `at least ${least}`);
      bounds.push(bound);
      cells.push(value);
      if (hasExemplars) exemplars.push(lines.exemplars[i]);
    }
    const singles = readSingles(lines, (place) => suffixes[place] === '_bucket');
    if (singles.misfit) return singles.misfit;
    const { [countSuffix]: count, [sumSuffix]: sum, _created: created } = singles.found;
    const last = bounds.pop();
    if (last === undefined) return misfit(0, 'sample', 'no bucket', 'at least one for +Inf');
    if (last !== Infinity) {
      const place = suffixes.lastIndexOf('_bucket');
      return misfit(place, 'label', 'no bucket behind this one', 'one for +Inf');
    }
    if (count !== undefined && count !== cells[bounds.length]) {
      const expected = `${cells[bounds.length]}`;
      const place = lines.place(countSuffix);
      return misfit(place, 'value', 'a count other than the last bucket', expected);
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
      const fault = misfit(i, 'sample', 'a line of no point', 'the lines of the type');
      return { found, misfit: fault };
    }
    if (found[suffix] !== undefined) {
      return { found, misfit: misfit(i, 'sample', 'a line twice', `one ${suffix}`) };
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
  const pairs: [quantile: number, value: number, place: number][] = [];
  const singles = readSingles(lines, (place) => {
    const own = lines.owns[place];
    const quantile = own === undefined ? Number.NaN : boundOf(own);
    if (lines.suffixes[place] !== '' || !(quantile >= 0 && quantile <= 1)) return false;
    pairs.push([quantile, lines.values[place]!, place]);
    return true;
  });
  if (singles.misfit) return singles.misfit;
  pairs.sort(([a], [b]) => a - b);
  const quantiles = pairs.map(([quantile]) => quantile);
  // Of the same quantiles, the order is the document's.
  const twice = pairs.find(([quantile], i) => quantile === quantiles[i - 1]);
  if (twice) return misfit(twice[2], 'label', 'a quantile twice', 'different quantiles');
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
  const second = placeOfSecond(states, states.length);
  if (second >= 0) return misfit(second, 'label', 'a state twice', 'different states');
  return new WholeStateSet(
    states,
    values.map((value) => value === 1),
  );
}

function toNumber(lines: PointLines): Point | Misfit {
  const created = lines.place('_created');
  const main = lines.suffixes.findIndex((suffix) => suffix !== '_created');
  if (lines.count > (main < 0 ? 0 : 1) + (created < 0 ? 0 : 1)) {
    const second = placeOfSecond(lines.suffixes, lines.count);
    return misfit(second, 'sample', 'a sample twice', 'different labels');
  }
  if (main < 0) return lines.line(created, undefined);
  return new NumberPoint(lines.values[main]!, lines.values[created], lines.exemplars[main]);
}

function boundOf(text: string): number {
  return parseNumber(text, 0, text.length) ?? Number.NaN;
}

function misfit(place: number, part: Misfit['part'], problem: string, expected: string): Misfit {
  return { problem, expected, place, part };
}

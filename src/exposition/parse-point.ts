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

/** A sample of a point that has several. */
export interface PointLine {
  /** What stands behind the family's name. */
  readonly suffix: string;
  /** The label that the type has for itself, where the line has it. */
  readonly own: Pair | undefined;
  readonly value: number;
  readonly exemplar: Exemplar | undefined;
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
export class LinePoint implements Point {
  readonly #line: PointLine;

  constructor(line: PointLine) {
    this.#line = line;
  }

  write(writer: FamilyWriter): void {
    const { suffix, own, value, exemplar } = this.#line;
    writer.sample(suffix, own, value, exemplar);
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
  #bounds: readonly number[] = [];

  /** The point that these lines make, all of one metric at one time, or why they make none. */
  make(type: MetricType, lines: readonly PointLine[]): Point | Misfit {
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

  #histogram(lines: readonly PointLine[], sumSuffix: string, countSuffix: string): Point | Misfit {
    const singles = new Singles();
    const bounds: number[] = [];
    const cells: number[] = [];
    const exemplars: (Exemplar | undefined)[] = [];
    for (const line of lines) {
      const { suffix, own, value } = line;
      const bound = suffix === '_bucket' ? boundOf(own) : undefined;
      if (bound === undefined) {
        const misfit = singles.take(line);
        if (misfit) return misfit;
        continue;
      }
      if (!(bound > (bounds.at(-1) ?? Number.NEGATIVE_INFINITY) || bounds.length === 0)) {
        return misfit('buckets out of order', 'ascending bounds', bound);
      }
      if (!(value >= (cells.at(-1) ?? 0))) {
        return misfit('buckets that shrink', `at least ${cells.at(-1) ?? 0}`, value);
      }
      bounds.push(bound);
      cells.push(value);
      exemplars.push(line.exemplar);
    }
    const count = singles.get(countSuffix);
    const last = bounds.pop();
    if (last !== Infinity) return misfit('no last bucket', 'one for +Inf', last ?? 'none');
    if (count !== undefined && count !== cells.at(-1)) {
      return misfit('a count that is not that of the last bucket', `${cells.at(-1)}`, count);
    }
    return new WholeHistogram({
      bounds: this.#share(bounds),
      cells,
      index: 0,
      cumulative: true,
      sum: singles.get(sumSuffix),
      created: singles.get('_created'),
      exemplars: exemplars.some((exemplar) => exemplar !== undefined) ? exemplars : undefined,
    });
  }

  /** One array for metrics with the same bounds, which a writer then renders once. */
  #share(bounds: readonly number[]): readonly number[] {
    const last = this.#bounds;
    const same = bounds.length === last.length && bounds.every((bound, i) => bound === last[i]);
    if (!same) this.#bounds = bounds;
    return this.#bounds;
  }
}

/** The lines of a point of which there is one each. */
class Singles {
  readonly #values = new Map<string, number>();

  take({ suffix, own, value }: PointLine): Misfit | undefined {
    if (own !== undefined || suffix === '' || suffix === '_bucket') {
      return misfit('a line of no point', 'the lines of its type', suffix + (own?.[0] ?? ''));
    }
    if (this.#values.has(suffix)) return misfit('a line twice', `one ${suffix}`, 'two');
    this.#values.set(suffix, value);
    return undefined;
  }

  get(suffix: string): number | undefined {
    return this.#values.get(suffix);
  }
}

function toSummary(lines: readonly PointLine[]): Point | Misfit {
  const singles = new Singles();
  const pairs: [quantile: number, value: number][] = [];
  for (const line of lines) {
    const quantile = line.suffix === '' ? boundOf(line.own) : undefined;
    if (quantile !== undefined && quantile >= 0 && quantile <= 1) {
      pairs.push([quantile, line.value]);
    } else {
      const misfit = singles.take(line);
      if (misfit) return misfit;
    }
  }
  pairs.sort(([a], [b]) => a - b);
  const quantiles = pairs.map(([quantile]) => quantile);
  const twice = quantiles.find((quantile, i) => quantile === quantiles[i - 1]);
  if (twice !== undefined) return misfit('a quantile twice', 'different quantiles', twice);
  return new WholeSummary({
    quantiles,
    values: pairs.map(([, value]) => value),
    count: singles.get('_count'),
    sum: singles.get('_sum'),
    created: singles.get('_created'),
  });
}

function toStateSet(lines: readonly PointLine[]): Point | Misfit {
  const states = lines.map(({ own }) => own![1]);
  if (new Set(states).size < states.length) {
    return misfit('a state twice', 'different states', states.join(', '));
  }
  return new WholeStateSet(
    states,
    lines.map(({ value }) => value === 1),
  );
}

function toNumber(lines: readonly PointLine[]): Point | Misfit {
  const main = lines.find(({ suffix }) => suffix !== '_created');
  const created = lines.find(({ suffix }) => suffix === '_created');
  if (lines.length > (main ? 1 : 0) + (created ? 1 : 0)) {
    return misfit('a sample twice', 'different labels', 'two');
  }
  if (main === undefined) return new LinePoint(created!);
  return new NumberPoint(main.value, created?.value, main.exemplar);
}

function boundOf(own: Pair | undefined): number | undefined {
  return own && parseNumber(own[1], 0, own[1].length);
}

function misfit(problem: string, expected: string, got: number | string): Misfit {
  return { problem, expected, got: String(got) };
}

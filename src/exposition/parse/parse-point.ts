/** The points of a parsed family, and the lines that they are made of. */

import type { Exemplar } from '../../model/exemplar.ts';
import type { FamilyWriter, HistogramPoint, SummaryPoint } from '../../model/family.ts';
import type { Pair, Pairs } from '../../model/labels.ts';

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

/** A histogram with all of its buckets. */
export class WholeHistogram implements Point {
  readonly #point: HistogramPoint;

  constructor(point: HistogramPoint) {
    this.#point = point;
  }

  write(writer: FamilyWriter): void {
    writer.histogram(this.#point);
  }
}

/** A summary with all of its quantiles. */
export class WholeSummary implements Point {
  readonly #point: SummaryPoint;

  constructor(point: SummaryPoint) {
    this.#point = point;
  }

  write(writer: FamilyWriter): void {
    writer.summary(this.#point);
  }
}

/** All states of a state set. */
export class WholeStateSet implements Point {
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

/** A family that several processes have, with the numbers of one scrape. */

import type { Exemplar } from '../model/exemplar.ts';
import type {
  FamilyHeader,
  FamilyWriter,
  HistogramPoint,
  MetricFamily,
  MetricType,
  SummaryPoint,
  Walk,
} from '../model/family.ts';
import type { Pairs } from '../model/labels.ts';
import type { Sample } from '../model/sample.ts';
import { samplesOf } from '../model/sample-writer.ts';
import type { KeptExemplar } from './contribution.ts';
import type { MergedExemplars } from './exemplar-merge.ts';
import type { FamilyLayout } from './family-layout.ts';
import type { MergedQuantiles } from './quantile-merge.ts';

/** What a family has beside its cells. */
export interface BesideCells {
  readonly exemplars?: MergedExemplars | undefined;
  readonly quantiles?: MergedQuantiles | undefined;
}

/** Shows the cells that begin at `base` as the layout says. They stay as they are from now on. */
export class MergedFamily implements MetricFamily {
  readonly name: string;
  readonly type: MetricType;
  readonly help: string;
  readonly unit: string;
  readonly labelNames: readonly string[];
  readonly constantLabels: Pairs;
  readonly #layout: FamilyLayout;
  readonly #cells: Float64Array;
  readonly #base: number;
  readonly #beside: BesideCells;

  /** The merging makes it, and fills `cells` before anybody walks. */
  constructor(layout: FamilyLayout, cells: Float64Array, base: number, beside: BesideCells = {}) {
    const { family } = layout;
    this.name = family.name;
    this.type = family.type;
    this.help = family.help;
    this.unit = family.unit;
    this.labelNames = family.labelNames;
    this.constantLabels = family.constantLabels;
    this.#layout = layout;
    this.#cells = cells;
    this.#base = base;
    this.#beside = beside;
  }

  walk(writer: FamilyWriter): Walk {
    const emit = emitter(this.#layout, this.#cells, writer, this.#beside);
    return new MergedWalk({ header: this, layout: this.#layout, base: this.#base, writer, emit });
  }

  get samples(): Iterable<Sample> {
    return samplesOf(this);
  }
}

/** Gives series `series`, whose cells begin at `index`, to the writer as one point. */
type Emit = (index: number, series: number) => void;

interface MergedWalkOptions {
  readonly header: FamilyHeader;
  readonly layout: FamilyLayout;
  readonly base: number;
  readonly writer: FamilyWriter;
  readonly emit: Emit;
}

/** The walk that ended last, emptied, for the reason that the one of a label tree is kept. */
const kept: MergedWalk[] = [];

class MergedWalk implements Walk {
  #header: FamilyHeader;
  #layout: FamilyLayout;
  readonly #base: number;
  #writer: FamilyWriter;
  #emit: Emit;
  #ended = false;
  /** The series to be written next, or -1 before the family has begun. */
  #next = -1;

  constructor({ header, layout, base, writer, emit }: MergedWalkOptions) {
    this.#header = header;
    this.#layout = layout;
    this.#base = base;
    this.#writer = writer;
    this.#emit = emit;
  }

  advance(): boolean {
    if (this.#ended) return true;
    const writer = this.#writer;
    const { labelValues, width, family } = this.#layout;
    if (this.#next < 0) {
      writer.begin(this.#header);
      this.#next = 0;
    }
    const depth = family.labelNames.length;
    while (this.#next < labelValues.length) {
      if (writer.full) return false;
      const at = this.#next++;
      const values = labelValues[at]!;
      let from = at === 0 ? 0 : sharedLabels(labelValues[at - 1]!, values, depth);
      for (; from < depth; from++) writer.label(from, values[from]!);
      this.#emit(this.#base + at * width, at);
    }
    this.close();
    return true;
  }

  close(): void {
    if (this.#ended) return;
    this.#ended = true;
    // The last scrape would otherwise keep its numbers alive.
    const nothing = undefined as never;
    this.#header = nothing;
    this.#layout = nothing;
    this.#writer = nothing;
    this.#emit = nothing;
    kept[0] = this;
  }
}

/** How many labels at the front are the same. */
function sharedLabels(one: readonly string[], other: readonly string[], depth: number): number {
  let shared = 0;
  while (shared < depth && one[shared] === other[shared]) shared++;
  return shared;
}

function emitter(
  { family, pairs }: FamilyLayout,
  cells: Float64Array,
  writer: FamilyWriter,
  { exemplars, quantiles }: BesideCells,
): Emit {
  switch (family.type) {
    case 'counter':
      return (index, series) => {
        const exemplar = exemplars?.[series]?.[0]?.exemplar;
        writer.number(cells[index]!, startTime(cells[index + 1]!), exemplar);
      };
    case 'gauge':
      return (index) => writer.number(cells[index]!);
    case 'histogram': {
      const point = new CellsHistogram(family.bounds, cells);
      return (index, series) => writer.histogram(point.at(index, exemplars?.[series]));
    }
    case 'summary': {
      const point = new CellsSummary(cells, quantiles);
      return (index, series) => writer.summary(point.at(index, series));
    }
    case 'info':
      return (_, series) => writer.info(pairs[series]!);
    case 'stateset': {
      let first = 0;
      const on = (state: number): boolean => cells[first + state] !== 0;
      return (index) => {
        first = index;
        writer.stateSet(family.states, on);
      };
    }
  }
}

function startTime(seconds: number): number | undefined {
  return seconds > 0 ? seconds : undefined;
}

/** One object for all series of a walk, moved from each to the next. */
class CellsHistogram implements HistogramPoint {
  readonly bounds: readonly number[];
  readonly cells: Float64Array;
  readonly cumulative = false;
  exemplars: readonly (Exemplar | undefined)[] | undefined;
  index = 0;

  constructor(bounds: readonly number[], cells: Float64Array) {
    this.bounds = bounds;
    this.cells = cells;
  }

  get sum(): number {
    return this.cells[this.index + this.bounds.length + 1]!;
  }

  get created(): number | undefined {
    return startTime(this.cells[this.index + this.bounds.length + 2]!);
  }

  at(index: number, kept: readonly (KeptExemplar | undefined)[] | undefined): this {
    this.index = index;
    this.exemplars = kept?.map((one) => one?.exemplar);
    return this;
  }
}

const NONE: readonly number[] = [];

/** One object for all series of a walk, moved from each to the next. */
class CellsSummary implements SummaryPoint {
  quantiles: readonly number[] = NONE;
  values: readonly number[] = NONE;
  readonly #cells: Float64Array;
  readonly #merged: MergedQuantiles | undefined;
  #index = 0;

  constructor(cells: Float64Array, merged: MergedQuantiles | undefined) {
    this.#cells = cells;
    this.#merged = merged;
  }

  get count(): number {
    return this.#cells[this.#index]!;
  }

  get sum(): number {
    return this.#cells[this.#index + 1]!;
  }

  get created(): number | undefined {
    return startTime(this.#cells[this.#index + 2]!);
  }

  at(index: number, series: number): this {
    this.#index = index;
    const values = this.#merged?.values[series];
    // An empty window has no quantiles: no line says so better than NaN, which spoils averages.
    this.quantiles = values === undefined ? NONE : this.#merged!.quantiles;
    this.values = values ?? NONE;
    return this;
  }
}

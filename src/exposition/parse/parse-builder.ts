/** What gathers the metrics of a family while lines are read. */

import type { MetricFamily, MetricType } from '../../model/family.ts';
import type { Timestamp } from '../../model/timestamp.ts';
import { type LabelSet, type NumberRun, ParsedFamily, type ParsedMetric } from './parse-family.ts';
import type { WrittenLabels } from './parse-labels.ts';
import { NumberPoint, type Point } from './parse-point.ts';

/** How the labels of one line lie: found once, and again for each line with the same names. */
export interface Shape {
  /** The names as they stand on the line. */
  readonly written: readonly string[];
  /** The labels that identify the metric. */
  readonly set: LabelSet;
  /** Where on the line the value of each of those stands. */
  readonly places: readonly number[];
  /** True where that is the order of the line. */
  readonly inOrder: boolean;
  /** Where on the line the label stands that the type has for itself, such as `le`; -1 where none. */
  readonly reservedPlace: number;
}

/** A metric of one number. */
export interface LabelledNumber {
  readonly names: readonly string[];
  readonly values: readonly string[];
  readonly time: Timestamp | undefined;
  readonly value: number;
}

const NO_LABELS: Shape = {
  written: [],
  set: { names: [], depths: [] },
  places: [],
  inOrder: true,
  reservedPlace: -1,
};

/** Gathers what a document says of one family: maps are made when there is something for them. */
export class FamilyBuilder {
  name: string;
  type: MetricType = 'unknown';
  help = '';
  unit = '';
  readonly #metrics: (ParsedMetric | NumberRun)[] = [];
  /** The place of each label name, in the order they are met. */
  #depths: Map<string, number> | undefined;
  #sets: Map<string | number, LabelSet> | undefined;
  #shapes: Map<string, Shape> | undefined;

  /** Begins a family of which nothing but the name is known. */
  constructor(name: string) {
    this.name = name;
  }

  /** The label that the lines of this type bear for themselves. */
  get reserved(): string | undefined {
    if (this.type === 'histogram' || this.type === 'gaugehistogram') return 'le';
    if (this.type === 'summary') return 'quantile';
    return this.type === 'stateset' ? this.name : undefined;
  }

  /**
   * Finds how the labels of a line lie, `last` being how those of a line before it did; `undefined`
   * where a label stands there twice.
   */
  shape(labels: WrittenLabels, last: Shape | undefined): Shape | undefined {
    if (last !== undefined && isWritten(labels, last.written)) return last;
    if (labels.count === 0) return NO_LABELS;
    const written = labels.names.slice(0, labels.count);
    const key = keyOf(written);
    this.#shapes ??= new Map();
    let shape = this.#shapes.get(key);
    if (shape === undefined) {
      if (written.length > 1 && new Set(written).size < written.length) return undefined;
      shape = this.#lay(written);
      this.#shapes.set(key, shape);
    }
    return shape;
  }

  /** Adds a metric: its point, or its number where that is all. */
  add(
    set: LabelSet,
    values: readonly string[],
    time: Timestamp | undefined,
    point: Point | number,
  ): void {
    this.#metrics.push({ set, values, time, point });
  }

  /** Adds a metric of one number, with the labels of a line and perhaps a start time. */
  addNumber(
    shape: Shape,
    labels: WrittenLabels,
    time: Timestamp | undefined,
    value: number,
    created?: number,
  ): void {
    const { set } = shape;
    const last = this.#metrics.at(-1);
    if (time !== undefined) {
      const point = created === undefined ? value : new NumberPoint(value, created);
      this.add(set, valuesOf(shape, labels), time, point);
    } else if (last?.set === set && continues(last, created)) {
      pushValues(last.values, shape, labels);
      last.numbers.push(value);
      last.starts?.push(created!);
    } else if (created !== undefined) {
      const values = valuesOf(shape, labels);
      this.#metrics.push({ set, values, numbers: [value], starts: [created] });
    } else if (last?.set === set && isNumber(last)) {
      // Two make a run: one alone would take more room as a run than as itself.
      const values = [...last.values, ...valuesOf(shape, labels)];
      const run = { set, values, numbers: [last.point, value], starts: undefined };
      this.#metrics[this.#metrics.length - 1] = run;
    } else {
      this.#metrics.push({ set, values: valuesOf(shape, labels), time, point: value });
    }
  }

  /** What was added of one number each. */
  *numbers(): Generator<LabelledNumber> {
    for (const metric of this.#metrics) {
      const { names } = metric.set;
      if ('numbers' in metric) {
        for (const [i, value] of metric.numbers.entries()) {
          const values = metric.values.slice(i * names.length, (i + 1) * names.length);
          yield { names, values, time: undefined, value };
        }
      } else if (typeof metric.point === 'number') {
        yield { names, values: metric.values, time: metric.time, value: metric.point };
      }
    }
  }

  /** The family, with all that was gathered. */
  build(): MetricFamily {
    const { name, type, help, unit } = this;
    const labelNames = type === 'info' ? [] : [...(this.#depths?.keys() ?? [])];
    return new ParsedFamily({ name, type, help, unit, labelNames }, this.#metrics);
  }

  #lay(written: readonly string[]): Shape {
    const { reserved } = this;
    const depthAt = written.map((name) => (name === reserved ? -1 : this.#depth(name)));
    const places: number[] = [];
    let inOrder = true;
    for (let place = 0; place < written.length; place++) {
      if (depthAt[place]! >= 0) places.push(place);
      if (place > 0 && depthAt[place]! < depthAt[place - 1]!) inOrder = false;
    }
    const reservedPlace = depthAt.indexOf(-1);
    inOrder &&= reservedPlace < 0;
    if (inOrder)
      return { written, set: this.#set(written, depthAt), places, inOrder, reservedPlace };
    places.sort((a, b) => depthAt[a]! - depthAt[b]!);
    const names = places.map((place) => written[place]!);
    const depths = places.map((place) => depthAt[place]!);
    inOrder = places.every((place, i) => place === i);
    return { written, set: this.#set(names, depths), places, inOrder, reservedPlace };
  }

  /** The one set of these labels, whatever their order on the line. */
  #set(names: readonly string[], depths: readonly number[]): LabelSet {
    const key = depths.length === 1 ? depths[0]! : depths.join();
    this.#sets ??= new Map<string | number, LabelSet>([['', NO_LABELS.set]]);
    let set = this.#sets.get(key);
    if (set === undefined) {
      set = { names, depths };
      this.#sets.set(key, set);
    }
    return set;
  }

  #depth(name: string): number {
    this.#depths ??= new Map();
    let depth = this.#depths.get(name);
    if (depth === undefined) {
      depth = this.#depths.size;
      this.#depths.set(name, depth);
    }
    return depth;
  }
}

/** A text that only the same names share. */
function keyOf(names: readonly string[]): string {
  const [first = ''] = names;
  // What JSON makes of a list begins with a bracket.
  return names.length === 1 && !first.startsWith('[') ? first : JSON.stringify(names);
}

/** True of a run whose metrics have a start time as the next one has. */
function continues(
  metric: ParsedMetric | NumberRun,
  created: number | undefined,
): metric is NumberRun {
  return 'numbers' in metric && (metric.starts === undefined) === (created === undefined);
}

/** True of a metric that is a number and nothing else. */
function isNumber(
  metric: ParsedMetric | NumberRun,
): metric is ParsedMetric & { readonly point: number } {
  return !('numbers' in metric) && metric.time === undefined && typeof metric.point === 'number';
}

function pushValues(to: string[], { places }: Shape, { values }: WrittenLabels): void {
  for (let i = 0; i < places.length; i++) to.push(values[places[i]!]!);
}

/** The values of a line, in the order of the family. */
export function valuesOf({ places, inOrder }: Shape, { values }: WrittenLabels): string[] {
  if (inOrder) return values.slice(0, places.length);
  const found: string[] = [];
  for (let i = 0; i < places.length; i++) found.push(values[places[i]!]!);
  return found;
}

/** A text that two metrics of a family share only where their labels are the same. */
export function identify({ depths }: LabelSet, values: readonly string[]): string {
  let key = '';
  for (let i = 0; i < depths.length; i++) {
    const value = values[i]!;
    // A label without a value is none.
    if (value !== '') key += `${depths[i]},${value.length},${value}`;
  }
  return key;
}

/** True where a line has the labels of a metric, written in the same order. */
export function isSame(
  { set, places }: Shape,
  labels: WrittenLabels,
  metric: { readonly set: LabelSet; readonly values: readonly string[] },
): boolean {
  if (set !== metric.set) return false;
  for (let i = places.length - 1; i >= 0; i--) {
    if (labels.values[places[i]!] !== metric.values[i]) return false;
  }
  return true;
}

function isWritten(labels: WrittenLabels, written: readonly string[]): boolean {
  if (labels.count !== written.length) return false;
  for (let i = 0; i < written.length; i++) {
    if (labels.names[i] !== written[i]) return false;
  }
  return true;
}

/** A family as a document describes it, and what gathers its metrics while lines are read. */

import type { FamilyWriter, MetricFamily, MetricType, Timestamp, Walk } from '../model/family.ts';
import type { Pairs } from '../model/labels.ts';
import { type Sample, samplesOf } from '../model/sample.ts';
import type { LineLabels } from './parse-labels.ts';
import type { Point } from './parse-point.ts';

/** Label names that metrics have, in the order of the family. */
export interface LabelSet {
  /** The names. */
  readonly names: readonly string[];
  /** The place of each in the family's label names, ascending. */
  readonly depths: readonly number[];
}

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

/** One metric at one time. */
interface Metric {
  readonly set: LabelSet;
  readonly values: readonly string[];
  readonly time: Timestamp | undefined;
  readonly point: Point | number;
}

/** Gathers what a document says of one family. */
export class FamilyBuilder {
  name: string;
  type: MetricType = 'unknown';
  help = '';
  unit = '';
  readonly #metrics: Metric[] = [];
  /** The place of each label name, in the order they are met. */
  readonly #depths = new Map<string, number>();
  readonly #sets = new Map<string, LabelSet>();
  readonly #shapes = new Map<string, Shape>();

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
  shape(labels: LineLabels, last: Shape | undefined): Shape | undefined {
    if (last !== undefined && isWritten(labels, last.written)) return last;
    const written = labels.names.slice(0, labels.count);
    const key = JSON.stringify(written);
    let shape = this.#shapes.get(key);
    if (shape === undefined) {
      if (new Set(written).size < written.length) return undefined;
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

  /** The family, with all that was gathered. */
  build(): MetricFamily {
    const { name, type, help, unit } = this;
    const labelNames = type === 'info' ? [] : [...this.#depths.keys()];
    return new ParsedFamily({ name, type, help, unit, labelNames }, this.#metrics);
  }

  #lay(written: readonly string[]): Shape {
    const { reserved } = this;
    const identifying = written
      .map((name, place) => ({ name, place, depth: name === reserved ? -1 : this.#depth(name) }))
      .filter(({ depth }) => depth >= 0)
      .sort((a, b) => a.depth - b.depth);
    const depths = identifying.map(({ depth }) => depth);
    const key = depths.join();
    let set = this.#sets.get(key);
    if (set === undefined) {
      set = { names: identifying.map(({ name }) => name), depths };
      this.#sets.set(key, set);
    }
    const places = identifying.map(({ place }) => place);
    const reservedPlace = reserved === undefined ? -1 : written.indexOf(reserved);
    const inOrder = places.every((place, i) => place === i);
    return { written, set, places, inOrder, reservedPlace };
  }

  #depth(name: string): number {
    let depth = this.#depths.get(name);
    if (depth === undefined) {
      depth = this.#depths.size;
      this.#depths.set(name, depth);
    }
    return depth;
  }
}

/** The values of a line, in the order of the family. */
export function valuesOf({ places, inOrder }: Shape, { values }: LineLabels): string[] {
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
  labels: LineLabels,
  metric: { readonly set: LabelSet; readonly values: readonly string[] },
): boolean {
  if (set !== metric.set) return false;
  for (let i = places.length - 1; i >= 0; i--) {
    if (labels.values[places[i]!] !== metric.values[i]) return false;
  }
  return true;
}

function isWritten(labels: LineLabels, written: readonly string[]): boolean {
  if (labels.count !== written.length) return false;
  for (let i = 0; i < written.length; i++) {
    if (labels.names[i] !== written[i]) return false;
  }
  return true;
}

type Header = Pick<MetricFamily, 'name' | 'type' | 'help' | 'unit' | 'labelNames'>;

/**
 * A family as a document describes it.
 *
 * Its label names are all that its metrics have. A metric that lacks one has it with an empty value
 * when it is written, wherever a later label has a value: to Prometheus that is the same.
 */
class ParsedFamily implements MetricFamily {
  readonly name: string;
  readonly type: MetricType;
  readonly help: string;
  readonly unit: string;
  readonly labelNames: readonly string[];
  readonly constantLabels: Pairs = [];
  readonly #metrics: readonly Metric[];

  constructor({ name, type, help, unit, labelNames }: Header, metrics: readonly Metric[]) {
    this.name = name;
    this.type = type;
    this.help = help;
    this.unit = unit;
    this.labelNames = labelNames;
    this.#metrics = metrics;
  }

  /** {@inheritDoc MetricFamily.walk} */
  walk(writer: FamilyWriter): Walk {
    let next = -1;
    let labelled = false;
    return {
      advance: () => {
        if (next < 0) {
          writer.begin(this);
          next = 0;
        }
        for (; next < this.#metrics.length; next++) {
          if (writer.full) return false;
          const metric = this.#metrics[next]!;
          labelled = writeLabels(writer, metric, labelled);
          writePoint(writer, metric);
        }
        return true;
      },
      close: () => {},
    };
  }

  /** {@inheritDoc MetricFamily.samples} */
  get samples(): Sample[] {
    return this.#metrics.flatMap((metric) =>
      samplesOf({ walk: (writer) => this.#alone(writer, metric) }),
    );
  }

  // Under the label names of its own alone, so that there is no label that the document has not.
  #alone(writer: FamilyWriter, metric: Metric): Walk {
    const { name, type, help, unit, constantLabels } = this;
    const { names } = metric.set;
    writer.begin({ name, type, help, unit, labelNames: names, constantLabels });
    metric.values.forEach((value, depth) => {
      writer.label(depth, value);
    });
    writePoint(writer, metric);
    return { advance: () => true, close: () => {} };
  }
}

function writePoint(writer: FamilyWriter, { time, point }: Metric): void {
  if (time !== undefined) writer.at(time);
  if (typeof point === 'number') writer.number(point);
  else point.write(writer);
}

/** Gives the writer a metric's labels; `labelled` says whether it has any of the metric before. */
function writeLabels(writer: FamilyWriter, { set, values }: Metric, labelled: boolean): boolean {
  const { depths } = set;
  let depth = 0;
  for (let i = 0; i < depths.length; i++) {
    while (depth < depths[i]!) writer.label(depth++, '');
    writer.label(depth++, values[i]!);
  }
  // The labels of the metric before are forgotten only behind one that is given.
  if (depth === 0 && labelled) writer.label(0, '');
  return depth > 0 || labelled;
}

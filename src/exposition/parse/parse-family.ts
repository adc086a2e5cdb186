/** A family as a document describes it, which the writers write again. */

import type { FamilyWriter, MetricFamily, MetricType, Walk } from '../../model/family.ts';
import type { Pairs } from '../../model/labels.ts';
import type { Sample } from '../../model/sample.ts';
import { samplesOf } from '../../model/sample-writer.ts';
import type { Timestamp } from '../../model/timestamp.ts';
import type { Point } from './parse-point.ts';

/** Label names that metrics have, in the order of the family. */
export interface LabelSet {
  /** The names. */
  readonly names: readonly string[];
  /** The place of each in the family's label names, ascending. */
  readonly depths: readonly number[];
}

/** One metric at one time. */
export interface ParsedMetric {
  readonly set: LabelSet;
  readonly values: readonly string[];
  readonly time: Timestamp | undefined;
  readonly point: Point | number;
}

/**
 * Metrics with the same label names, no time, and nothing but a number and perhaps a start time: most
 * that there are.
 */
export interface NumberRun {
  readonly set: LabelSet;
  /** The values of all labels, metric after metric. */
  readonly values: string[];
  readonly numbers: number[];
  /** When each began, where that is known. */
  readonly starts: number[] | undefined;
}

type Header = Pick<MetricFamily, 'name' | 'type' | 'help' | 'unit' | 'labelNames'>;

/**
 * A family as a document describes it.
 *
 * Its label names are all that its metrics have. A metric that lacks one has it with an empty value
 * when it is written, wherever a later label has a value: to Prometheus that is the same.
 */
export class ParsedFamily implements MetricFamily {
  readonly name: string;
  readonly type: MetricType;
  readonly help: string;
  readonly unit: string;
  readonly labelNames: readonly string[];
  readonly constantLabels: Pairs = [];
  readonly #metrics: readonly (ParsedMetric | NumberRun)[];

  /** Made by the parsers. The metrics are kept, not copied. */
  constructor(
    { name, type, help, unit, labelNames }: Header,
    metrics: readonly (ParsedMetric | NumberRun)[],
  ) {
    this.name = name;
    this.type = type;
    this.help = help;
    this.unit = unit;
    this.labelNames = labelNames;
    this.#metrics = metrics;
  }

  /** {@inheritDoc MetricFamily.walk} */
  walk(writer: FamilyWriter): Walk {
    const labels = new Labels(writer);
    let begun = false;
    let next = 0;
    let inRun = 0;
    return {
      advance: () => {
        if (!begun) {
          writer.begin(this);
          begun = true;
        }
        for (; next < this.#metrics.length; next++, inRun = 0) {
          const metric = this.#metrics[next]!;
          const count = countOf(metric);
          for (; inRun < count; inRun++) {
            if (writer.full) return false;
            labels.write(metric, inRun);
            writePoint(writer, metric, inRun);
          }
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
  #alone(writer: FamilyWriter, metric: ParsedMetric | NumberRun): Walk {
    const { name, type, help, unit, constantLabels } = this;
    const { names } = metric.set;
    writer.begin({ name, type, help, unit, labelNames: names, constantLabels });
    for (let inRun = 0; inRun < countOf(metric); inRun++) {
      for (let depth = 0; depth < names.length && depth < metric.values.length; depth++) {
        writer.label(depth, metric.values[inRun * names.length + depth]!);
      }
      writePoint(writer, metric, inRun);
    }
    return { advance: () => true, close: () => {} };
  }
}

function countOf(metric: ParsedMetric | NumberRun): number {
  return 'numbers' in metric ? metric.numbers.length : 1;
}

function writePoint(writer: FamilyWriter, metric: ParsedMetric | NumberRun, inRun: number): void {
  if ('numbers' in metric) {
    writer.number(metric.numbers[inRun]!, metric.starts?.[inRun]);
    return;
  }
  const { time, point } = metric;
  if (time !== undefined) writer.at(time);
  if (typeof point === 'number') writer.number(point);
  else point.write(writer);
}

/** Gives a writer the labels of one metric after the other. */
class Labels {
  readonly #writer: FamilyWriter;
  /** True where the writer may still have labels of the metric before. */
  #left = false;

  constructor(writer: FamilyWriter) {
    this.#writer = writer;
  }

  write({ set: { depths }, values }: ParsedMetric | NumberRun, inRun: number): void {
    const writer = this.#writer;
    // What an info metric has are facts, which its point writes.
    if (values.length === 0 && depths.length > 0) return;
    const first = inRun * depths.length;
    let depth = 0;
    for (let i = 0; i < depths.length; i++) {
      while (depth < depths[i]!) writer.label(depth++, '');
      writer.label(depth++, values[first + i]!);
    }
    // The writer forgets labels only behind one that it is given.
    if (depth === 0 && this.#left) writer.label(0, '');
    this.#left ||= depth > 0;
  }
}

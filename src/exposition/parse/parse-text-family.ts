/** A family of the text format while its lines are read, wherever they stand. */

import type { MetricFamily, MetricType } from '../../model/family.ts';
import type { Timestamp } from '../../model/timestamp.ts';
import { FamilyBuilder, identify, isSame, type Shape, valuesOf } from './parse-builder.ts';
import type { LabelSet } from './parse-family.ts';
import type { WrittenLabels } from './parse-labels.ts';
import { PointLines } from './parse-point.ts';
import { PointMaker } from './parse-point-maker.ts';

/** A sample, as it stands on a line or as it was kept. */
export interface TextLine {
  readonly name: string;
  readonly labels: WrittenLabels;
  readonly time: Timestamp | undefined;
  readonly value: number;
}

/** The lines of one metric at one time. */
interface Group {
  readonly set: LabelSet;
  readonly values: readonly string[];
  readonly time: Timestamp | undefined;
  readonly lines: PointLines;
}

/** A family on its way, under the name that the document has for it. */
export class Entry {
  readonly name: string;
  readonly builder: FamilyBuilder;
  /** True where its lines have to be gathered, since a point has several. */
  grouped = false;
  /** True where the document has a word for this very name. */
  declared = false;
  hasSamples = false;
  /** The type that the family turned out to have, where that changes how lines read before are gathered. */
  lateType: MetricType | undefined;
  #groups: Map<string, Group> | undefined;
  #last: Group | undefined;

  /** Begins a family of which nothing but the name is known. */
  constructor(name: string) {
    this.name = name;
    this.builder = new FamilyBuilder(name);
  }

  /** Says what lines there are from now on. */
  setType(type: MetricType): void {
    const { builder, name } = this;
    const isTotal = name.endsWith('_total') && name !== '_total';
    // Neither OpenMetrics nor a family has a place for another counter.
    builder.type = type === 'counter' && !isTotal ? 'unknown' : type;
    builder.name = builder.type === 'counter' ? name.slice(0, -'_total'.length) : name;
    this.grouped = isGrouped(type);
  }

  /** Adds a line to the point of its metric and time. */
  addLine(shape: Shape, { labels, value, time }: TextLine, suffix: string): void {
    const own = shape.reservedPlace < 0 ? undefined : labels.values[shape.reservedPlace];
    this.#group(shape, labels, time).lines.add(suffix, own, value);
  }

  /** All lines, in whatever way they were gathered. */
  *lines(): Generator<TextLine> {
    const { name, builder } = this;
    for (const { names, values, time, value } of builder.numbers()) {
      yield { name, labels: { names, values, count: names.length }, time, value };
    }
    for (const { set, values, time, lines } of this.#groups?.values() ?? []) {
      for (let i = 0; i < lines.count; i++) {
        const own = lines.owns[i];
        const names = own === undefined ? set.names : [...set.names, builder.reserved!];
        const all = own === undefined ? values : [...values, own];
        const labels = { names, values: all, count: names.length };
        yield { name: name + lines.suffixes[i]!, labels, time, value: lines.values[i]! };
      }
    }
  }

  /** The family, with all that was gathered. */
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

  #group(shape: Shape, labels: WrittenLabels, time: Timestamp | undefined): Group {
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

/** True where points of a type have several lines, which are gathered before they are known. */
export function isGrouped(type: MetricType): boolean {
  return type === 'histogram' || type === 'summary';
}

// A histogram is written with its count: one that has none, as half of a gauge histogram, stays lines.
function isWhole(type: MetricType, lines: PointLines): boolean {
  return type !== 'histogram' || lines.place('_count') >= 0;
}

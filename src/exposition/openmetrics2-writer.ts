/** OpenMetrics 2.0, in which a metric is one line: a histogram with all its buckets as well. */

import { formatBound } from '../model/bound.ts';
import { classicBuckets } from '../model/classic-buckets.ts';
import type { Exemplar } from '../model/exemplar.ts';
import type { FamilyHeader, HistogramPoint, MetricType, SummaryPoint } from '../model/family.ts';
import type { Pair } from '../model/labels.ts';
import { typeSuffix } from '../model/name.ts';
import type { Timestamp } from '../model/timestamp.ts';
import { escapeQuoted } from './escape.ts';
import { timedExemplarText } from './exemplar.ts';
import { LineFormat } from './line-format.ts';
import { toSeconds } from './timestamp.ts';
import type { WriteOptions } from './write.ts';

/** Types whose values are written field by field, and never as single numbers. */
const COMPOSITE: ReadonlySet<MetricType> = new Set(['summary', 'histogram', 'gaugehistogram']);

/**
 * Writes families in OpenMetrics 2.0.0-rc0. A family has one name, that of its lines, and names that
 * not every server understands stand in quotes unless a scheme was asked for.
 *
 * The format cannot hold a histogram without a sum, a summary without sum and count, a single line
 * of either, and a unit of other characters than those of names. Such points are left out and
 * counted; of the unit, its line. Exemplars without a time are left out, as they always may be.
 *
 * @see {@link https://prometheus.io/docs/specs/om/open_metrics_spec_2_0/ | OpenMetrics 2.0}
 */
export class OpenMetrics2Writer extends LineFormat {
  #bounds: readonly number[] | undefined;
  /** Each bound with the colon behind it. */
  #boundTexts: readonly string[] = [];
  #start: number | undefined;
  #startText = '';

  /** Begins an exposition, with names in quotes or in the scheme `escaping`. */
  constructor({ escaping = 'allow-utf-8' }: Pick<WriteOptions, 'escaping'> = {}) {
    super(escaping, timedExemplarText);
  }

  finish(): void {
    this.lines.out.text('# EOF\n');
  }

  begin(family: FamilyHeader): void {
    this.family = family;
    const { type, help } = family;
    const suffix = typeSuffix(type);
    this.lines.begin(family, suffix);
    this.lines.header('# TYPE ', suffix, type);
    if (hasUnit(family)) this.lines.header('# UNIT ', suffix, family.unit);
    this.lines.header('# HELP ', suffix, escapeQuoted(help));
  }

  at(timestamp: Timestamp): void {
    const time = toSeconds(timestamp);
    this.lines.time = time && ` ${time}`;
  }

  number(value: number, created?: number, exemplar?: Exemplar): void {
    const lines = this.lines;
    if (this.family?.type === 'counter') {
      if (created !== undefined) lines.time += this.#startOf(created);
      lines.sample(value, exemplar);
    } else {
      lines.sample(value);
    }
    lines.time = '';
  }

  histogram(point: HistogramPoint): void {
    if (point.sum === undefined) {
      this.#omit();
      return;
    }
    const gauge = this.family?.type === 'gaugehistogram';
    const lines = this.lines;
    lines.open();
    const { out } = lines;
    out.text(gauge ? '{gcount:' : '{count:');
    out.number(countOf(point));
    out.text(gauge ? ',gsum:' : ',sum:');
    out.number(point.sum);
    // The fields of a native histogram belong between the sum and the buckets.
    this.#buckets(point);
    out.text(']}');
    let exemplars = '';
    for (const exemplar of point.exemplars ?? []) {
      if (exemplar !== undefined) exemplars += timedExemplarText(exemplar, this.names);
    }
    if (!gauge && point.created !== undefined) lines.time += this.#startOf(point.created);
    lines.end(exemplars);
    lines.time = '';
  }

  summary({ count, sum, quantiles, values, created }: SummaryPoint): void {
    if (count === undefined || sum === undefined) {
      this.#omit();
      return;
    }
    const lines = this.lines;
    lines.open();
    const { out } = lines;
    out.text('{count:');
    out.number(count);
    out.text(',sum:');
    out.number(sum);
    out.text(',quantile:[');
    for (let i = 0; i < quantiles.length; i++) {
      out.text(`${i === 0 ? '' : ','}${formatBound(quantiles[i]!)}:`);
      out.number(values[i]!);
    }
    out.text(']}');
    if (created !== undefined) lines.time += this.#startOf(created);
    lines.end('');
    lines.time = '';
  }

  sample(suffix: string, extra: Pair | undefined, value: number, exemplar?: Exemplar): void {
    const type = this.family!.type;
    if (suffix !== typeSuffix(type) || COMPOSITE.has(type)) {
      // A start time stands with what it is the start of.
      if (suffix === '_created') this.lines.time = '';
      else this.#omit();
      return;
    }
    this.lines.sampleWith(
      suffix,
      this.extra(extra),
      value,
      type === 'counter' ? exemplar : undefined,
    );
    this.lines.time = '';
  }

  #buckets(point: HistogramPoint): void {
    const { bounds, cells, index, cumulative } = classicBuckets(point);
    const { out } = this.lines;
    if (bounds !== this.#bounds) {
      this.#boundTexts = [...bounds, Infinity].map(
        (bound, i) => `${i === 0 ? ',bucket:[' : ','}${formatBound(bound)}:`,
      );
      this.#bounds = bounds;
    }
    let count = 0;
    for (let i = 0; i <= bounds.length; i++) {
      const cell = cells[index + i]!;
      count = cumulative ? cell : count + cell;
      out.text(this.#boundTexts[i]!);
      out.number(count);
    }
  }

  // Most metrics of a family began together.
  #startOf(created: number): string {
    if (created !== this.#start) {
      const seconds = toSeconds(created);
      this.#startText = seconds && ` st@${seconds}`;
      this.#start = created;
    }
    return this.#startText;
  }

  #omit(): void {
    this.names.omit(this.family!, 'format');
    this.lines.time = '';
  }
}

function countOf({ bounds, cells, index, cumulative }: HistogramPoint): number {
  if (cumulative) return cells[index + bounds.length]!;
  let count = 0;
  for (let i = 0; i <= bounds.length; i++) count += cells[index + i]!;
  return count;
}

/** True where the unit may be named: its grammar has no place for other characters. */
function hasUnit({ type, unit }: FamilyHeader): boolean {
  return type !== 'info' && type !== 'stateset' && /^[a-zA-Z0-9_:]+$/.test(unit);
}

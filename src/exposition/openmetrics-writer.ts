/** OpenMetrics 1.0, which carries what the text format cannot: units, start times, exemplars. */

import type { Exemplar } from '../model/exemplar.ts';
import type { FamilyHeader, HistogramPoint, MetricType, SummaryPoint } from '../model/family.ts';
import type { Pair } from '../model/labels.ts';
import type { RowCursor, RowWriter } from '../model/number-rows.ts';
import type { Timestamp } from '../model/timestamp.ts';
import { escapeQuoted } from './escape.ts';
import { exemplarText } from './exemplar.ts';
import type { ExposedNames } from './exposed-names.ts';
import { LineFormat } from './line-format.ts';
import { toSeconds } from './timestamp.ts';
import type { WriteOptions } from './write.ts';

/** The suffix that most samples of a family bear. */
const SUFFIXES: Readonly<Record<MetricType, string>> = {
  counter: '_total',
  gauge: '',
  summary: '',
  histogram: '_bucket',
  gaugehistogram: '_bucket',
  info: '_info',
  stateset: '',
  unknown: '',
};

/**
 * Writes families in OpenMetrics 1.0.
 *
 * What the format forbids is left out: a unit that is not the name's last word, sum and count of a
 * histogram with negative bounds, exemplars anywhere but on counters and buckets.
 *
 * @see {@link https://prometheus.io/docs/specs/om/open_metrics_spec/ | OpenMetrics 1.0}
 */
export class OpenMetricsWriter extends LineFormat implements RowWriter {
  readonly #withStartTimes: boolean;
  /** Rows tell no start times. */
  readonly numberRows: ((cursor: RowCursor) => void) | undefined;

  /** Begins an exposition, with names in the scheme `escaping`; `created` asks for start times. */
  constructor({ created = false, escaping }: Pick<WriteOptions, 'created' | 'escaping'> = {}) {
    super(escaping, exemplarText);
    this.#withStartTimes = created;
    this.numberRows = created ? undefined : (cursor) => this.lines.rows(cursor);
  }

  finish(): void {
    this.lines.out.text('# EOF\n');
  }

  begin(family: FamilyHeader): void {
    this.family = family;
    const { type, help } = family;
    this.lines.begin(family, SUFFIXES[type]);
    this.lines.header('# TYPE ', '', type);
    if (hasUnit(family, this.names)) this.lines.header('# UNIT ', '', family.unit);
    this.lines.header('# HELP ', '', escapeQuoted(help));
  }

  at(timestamp: Timestamp): void {
    const time = toSeconds(timestamp);
    this.lines.time = time && ` ${time}`;
  }

  number(value: number, created?: number, exemplar?: Exemplar): void {
    this.lines.sample(value, this.family?.type === 'counter' ? exemplar : undefined);
    this.#startTime(created);
    this.lines.time = '';
  }

  histogram(point: HistogramPoint): void {
    const lines = this.lines;
    const gauge = this.family?.type === 'gaugehistogram';
    const count = lines.buckets(point, point.exemplars);
    // Sum and count come together or not at all.
    if (point.sum !== undefined && (gauge || !(point.bounds[0]! < 0))) {
      lines.sampleWith(gauge ? '_gsum' : '_sum', [], point.sum);
      lines.sampleWith(gauge ? '_gcount' : '_count', [], count);
    }
    this.#startTime(point.created);
    lines.time = '';
  }

  summary(point: SummaryPoint): void {
    this.lines.summary(point);
    this.#startTime(point.created);
    this.lines.time = '';
  }

  sample(suffix: string, extra: Pair | undefined, value: number, exemplar?: Exemplar): void {
    const allowed = mayHaveExemplar(this.family?.type, suffix) ? exemplar : undefined;
    this.lines.sampleWith(suffix, this.extra(extra), value, allowed);
    this.lines.time = '';
  }

  #startTime(created: number | undefined): void {
    if (!this.#withStartTimes || created === undefined) return;
    const type = this.family?.type;
    if (type === 'counter' || type === 'summary' || type === 'histogram') {
      this.lines.sampleWith('_created', [], created);
    }
  }
}

/** True where the unit may be named: a unit that is not the name's last word fails the scrape. */
function hasUnit(family: FamilyHeader, names: ExposedNames): boolean {
  const { type, unit } = family;
  if (unit === '' || type === 'info' || type === 'stateset') return false;
  return names.metric(family).endsWith(`_${unit}`);
}

function mayHaveExemplar(type: MetricType | undefined, suffix: string): boolean {
  if (type === 'counter') return suffix === '_total';
  return (type === 'histogram' || type === 'gaugehistogram') && suffix === '_bucket';
}

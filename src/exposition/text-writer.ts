/** The text formats: 0.0.4, which every Prometheus reads, and 1.0.0, which is the same with quotes. */

import type { FamilyHeader, HistogramPoint, MetricType, SummaryPoint } from '../model/family.ts';
import type { Pair } from '../model/labels.ts';
import { typeSuffix } from '../model/name.ts';
import type { RowCursor, RowWriter } from '../model/number-rows.ts';
import type { Timestamp } from '../model/timestamp.ts';
import { ByteBuffer } from './byte-buffer.ts';
import { escapeHelp } from './escape.ts';
import { LineFormat } from './line-format.ts';
import { toMilliseconds } from './timestamp.ts';
import type { WriteOptions } from './write.ts';

/** What the format, which has five types, calls those of OpenMetrics. */
const TYPES: Readonly<Record<MetricType, string>> = {
  counter: 'counter',
  gauge: 'gauge',
  summary: 'summary',
  histogram: 'histogram',
  gaugehistogram: 'histogram',
  info: 'gauge',
  stateset: 'gauge',
  unknown: 'untyped',
};

type KeptSuffix = '_gcount' | '_gsum';

/** Lines, and how many bytes of them belong to buckets that were handed on. */
interface Kept {
  readonly lines: ByteBuffer;
  mark: number;
}

/**
 * Writes families in the text formats. Names in quotes, as the scheme `allow-utf-8` writes them, are
 * what 1.0.0 has and 0.0.4 lacks.
 *
 * It has no place for units, start times and exemplars. Sum and count of a gauge histogram bear the
 * names they have in OpenMetrics, since a series must not change its name with the format; as a
 * histogram of this format cannot have them, they follow it as two gauges, as in Python's client.
 *
 * @see {@link https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format | Text-based format}
 */
export class TextWriter extends LineFormat implements RowWriter {
  /** Lines of a gauge histogram's counts and sums, kept until its buckets are written. */
  readonly #kept = new Map<KeptSuffix, Kept>();

  /** Begins an exposition, with names in the scheme `escaping`. */
  constructor({ escaping }: Pick<WriteOptions, 'escaping'> = {}) {
    super(escaping);
  }

  override take(): Uint8Array {
    for (const kept of this.#kept.values()) kept.mark = kept.lines.length;
    return super.take();
  }

  override mark(): void {
    this.#writeKept();
    super.mark();
  }

  override rewind(): void {
    super.rewind();
    for (const [suffix, { lines, mark }] of this.#kept) {
      lines.length = mark;
      if (mark === 0) this.#kept.delete(suffix);
    }
  }

  finish(): void {
    this.#writeKept();
  }

  begin(family: FamilyHeader): void {
    this.#writeKept();
    this.family = family;
    const { type, help } = family;
    const suffix = typeSuffix(type);
    const bucketed = type === 'histogram' || type === 'gaugehistogram';
    this.lines.begin(family, bucketed ? '_bucket' : suffix);
    this.lines.header('# HELP ', suffix, escapeHelp(help));
    this.lines.header('# TYPE ', suffix, TYPES[type]);
  }

  numberRows(cursor: RowCursor): void {
    this.lines.rows(cursor);
  }

  at(timestamp: Timestamp): void {
    const time = toMilliseconds(timestamp);
    this.lines.time = time && ` ${time}`;
  }

  number(value: number): void {
    this.lines.sample(value);
    this.lines.time = '';
  }

  histogram(point: HistogramPoint): void {
    const lines = this.lines;
    const count = lines.buckets(point);
    if (this.family?.type === 'gaugehistogram') {
      this.#keep('_gcount', undefined, count);
      if (point.sum !== undefined) this.#keep('_gsum', undefined, point.sum);
    } else {
      if (point.sum !== undefined) lines.sampleWith('_sum', [], point.sum);
      lines.sampleWith('_count', [], count);
    }
    lines.time = '';
  }

  summary(point: SummaryPoint): void {
    this.lines.summary(point);
    this.lines.time = '';
  }

  sample(suffix: string, extra: Pair | undefined, value: number): void {
    const type = this.family?.type;
    if (type === 'gaugehistogram' && (suffix === '_gcount' || suffix === '_gsum')) {
      this.#keep(suffix, extra, value);
    } else if (suffix !== '_created' || !hasStartTime(type)) {
      this.lines.sampleWith(suffix, this.extra(extra), value);
    }
    this.lines.time = '';
  }

  #keep(suffix: KeptSuffix, extra: Pair | undefined, value: number): void {
    let kept = this.#kept.get(suffix);
    if (kept === undefined) {
      kept = { lines: new ByteBuffer(1024), mark: 0 };
      this.#kept.set(suffix, kept);
    }
    const { out } = this.lines;
    this.lines.out = kept.lines;
    this.lines.sampleWith(suffix, this.extra(extra), value);
    this.lines.out = out;
  }

  #writeKept(): void {
    const { out } = this.lines;
    for (const [suffix, { lines }] of this.#kept) {
      this.lines.header('# HELP ', suffix, escapeHelp(this.family!.help));
      this.lines.header('# TYPE ', suffix, 'gauge');
      out.copy(lines, 0, lines.length);
    }
    this.#kept.clear();
  }
}

/** True of the types of which OpenMetrics has samples with the suffix `_created`. */
function hasStartTime(type: MetricType | undefined): boolean {
  return type === 'counter' || type === 'summary' || type === 'histogram';
}

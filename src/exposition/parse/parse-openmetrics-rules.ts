/** What OpenMetrics 1.0 asks of a single sample of each type. */

import type { MetricType } from '../../model/family.ts';
import type { Shape } from './parse-builder.ts';
import type { LineCursor } from './parse-cursor.ts';
import { parseNumber } from './parse-number.ts';
import { placesOf } from './parse-places.ts';
import type { LineSample } from './parse-sample.ts';

/** Suffixes of what only counts upwards from 0. */
const COUNTING = new Set(['_total', '_bucket', '_count', '_sum', '_gcount']);

/** Suffixes of what counts whole things. */
const WHOLE = new Set(['_bucket', '_count', '_gcount']);

/**
 * Refuses a sample that its type cannot have.
 *
 * @see {@link https://prometheus.io/docs/specs/om/open_metrics_spec/#metric-types | OpenMetrics 1.0, Metric Types}
 */
export function refuseSample(
  cursor: LineCursor,
  type: MetricType,
  suffix: string,
  shape: Shape,
  sample: LineSample,
): void {
  const { labels, value, valueAt } = sample;
  for (let i = 0; i < labels.count; i++) {
    if (!labels.names[i]!.startsWith('__')) continue;
    const at = placesOf(cursor).labels[i]!.nameAt;
    cursor.refuse(`the reserved label ${labels.names[i]}`, 'another name', at);
  }
  const { reservedPlace } = shape;
  const own = reservedPlace < 0 ? undefined : labels.values[reservedPlace]!;
  refuseOwnLabel(cursor, type, suffix, reservedPlace, own);
  if (suffix !== '' && Number.isNaN(value) && suffix !== '_info') {
    cursor.refuse(`${suffix} that is NaN`, 'a number', valueAt);
  }
  if (COUNTING.has(suffix) && value < 0) {
    cursor.refuse(`${suffix} below 0`, 'a number >= 0', valueAt);
  }
  if (WHOLE.has(suffix) && !Number.isInteger(value)) {
    cursor.refuse(`${suffix} that is no count`, 'a whole number', valueAt);
  }
  if (suffix === '_created' && !Number.isFinite(value)) {
    cursor.refuse('no start time', 'finite seconds', valueAt);
  }
  refuseValue(cursor, type, suffix, sample);
  if (sample.exemplar !== undefined && !mayHaveExemplar(type, suffix)) {
    cursor.refuse('an exemplar', 'none but on counters and buckets', sample.exemplarAt);
  }
}

function refuseValue(
  cursor: LineCursor,
  type: MetricType,
  suffix: string,
  { value, valueAt }: LineSample,
): void {
  if (type === 'info' && value !== 1) cursor.refuse('an info that is not 1', '1', valueAt);
  if (type === 'stateset' && value !== 0 && value !== 1) {
    cursor.refuse('a state that is neither on nor off', '0 or 1', valueAt);
  }
  if (type === 'summary' && suffix === '' && value < 0) {
    cursor.refuse('a quantile below 0', 'a number >= 0 or NaN', valueAt);
  }
}

function refuseOwnLabel(
  cursor: LineCursor,
  type: MetricType,
  suffix: string,
  place: number,
  own: string | undefined,
): void {
  if (type === 'stateset') {
    if (own === undefined) {
      cursor.refuse('no label of the state', "one with the metric's name", cursor.start);
    }
  } else if (type === 'summary' && suffix === '') {
    const quantile = own === undefined ? Number.NaN : toBound(own);
    if (!(quantile >= 0 && quantile <= 1)) {
      cursor.refuse('no quantile', 'a label quantile from 0 to 1', ownValueAt(cursor, place));
    }
  } else if (suffix === '_bucket') {
    const bound = own === undefined ? Number.NaN : toBound(own);
    if (Number.isNaN(bound)) {
      cursor.refuse('no bound', 'a label le with a number', ownValueAt(cursor, place));
    }
  } else if (own !== undefined) {
    const at = placesOf(cursor).labels[place]!.nameAt;
    cursor.refuse('a reserved label', 'le and quantile on their own lines', at);
  }
}

/** Where the value of a label stands; where the line begins, if it lacks the label. */
function ownValueAt(cursor: LineCursor, place: number): number {
  return place < 0 ? cursor.start : placesOf(cursor).labels[place]!.valueAt;
}

/** A bound; NaN where it is none. The infinities have one spelling, other numbers have many. */
function toBound(text: string): number {
  const bound = parseNumber(text, 0, text.length) ?? Number.NaN;
  if (Number.isFinite(bound) || text === '+Inf' || text === '-Inf') return bound;
  return Number.NaN;
}

function mayHaveExemplar(type: MetricType, suffix: string): boolean {
  if (type === 'counter') return suffix === '_total';
  return (type === 'histogram' || type === 'gaugehistogram') && suffix === '_bucket';
}

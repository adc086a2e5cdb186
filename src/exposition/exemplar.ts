/** Exemplars as OpenMetrics writes them behind a sample. */

import { type Exemplar, exemplarLength, MAX_EXEMPLAR_CODE_POINTS } from '../model/exemplar.ts';
import { escapeQuoted } from './escape.ts';
import type { ExposedNames } from './exposed-names.ts';
import { toSeconds } from './timestamp.ts';

/**
 * Writes an exemplar for OpenMetrics 1.0 with the ` # ` before it, or '' where its labels are longer
 * than allowed, or two of them have one name once they are escaped.
 *
 * Left out rather than cut, since half a trace id leads nowhere, and rather than thrown, since a
 * scrape is not the place where the mistake was made.
 *
 * @see {@link https://prometheus.io/docs/specs/om/open_metrics_spec/#exemplars | OpenMetrics 1.0, Exemplars}
 */
export function exemplarText(exemplar: Exemplar, names: ExposedNames): string {
  if (exemplarLength(exemplar.labels) > MAX_EXEMPLAR_CODE_POINTS) return '';
  return timedText(exemplar, names);
}

/**
 * Writes an exemplar for OpenMetrics 2.0 with the ` # ` before it, or '' where it has no time, which
 * it must have there, or two of its labels one name. They may be of any length.
 *
 * @see {@link https://prometheus.io/docs/specs/om/open_metrics_spec_2_0/#exemplars | OpenMetrics 2.0, Exemplars}
 */
export function timedExemplarText(exemplar: Exemplar, names: ExposedNames): string {
  const { timestamp } = exemplar;
  return timestamp === undefined || toSeconds(timestamp) === '' ? '' : timedText(exemplar, names);
}

function timedText({ labels, value, timestamp }: Exemplar, names: ExposedNames): string {
  const pairs = names.labels(Object.entries(labels));
  if (pairs === undefined) return '';
  const inner = pairs.map(([name, text]) => `${name}="${escapeQuoted(text)}"`).join(',');
  const time = timestamp === undefined ? '' : toSeconds(timestamp);
  return ` # {${inner}} ${numberText(value)}${time && ` ${time}`}`;
}

function numberText(value: number): string {
  if (value === Infinity) return '+Inf';
  if (value === -Infinity) return '-Inf';
  return Object.is(value, -0) ? '-0.0' : String(value);
}

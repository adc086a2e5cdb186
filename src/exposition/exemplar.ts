/** Exemplars as OpenMetrics 1.0 writes them behind a sample. */

import type { Exemplar } from '../model/exemplar.ts';
import { escapeQuoted } from './escape.ts';
import { toSeconds } from './timestamp.ts';

/** The most code points that the names and values of an exemplar's labels may have together. */
const MAX_CODE_POINTS = 128;

/**
 * Writes an exemplar with the ` # ` before it, or '' where its labels are longer than allowed.
 *
 * Left out rather than cut, since half a trace id leads nowhere, and rather than thrown, since a
 * scrape is not the place where the mistake was made.
 *
 * @see {@link https://prometheus.io/docs/specs/om/open_metrics_spec/#exemplars | OpenMetrics 1.0, Exemplars}
 */
export function exemplarText({ labels, value, timestamp }: Exemplar): string {
  const pairs = Object.entries(labels);
  let codePoints = 0;
  for (const [name, text] of pairs) codePoints += countCodePoints(name) + countCodePoints(text);
  if (codePoints > MAX_CODE_POINTS) return '';
  const inner = pairs.map(([name, text]) => `${name}="${escapeQuoted(text)}"`).join(',');
  const time = timestamp === undefined ? '' : toSeconds(timestamp);
  return ` # {${inner}} ${numberText(value)}${time && ` ${time}`}`;
}

function numberText(value: number): string {
  if (value === Infinity) return '+Inf';
  if (value === -Infinity) return '-Inf';
  return Object.is(value, -0) ? '-0.0' : String(value);
}

// Strings too long to pass are not counted to their end.
function countCodePoints(text: string): number {
  if (text.length > 2 * MAX_CODE_POINTS) return text.length;
  return [...text].length;
}

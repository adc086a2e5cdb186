/** One observation that stands for many, with labels that lead to its trace. */

import { wellFormed } from './label-value.ts';
import type { Timestamp } from './timestamp.ts';

/**
 * A reference from a sample to something outside the metrics, most often a trace.
 *
 * @see {@link https://prometheus.io/docs/specs/om/open_metrics_spec/#exemplars | OpenMetrics 1.0, Exemplars}
 */
export interface Exemplar {
  /** Labels such as `trace_id`: names and values together at most 128 code points. */
  readonly labels: Readonly<Record<string, string>>;
  /** The value that was observed, in the metric's unit. */
  readonly value: number;
  /** When it was observed. */
  readonly timestamp?: Timestamp;
}

/**
 * The most code points that the names and values of an exemplar's labels may have together.
 *
 * @see {@link https://prometheus.io/docs/specs/om/open_metrics_spec/#exemplars | OpenMetrics 1.0, Exemplars}
 */
export const MAX_EXEMPLAR_CODE_POINTS = 128;

/** What can be wrong with the labels of an exemplar. */
export type ExemplarFault = 'shape' | 'label_name' | 'label_value' | 'too_long';

/**
 * Returns a copy of `given` as the labels of an exemplar, or what is wrong with it. Names are those
 * that labels of metrics may have; values are strings and numbers. Never throws, not even where a
 * getter does: an exemplar is no reason to lose an observation.
 */
export function toExemplarLabels(given: unknown): Readonly<Record<string, string>> | ExemplarFault {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) return 'shape';
  try {
    return checked(Object.entries(given));
  } catch {
    return 'shape';
  }
}

function checked(
  entries: readonly (readonly [string, unknown])[],
): Readonly<Record<string, string>> | ExemplarFault {
  const labels: Record<string, string> = {};
  let codePoints = 0;
  for (const [name, value] of entries) {
    if (name === '' || name.startsWith('__') || wellFormed(name) !== name) return 'label_name';
    if (typeof value !== 'string' && typeof value !== 'number') return 'label_value';
    const text = wellFormed(`${value}`);
    codePoints += countCodePoints(name) + countCodePoints(text);
    if (codePoints > MAX_EXEMPLAR_CODE_POINTS) return 'too_long';
    labels[name] = text;
  }
  return labels;
}

/** How many code points names and values of `labels` have together; of very long ones, about. */
export function exemplarLength(labels: Exemplar['labels']): number {
  let codePoints = 0;
  for (const [name, text] of Object.entries(labels)) {
    codePoints += countCodePoints(name) + countCodePoints(text);
  }
  return codePoints;
}

// Strings too long to pass are not counted to their end.
function countCodePoints(text: string): number {
  if (text.length > 2 * MAX_EXEMPLAR_CODE_POINTS) return text.length;
  let count = text.length;
  // A code point of two units has its second one in this range.
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit >= 0xdc00 && unit <= 0xdfff) count--;
  }
  return count;
}

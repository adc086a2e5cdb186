/** One observation that stands for many, with labels that lead to its trace. */

import type { Timestamp } from './family.ts';

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

/** A family as plain samples, one object for each line of an exposition. */

import type { Exemplar } from './exemplar.ts';
import type { Timestamp } from './timestamp.ts';

/** One line of an exposition. */
export interface Sample {
  /** The family's name with the suffix that such a line bears: `http_requests_total`. */
  readonly name: string;
  /** The labels by name. */
  readonly labels: Readonly<Record<string, string>>;
  /** What was counted or measured, in the metric's unit. */
  readonly value: number;
  /** The time of the sample, where its source gave one. */
  readonly timestamp?: Timestamp;
  /** An observation that stands for the sample. */
  readonly exemplar?: Exemplar;
}

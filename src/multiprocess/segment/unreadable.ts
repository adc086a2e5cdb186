/** Why a file of the directory could not be read. Each such file costs itself alone. */

import { MetricsError, type MetricsErrorCode } from '../../model/error.ts';

/**
 * Why a file was left out of a scrape.
 *
 * `foreign` bears our name but not our format, or another file's id; `newer` is of a later version
 * of the format; `inaccessible` is what the system does not let this process open or read.
 */
export type UnreadableReason =
  | 'empty'
  | 'truncated'
  | 'foreign'
  | 'newer'
  | 'corrupt'
  | 'inaccessible';

const CODES: Readonly<Record<UnreadableReason, MetricsErrorCode>> = {
  empty: 'FILE_CORRUPT',
  truncated: 'FILE_CORRUPT',
  foreign: 'FILE_FOREIGN',
  newer: 'FILE_NEWER',
  corrupt: 'FILE_CORRUPT',
  inaccessible: 'FILE_UNREADABLE',
};

/** A file that had to be left out. */
export class UnreadableError extends MetricsError {
  /** The case, as the label `reason` of the metric names it. */
  readonly reason: UnreadableReason;

  /** `detail` follows the file's path: what is wrong, what was expected, what was found. */
  constructor(reason: UnreadableReason, path: string, detail: string, options?: ErrorOptions) {
    super(CODES[reason], `file "${path}": ${detail}`, options);
    this.name = 'UnreadableError';
    this.reason = reason;
  }
}

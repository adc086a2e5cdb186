/** What a counter can be told, when it is declared and with each increment. */

import type { TypeOptions } from '../declaration/family-description.ts';
import type { InstrumentOptions, ValueCallback } from '../declaration/instrument-options.ts';
import {
  type ExemplarLabels,
  type ExemplarOptions,
  toOwnExemplarSampling,
} from '../exemplars/exemplar-options.ts';

/** What a counter is declared with. */
export interface CounterOptions extends InstrumentOptions {
  /**
   * Returns the count, for something that somebody else counts. Asked at every scrape; only for a
   * counter without labels. A child gets one by `setFunction`.
   */
  readonly callback?: ValueCallback;
  /** Where exemplars come from that nobody gave: the registry's way unless given, none if `false`. */
  readonly exemplars?: ExemplarOptions | false;
}

/** How a counter is incremented. */
export interface IncOptions {
  /**
   * Labels that lead from this increment to its trace, such as `{ trace_id }`; the last one is
   * shown, in OpenMetrics. Bad labels cost the exemplar and never the increment:
   * `promethium_exemplars_dropped_total` counts them.
   */
  readonly exemplar?: ExemplarLabels | undefined;
}

/** The options that counters have beside those of every instrument. */
export const COUNTER_OPTIONS: readonly string[] = ['callback', 'exemplars'];

/**
 * Checks the options and returns what they come to.
 *
 * @throws {TypeError | RangeError} When one is none.
 */
export function toCounterOptions(subject: string, { exemplars }: CounterOptions): TypeOptions {
  return { exemplars: toOwnExemplarSampling(subject, exemplars) };
}

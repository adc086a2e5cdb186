/** What instruments are declared with, whatever their type. */

import type { LabelValue } from '../../model/labels.ts';
import type { LabelOptions } from '../labels/label-rules.ts';
import type { InstrumentRegistry } from '../registry/instrument-registry.ts';

/** What every instrument is declared with. */
export interface InstrumentOptions {
  /**
   * The metric's name, such as `http_requests_total`: a word for what, the unit, for counters `total`.
   *
   * Any text is a name. Where a scraper knows no others than those of letters, digits, `_` and `:`,
   * each other character becomes `_`, or an escape that it asked for: `n 9-x` is shown as `n_9_x`.
   */
  readonly name: string;
  /** A sentence for people: what is counted or measured. */
  readonly help: string;
  /** What the name begins with, and `_`: the program or library. */
  readonly namespace?: string;
  /** What follows the namespace in the name, and `_`: the part of the program. */
  readonly subsystem?: string;
  /**
   * The unit, a plural base unit such as `seconds` or `bytes`. It becomes the name's last word where
   * it is not yet, and OpenMetrics shows it. Info metrics and enums have none.
   */
  readonly unit?: string;
  /** Labels that all series of the metric carry with one value. */
  readonly constantLabels?: Readonly<Record<string, LabelValue>>;
  /**
   * How many children a metric with labels can have: the registry's `maxChildren` unless given.
   * What is too much is counted on one child, all of whose labels are `__overflow__`; info metrics
   * and enums, which have no one state for many things, do not show it.
   * `promethium_label_overflows_total` counts how often `labels()` returned it.
   */
  readonly maxChildren?: number;
  /**
   * After how many seconds without a change a child of a metric with labels is removed, compared at
   * each scrape. What it counted is added to a child all of whose labels are `__overflow__`, so that
   * the metric's total does not fall; gauges and enums just go. A gauge that is set to the value it
   * has does not change. Children with a callback stay.
   *
   * A child that the program kept takes its place again with the next change, at the scrape after
   * it, or when `labels()` is asked for it: a counter, summary or histogram from 0 on, as its
   * `value`, `count` and `sum` say, with a new start time. Where `maxChildren` leaves no room, what
   * it counts is added to the child for the rest.
   */
  readonly maxIdleSeconds?: number;
  /** Where the metric is registered: `REGISTRY` unless given, in none and on the heap with `null`. */
  readonly registry?: InstrumentRegistry | null;
}

/** What a callback returns that is asked for a value at every scrape. */
export type ValueCallback = () => number | Promise<number>;

/** The options of an instrument, whatever its type. */
export interface DeclarationOptions extends InstrumentOptions, LabelOptions {
  readonly maxChildren?: number;
  readonly maxIdleSeconds?: number;
  readonly callback?: ValueCallback;
}

/** The options that instruments of all types have. */
export const COMMON_OPTIONS: readonly string[] = [
  'name',
  'help',
  'namespace',
  'subsystem',
  'unit',
  'registry',
  'labelNames',
  'labelValues',
  'labelDefaults',
  'constantLabels',
  'maxChildren',
  'maxIdleSeconds',
];

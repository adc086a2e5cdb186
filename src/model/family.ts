/**
 * A metric family as data, and the interface that carries it from whoever has one to whoever writes
 * one. Instruments, custom collectors, parsers and the multi-process reader produce families; the
 * text formats, protobuf and the collector of samples consume them. Neither side knows the other.
 */

import type { Exemplar } from './exemplar.ts';
import type { Pair, Pairs } from './labels.ts';
import type { NativeHistogram } from './native-histogram.ts';
import type { Sample } from './sample.ts';
import type { Timestamp } from './timestamp.ts';

/** The types of OpenMetrics 1.0. The text format 0.0.4 calls `unknown` `untyped`. */
export type MetricType =
  | 'counter'
  | 'gauge'
  | 'summary'
  | 'histogram'
  | 'gaugehistogram'
  | 'info'
  | 'stateset'
  | 'unknown';

/** What is said once of a family, before its samples. */
export interface FamilyHeader {
  /** The name without any suffix: `http_requests` for the counter `http_requests_total`. */
  readonly name: string;
  /** The type, which says how the samples are to be read. */
  readonly type: MetricType;
  /** A sentence for people. */
  readonly help: string;
  /** The unit, a plural base unit such as `seconds` that is also the name's last word, or ''. */
  readonly unit: string;
  /** The names of the labels whose values {@linkcode FamilyWriter.label} gives, in that order. */
  readonly labelNames: readonly string[];
  /** Labels that every sample carries with one value, written before the others. */
  readonly constantLabels: Pairs;
}

/** A histogram's numbers. Borrowed: read it before the call returns. */
export interface HistogramPoint {
  /** Upper bounds, ascending, without +Inf. One array a family, so that a writer renders it once. */
  readonly bounds: readonly number[];
  /** Where the buckets are: `bounds.length + 1` consecutive numbers, the last one's bound is +Inf. */
  readonly cells: ArrayLike<number>;
  /** The place of the first bucket in {@linkcode cells}. */
  readonly index: number;
  /** True when each bucket holds those below it as well, false when each holds its own alone. */
  readonly cumulative: boolean;
  /** The sum of all observations; `undefined` where there is none to show. */
  readonly sum: number | undefined;
  /** When counting began, Unix seconds; `undefined` where nobody knows. */
  readonly created: number | undefined;
  /** One for each bucket that has one, at the bucket's place; `undefined` where there are none. */
  readonly exemplars: readonly (Exemplar | undefined)[] | undefined;
  /**
   * The same observations in native buckets, where they were counted so. Without classic buckets
   * {@linkcode bounds} is empty, and the one cell, the bucket of +Inf, is the count.
   */
  readonly native?: NativeHistogram | undefined;
}

/** A summary's numbers. Borrowed: read it before the call returns. */
export interface SummaryPoint {
  /** Quantiles, ascending, each from 0 to 1; empty where only count and sum are kept. */
  readonly quantiles: readonly number[];
  /** The value at each quantile. */
  readonly values: readonly number[];
  /** How many observations there were; `undefined` where a foreign source gave none. */
  readonly count: number | undefined;
  /** The sum of all observations; `undefined` where a foreign source gave none. */
  readonly sum: number | undefined;
  /** When counting began, Unix seconds; `undefined` where nobody knows. */
  readonly created: number | undefined;
}

/**
 * What a family walks itself into.
 *
 * The order of calls is `begin`, then for each metric the labels that differ from the one before,
 * then one point. Points are whole: a writer never sees half a histogram.
 */
export interface FamilyWriter {
  /** Asks the walk to pause before the next metric. */
  readonly full: boolean;
  /** Begins a family. Everything up to the next `begin` belongs to it. */
  begin(family: FamilyHeader): void;
  /** Gives the label at `depth` a value and forgets the labels deeper than it. */
  label(depth: number, value: string): void;
  /** Gives the next point a time of its own. Custom collectors and parsers alone call it. */
  at(timestamp: Timestamp): void;
  /** A counter, gauge or unknown. */
  number(value: number, created?: number, exemplar?: Exemplar): void;
  /** A histogram or gauge histogram. */
  histogram(point: HistogramPoint): void;
  /** A summary. */
  summary(point: SummaryPoint): void;
  /** An info metric: labels that describe, beside those that identify. */
  info(pairs: Pairs): void;
  /** A state set: each state is on or off. */
  stateSet(states: readonly string[], on: (state: number) => boolean): void;
  /** A single sample that fits no point: `suffix` follows the family's name, `extra` its labels. */
  sample(suffix: string, extra: Pair | undefined, value: number, exemplar?: Exemplar): void;
}

/** A family on its way into a writer, which can be paused between metrics. */
export interface Walk {
  /** Writes until the writer is full. True when the family is complete. */
  advance(): boolean;
  /** Ends a walk that is not going to be completed; does nothing after the last `advance`. */
  close(): void;
}

/** Everything exposed under one name. */
export interface MetricFamily extends FamilyHeader {
  /** Begins a walk through the metrics of the family. */
  walk(writer: FamilyWriter): Walk;
  /**
   * The family as plain samples: for tests and for people, since each one is an object. To go through,
   * each time anew; `[...family.samples]` is a list.
   */
  readonly samples: Iterable<Sample>;
}

/** What a collector returns: families at once, in a while, or one by one. */
export type Families =
  | Iterable<MetricFamily>
  | AsyncIterable<MetricFamily>
  | Promise<Iterable<MetricFamily>>;

/** Anything that has families to show: an instrument, a registry, or an object of your own. */
export interface Collector {
  /**
   * What errors and `promethium_collector_failures_total` call it: without one, by the first family
   * that it describes, else by its class, which is `Object` for an object literal.
   */
  readonly name?: string | undefined;
  /** Returns the families as they are now. Called once a scrape. */
  collect(): Families;
  /** The families that `collect` will return, so that their names can be claimed on registration. */
  describe?(): Iterable<Pick<FamilyHeader, 'name' | 'type'>>;
}

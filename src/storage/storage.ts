/**
 * The seam between instruments and the place where their numbers lie: this process's heap, or files
 * that several processes map. An instrument knows no more of it than a `Float64Array` and an index.
 */

import type { StoredFamily } from '../model/cells.ts';
import type { Exemplar } from '../model/exemplar.ts';
import type { MetricFamily } from '../model/family.ts';
import type { Pairs } from '../model/labels.ts';
import type { NativeTally } from '../model/native-counts.ts';
import type { QuantileState } from '../model/quantile-sketch.ts';
import type { CollectedFamilies, Publishing } from './publication.ts';

/** Where the numbers of one series lie: consecutive cells of an array that never moves. */
export interface Cells {
  /** The array that holds the cells. It stays where it is while the series is in use. */
  readonly cells: Float64Array;
  /** The place of the series' first cell in {@linkcode cells}. */
  readonly index: number;
  /** The native buckets of a histogram that has any, which lie beside its cells. */
  readonly native?: NativeTally | undefined;
}

/** Where a series lies whose numbers nobody reads but its instrument, which lays them out as it likes. */
export interface Bytes {
  /**
   * The bytes, those of other series among them: a multiple of 8, from such a place of their buffer. They
   * stay where they are while the series is in use.
   */
  readonly view: DataView;
  /** The place of the series' first byte in {@linkcode view}, a multiple of 8. */
  readonly offset: number;
}

/** Hands out bytes, for numbers that need fewer of them than cells have. */
export interface ByteStorage {
  /** Returns `count` bytes, a multiple of 8, that are 0 and belong to the caller alone. */
  allocate(count: number): Bytes;
  /** Takes `count` bytes back: they may be another series' the next moment. */
  release(place: Bytes, count: number): void;
}

/** Where one exemplar lies, beside the cells of its series. */
export interface ExemplarPlace {
  /**
   * Puts an exemplar there, in place of the one before, to be shown for so many seconds from now, or
   * for ever. False when the place went with its series: nobody sees it. Never throws.
   */
  keep(exemplar: Exemplar, seconds: number): boolean;
  /** Takes the exemplar away. Never throws. */
  clear(): void;
}

/** What a summary observed in one stretch of time, and for how long quantiles are to count it. */
export interface QuantileAge {
  readonly sketch: QuantileState;
  readonly secondsLeft: number;
}

/** Where a series' quantiles lie, beside its cells. */
export interface QuantilePlace {
  /**
   * Puts what was observed lately there, in place of what was there, and which quantiles are shown.
   * Copied. False when the place went with its series: nobody sees it. Never throws.
   */
  keep(quantiles: readonly number[], ages: readonly QuantileAge[]): boolean;
}

/** Hands out the cells of one family's series. */
export interface SeriesStorage {
  /**
   * Returns cells that hold 0 and belong to the caller alone.
   *
   * `pairs` are the describing labels of an info metric, which has no number to keep. Never throws:
   * a storage that runs out of room goes on counting on the heap and says so in its own way.
   */
  allocate(labelValues: readonly string[], pairs?: Pairs): Cells;
  /** Takes cells back. The caller has let go of them: they may be another series' the next moment. */
  release(place: Cells): void;
  /**
   * Where one exemplar of a series goes, for others to show: of a counter 0, of a histogram each
   * bucket's, counted from 0. `undefined` where there is no room, or the series is none of this
   * storage's: ask again with the next exemplar. Absent where the registry shows them itself.
   */
  exemplarPlace?(series: Cells, bucket: number): ExemplarPlace | undefined;
  /**
   * The same for one of those that belong to the native buckets of a histogram's series, which are
   * numbered from 0 on.
   */
  nativeExemplarPlace?(series: Cells, number: number): ExemplarPlace | undefined;
  /** The same for what the quantiles of a summary's series are made of. */
  quantilePlace?(series: Cells): QuantilePlace | undefined;
  /**
   * The program removed the series with these label values, or all of them: what processes that
   * ended counted of it is no longer to be shown either. Never throws. Absent where there are none.
   */
  forget?(labelValues?: readonly string[]): void;
  /**
   * The family is no longer to be shown: all its cells were given back, and none will be asked for.
   * Absent where the registry decides what is shown.
   */
  withdraw?(): void;
}

/** Keeps the numbers of a registry's metrics. */
export interface Storage {
  /** Declares a family, once, and returns what hands out cells for its series. */
  declare(family: StoredFamily): SeriesStorage;
  /**
   * Bytes for series of families that were declared, which then ask for no cells. Absent where
   * anybody else reads the numbers.
   */
  readonly bytes?: ByteStorage;
  /**
   * Returns the families of every process that shares this storage, merged and ordered by name, and
   * behind them the newest that were published ({@linkcode PublishedFamily}).
   * Absent where only this process writes: the registry then shows its own instruments.
   */
  collect?(): Promise<readonly MetricFamily[]>;
  /** Calls on `publishing` at an interval, and on the way out. Repeated calls do nothing. */
  attach?(publishing: Publishing): void;
  /**
   * Returns what keeps the answers of one registry's collectors of the process. Absent where only
   * this process writes: the registry then shows them as they are.
   */
  collected?(): CollectedFamilies;
  /**
   * Publishes `families` as the answer of the collector called `name`, in place of the last one under
   * this `key`; none takes it back. Never throws. The families are read before it returns.
   */
  publish?(key: object, name: string, families: readonly MetricFamily[]): void;
  /**
   * Seconds of a clock that everyone who shares the storage agrees on, to tell which of two
   * processes wrote last. Absent where only this process writes.
   */
  now?(): number;
  /**
   * Makes what was counted so far visible to every process, for storages that write behind.
   * Absent where a write is visible the moment it is made.
   */
  flush?(): void;
}

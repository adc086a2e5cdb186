/** What one process has to say: the seam between whoever reads processes and the merging of them. */

import type { StoredFamily } from '../model/cells.ts';
import type { Exemplar } from '../model/exemplar.ts';
import type { Pairs } from '../model/labels.ts';
import type { NativeNumbers } from '../model/native-counts.ts';
import type { QuantileState } from '../model/quantile-sketch.ts';

/** Everything that one process, or one thread that counts for itself, has counted. */
export interface Contribution {
  /** Tells it from every other one for ever: random, hexadecimal, never reused. */
  readonly id: string;
  /** What the label `pid` says where processes are shown apart: `4711`, or `4711-2` for a thread. */
  readonly process: string;
  /**
   * Absent for a single process's. `sum`: several that ended, folded into one, which nobody can show
   * apart. `rest`: what rounding took from such sums, to be added to them and of no use otherwise.
   */
  readonly folded?: 'sum' | 'rest';
  /** False once the process ended: `live…` gauges leave it out. */
  readonly alive: boolean;
  /**
   * When the process began, in seconds of one clock for all, best one that nobody sets back. The
   * newest one's declarations win.
   */
  readonly startTime: number;
  /** Another number whenever families or series come or go; the same while only values change. */
  readonly revision: number;
  /** The families it has, in the order they were declared. */
  readonly families: readonly ContributedFamily[];
  /** The cells of all its series. May be refilled between merges, never during one. */
  readonly values: Float64Array;
  /** What it has beside numbers, except what belongs to a series. */
  readonly blocks?: readonly ContributedBlock[];
}

/** Bytes that a process writes anew now and then. */
export interface ContributedBlock {
  /** What they are. */
  readonly kind: string;
  /** Which one of its kind it is. There is no other of both. */
  readonly key: string;
  /**
   * The bytes as they were when the process was read. The same object for as long as they are not
   * written anew, so that what was made of them can be kept. `undefined` before the first write.
   */
  readonly content: Uint8Array | undefined;
  /** True when newer contents are there, none of which is whole: these are the last that were. */
  readonly isDamaged: boolean;
}

/** One family as one process declared it. */
export interface ContributedFamily {
  /** The declaration. */
  readonly family: StoredFamily;
  /** The series it has there, in any order. */
  readonly series: readonly ContributedSeries[];
  /**
   * True when its process could not say which unit and native buckets it has, nor, where that is '',
   * its help: another one's are taken, and are no disagreement.
   */
  readonly isIncomplete?: boolean;
  /** The exemplars of its series. May grow while nothing else does. */
  readonly exemplars?: readonly ContributedExemplar[];
  /** What the quantiles of its series are made of. May grow while nothing else does. */
  readonly windows?: readonly ContributedWindow[];
  /** The native buckets of its series. May grow while nothing else does. */
  readonly natives?: readonly ContributedNative[];
  /** The exemplars of the native buckets of its series. May grow while nothing else does. */
  readonly nativeExemplars?: readonly ContributedExemplar[];
}

/** What one process counted of one series in native buckets. */
export interface ContributedNative {
  /** The series: its {@linkcode ContributedSeries.index}. */
  readonly series: number;
  /** What is there now, the buckets in any order. On loan until another one is asked. */
  readonly current: NativeNumbers;
}

/** What one process observed lately of one series. */
export interface ContributedWindow {
  /** The series: its {@linkcode ContributedSeries.index}. */
  readonly series: number;
  /** What is there now; nothing before the first time that it was shared. */
  readonly current: KeptWindow | undefined;
}

/** Observations of the last minutes, and which quantiles of them are shown. */
export interface KeptWindow {
  readonly quantiles: readonly number[];
  readonly ages: readonly KeptAge[];
}

/** Observations of one stretch of time. */
export interface KeptAge {
  readonly sketch: QuantileState;
  /** Until when they count, Unix seconds. */
  readonly until: number;
}

/** The place of one exemplar of one series. */
export interface ContributedExemplar {
  /** The series: its {@linkcode ContributedSeries.index}. */
  readonly series: number;
  /** What is there now; nothing after a reset. */
  readonly current: KeptExemplar | undefined;
}

/** An exemplar, and for how long. */
export interface KeptExemplar {
  readonly exemplar: Exemplar;
  /** Until when it is shown, Unix seconds; infinite where it stays until another one comes. */
  readonly shownUntil: number;
}

/** One series of one process. */
export interface ContributedSeries {
  /** One value for each of the declaration's label names. */
  readonly labelValues: readonly string[];
  /** The describing labels of an info metric; empty for other types. */
  readonly pairs: Pairs;
  /** The place of its first cell in {@linkcode Contribution.values}. */
  readonly index: number;
}

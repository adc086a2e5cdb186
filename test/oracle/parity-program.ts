/**
 * Programs of metric operations, as data that this client and Python's both run.
 *
 * What the two do differently on purpose is left out of what is drawn, by name and where it is drawn:
 * `docs/coming-from-python.md` has the same list.
 */

import type { EscapingScheme } from '../../src/exposition/index.ts';
import type { Exemplar, MetricType, MultiprocessMode, Timestamp } from '../../src/index.ts';

/** The six instruments. */
export type InstrumentWord = 'counter' | 'gauge' | 'summary' | 'histogram' | 'info' | 'enum';

/** What an instrument is declared with. */
export interface DeclareOptions {
  readonly name: string;
  readonly help: string;
  readonly labelNames: readonly string[];
  readonly namespace?: string;
  readonly subsystem?: string;
  readonly unit?: string;
  readonly buckets?: readonly number[];
  readonly states?: readonly string[];
  readonly multiprocessMode?: MultiprocessMode;
}

/** One metric of a family; which members it has depends on the family's type. */
export interface MetricPlan {
  readonly labels: readonly string[];
  readonly value?: number | Readonly<Record<string, string | boolean>>;
  readonly count?: number;
  readonly sum?: number;
  readonly buckets?: readonly (readonly [bound: number, count: number, exemplar?: Exemplar])[];
  readonly created?: number;
  readonly exemplar?: Exemplar;
  readonly timestamp?: Timestamp;
}

/** A family that a custom collector returns. */
export interface FamilyPlan {
  readonly type: MetricType;
  readonly name: string;
  readonly help: string;
  readonly unit?: string;
  readonly labelNames: readonly string[];
  readonly metrics: readonly MetricPlan[];
}

/** Labels by position, by name, or none: the metric itself. */
export type LabelsPlan =
  | readonly (string | number)[]
  | Readonly<Record<string, string | number>>
  | null;

/** What is done with a child. */
export type Method =
  | 'inc'
  | 'dec'
  | 'set'
  | 'setToCurrentTime'
  | 'setFunction'
  | 'observe'
  | 'reset'
  | 'info'
  | 'state'
  | 'time'
  | 'countExceptions'
  | 'trackInProgress';

/** One step of a program. Metrics and collectors go by numbers of the program's own. */
export type Command =
  | {
      readonly op: 'declare';
      readonly id: number;
      readonly type: InstrumentWord;
      readonly options: DeclareOptions;
    }
  | {
      readonly op: 'call';
      readonly id: number;
      readonly labels: LabelsPlan;
      /** Uses the child that was kept when these labels were first used, removed or not. */
      readonly kept: boolean;
      readonly method: Method;
      readonly argument?: unknown;
      readonly exemplar?: Readonly<Record<string, string>>;
    }
  | {
      readonly op: 'remove';
      readonly id: number;
      readonly labels: readonly (string | number)[];
    }
  | {
      readonly op: 'removeMatching';
      readonly id: number;
      readonly labels: Readonly<Record<string, string | number>>;
    }
  | { readonly op: 'clear' | 'unregister'; readonly id: number }
  | { readonly op: 'register'; readonly id: number; readonly families: readonly FamilyPlan[] }
  | { readonly op: 'pass'; readonly seconds: number }
  | { readonly op: 'targetInfo'; readonly labels: Readonly<Record<string, string>> | null };

/** One way to look at what the program has counted. */
export interface View {
  readonly format: 'text' | 'openmetrics';
  readonly escaping: EscapingScheme;
  /** The samples that are asked for: all unless given. */
  readonly names?: readonly string[];
}

/** A program, and the views that are compared when it is over. */
export interface Program {
  readonly commands: readonly Command[];
  /** Start times are shown, in OpenMetrics. */
  readonly created: boolean;
  readonly views: readonly View[];
}

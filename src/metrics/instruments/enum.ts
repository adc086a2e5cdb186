/** Enums: which of several states something is in. */

import type { MultiprocessMode } from '../../model/cells.ts';
import { show } from '../../model/error.ts';
import { wellFormed } from '../../model/label-value.ts';
import type { LabelNames, LabelValue } from '../../model/labels.ts';
import { validMode } from '../../model/option.ts';
import type { Cells } from '../../storage/storage.ts';
import { Child, type Metric } from '../children/child.ts';
import type { Declaration, Kind } from '../declaration/declaration.ts';
import type { InstrumentOptions } from '../declaration/instrument-options.ts';
import {
  instrumentConstructor,
  type Labelled,
  type LabelledOptions,
  type Nothing,
  type Shape,
} from './instrument.ts';

/** The modes in which exactly one state stays on. */
const ENUM_MODES = ['all', 'liveall', 'mostrecent', 'livemostrecent'] as const;

/** What an enum is declared with. */
export interface EnumOptions<State extends string = string>
  extends Omit<InstrumentOptions, 'unit'> {
  /** The states, of which the first is the one to begin with. The types know them. */
  readonly states: readonly State[];
  /**
   * How the states of several processes are shown: `all`, each under a label `pid`, unless given. Then
   * the state of a process that was killed stays to be seen, for up to an hour; with `liveall` it goes
   * with the process. Of no effect in a single process.
   */
  readonly multiprocessMode?: Extract<MultiprocessMode, (typeof ENUM_MODES)[number]>;
}

/** One of several states: any text unless they are known. */
export interface EnumChild<State extends string = string> extends Metric {
  readonly type: 'stateset';
  /** The state in this process. */
  readonly value: State;
  /**
   * Changes to another state.
   *
   * @throws {RangeError} When `state` is not one of the declared ones. The state stays as it was.
   */
  state(state: State): void;
}

class EnumChildOnCells extends Child {
  readonly type = 'stateset';
  #cells: Float64Array;
  #index: number;

  constructor(declaration: Declaration, { cells, index }: Cells) {
    super(declaration);
    this.#cells = cells;
    this.#index = index;
    cells[index] = 1;
  }

  get value(): string {
    return this.declaration.family.states[this.#current()]!;
  }

  state(state: string): void {
    const { family, stamp, subject } = this.declaration;
    const next = family.states.indexOf(state);
    if (next < 0) {
      const states = family.states.map((known) => `"${known}"`).join(', ');
      throw new RangeError(`${subject}: unknown state, expected ${states}, got ${show(state)}`);
    }
    this.#cells[this.#index + this.#current()] = 0;
    this.#cells[this.#index + next] = 1;
    if (stamp !== undefined) this.#cells[this.#index + family.states.length] = stamp();
  }

  #current(): number {
    return this.#cells.indexOf(1, this.#index) - this.#index;
  }

  static readonly kind: Kind<EnumChildOnCells> = {
    type: 'stateset',
    word: 'enum',
    options: ['states', 'multiprocessMode'],
    typeOptions: (subject, { states, multiprocessMode = 'all' }: EnumOptions) => ({
      states: validStates(subject, states),
      mode: validMode(subject, multiprocessMode, ENUM_MODES),
    }),
    create(declaration, labelValues) {
      return new EnumChildOnCells(declaration, declaration.allocate(labelValues));
    },
    write(child, writer) {
      const current = child.#current();
      writer.stateSet(child.declaration.family.states, (state) => state === current);
    },
    place: (child) => ({ cells: child.#cells, index: child.#index }),
    reset: (child) => child.state(child.declaration.family.states[0]!),
    attach(child, { cells, index }) {
      child.#cells = cells;
      child.#index = index;
    },
  };
}

function validStates(subject: string, states: readonly unknown[]): readonly string[] {
  // A copy without holes, which `some` would pass over.
  const all: readonly unknown[] = Array.isArray(states) ? Array.from(states) : [];
  if (all.length === 0 || all.some((state) => typeof state !== 'string')) {
    throw new TypeError(`${subject}: no states, expected an array of strings, got ${show(states)}`);
  }
  const twice = states.find((state, i) => states.indexOf(state) < i);
  if (twice !== undefined) {
    throw new RangeError(
      `${subject}: state given twice, expected different states, got ${show(twice)}`,
    );
  }
  const broken = (states as string[]).find((state) => wellFormed(state) !== state);
  if (broken !== undefined) {
    throw new RangeError(
      `${subject}: state that UTF-8 cannot hold, expected no half of a surrogate pair, got ${show(broken)}`,
    );
  }
  return Object.freeze([...(states as string[])]);
}

/**
 * An enum: which of several states something is in, such as a circuit breaker or a connection.
 * Exposed as one series for each state, 1 for the current one and 0 for the others.
 *
 * As a type, `Enum` is one without labels or a child, `Enum<['peer']>` one with these labels,
 * `Enum<'peer' | 'host'>` one that is used by label name alone; `Enum<never, 'open' | 'closed'>` is
 * one without labels that has these states.
 *
 * @example
 * ```ts
 * import { Enum } from 'promethium';
 *
 * const breaker = new Enum({
 *   name: 'breaker_state',
 *   help: 'State of the circuit breaker.',
 *   states: ['closed', 'open', 'half-open'],
 * });
 * breaker.state('open');
 * ```
 *
 * @see {@link https://prometheus.io/docs/specs/om/open_metrics_spec/#stateset | OpenMetrics 1.0, StateSet}
 */
export type Enum<Names extends LabelNames = never, State extends string = string> = Shape<
  EnumChild<State>,
  Names
>;

/** The constructor of enums: the one that knows the states as well. */
export interface EnumConstructor {
  /**
   * Declares an enum and registers it.
   *
   * @throws {TypeError} When an option is missing, unknown or of the wrong type.
   * @throws {RangeError} When an option's value is not allowed, such as a state that is given twice.
   * @throws {AlreadyRegisteredError} When the registry has a metric that uses the name.
   */
  new <
    const Names extends readonly string[] = [],
    const Values extends { readonly [name: string]: readonly LabelValue[] } = Nothing,
    const Default extends { readonly [name: string]: LabelValue } = Nothing,
    const State extends string = string,
  >(
    options: EnumOptions<State> & LabelledOptions<Names, Values, Default>,
  ): Names extends readonly []
    ? EnumChild<State>
    : Labelled<EnumChild<State>, Names, Values, keyof Default & string>;
  readonly prototype: EnumChild;
}

/** Declares an enum and registers it: `new Enum({ name, help, states, … })`. */
export const Enum: EnumConstructor = /* @__PURE__ */ instrumentConstructor(EnumChildOnCells);

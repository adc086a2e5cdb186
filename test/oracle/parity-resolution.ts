/** Makes commands of picks: what each step refers to, and without what differs on purpose. */

import type { MetricType } from '../../src/index.ts';
import {
  isDeclaredDifferently,
  isDottedByPython,
  isFamilyDifferent,
} from './parity-differences.ts';
import { exposedNamesOf, familyNameOf } from './parity-names.ts';
import type {
  Command,
  DeclareOptions,
  FamilyPlan,
  InstrumentWord,
  LabelsPlan,
  Method,
  Program,
} from './parity-program.ts';
import { viewsOf } from './parity-views.ts';

/** How an instrument is to be declared. Members that its type does not have are left out later. */
export interface DeclareDraft {
  readonly kind: 'declare';
  readonly type: InstrumentWord;
  readonly name: string;
  readonly namespace: string;
  readonly subsystem: string;
  readonly unit: string;
  readonly help: string;
  readonly labelNames: readonly string[];
  readonly buckets: readonly number[];
  readonly states: readonly string[];
  readonly mode: 'all' | 'max' | 'mostrecent';
}

/** How a child is to be used. */
export interface UseDraft {
  readonly kind: 'use';
  readonly metric: number;
  readonly labels: readonly (string | number)[];
  readonly way: 'position' | 'name' | 'parent' | 'wrong';
  readonly kept: boolean;
  readonly method: number;
  readonly amount: number;
  readonly number: number;
  readonly seconds: number;
  readonly state: number;
  readonly facts: Readonly<Record<string, string>>;
  readonly raised: 'failure' | 'other' | null;
  readonly filtered: boolean;
  readonly exemplar: Readonly<Record<string, string>> | undefined;
}

/** What is to happen to a metric or collector as a whole. */
export interface ChangeDraft {
  readonly kind: 'remove' | 'removeMatching' | 'clear' | 'unregister';
  readonly metric: number;
  readonly labels: readonly (string | number)[];
}

/** A step before it is known what it refers to. */
export type Draft =
  | DeclareDraft
  | UseDraft
  | ChangeDraft
  | { readonly kind: 'register'; readonly families: readonly FamilyPlan[] }
  | { readonly kind: 'pass'; readonly seconds: number }
  | { readonly kind: 'targetInfo'; readonly labels: Readonly<Record<string, string>> | null };

/** What a whole program is drawn from. */
export interface ProgramDraft {
  readonly steps: readonly Draft[];
  readonly created: boolean;
  /** Nothing that OpenMetrics forbids is counted, and the program is seen in that format as well. */
  readonly strict: boolean;
  readonly escaping: Program['views'][number]['escaping'];
  /** Which of the names are asked for in a restricted view. */
  readonly asked: readonly boolean[];
}

/** The methods of each type, those that are used most several times. */
export const METHODS: Readonly<Record<InstrumentWord, readonly Method[]>> = {
  counter: ['inc', 'inc', 'inc', 'reset', 'countExceptions'],
  gauge: ['set', 'set', 'inc', 'dec', 'setToCurrentTime', 'setFunction', 'time', 'trackInProgress'],
  summary: ['observe', 'observe', 'time'],
  histogram: ['observe', 'observe', 'observe', 'time'],
  info: ['info'],
  enum: ['state'],
};

/** Turns picks into a program. */
export function resolve({ steps, ...draft }: ProgramDraft): Program {
  const resolution = new Resolution(draft);
  for (const step of steps) resolution.add(step);
  const { commands } = resolution;
  return { commands, created: draft.created, views: viewsOf(commands, draft) };
}

type Call = Command & { readonly op: 'call' };
type Declaration = Command & { readonly op: 'declare' };

class Resolution {
  readonly commands: Command[] = [];
  readonly #declared: Declaration[] = [];
  readonly #collectors: number[] = [];
  readonly #withExemplars = new Set<number>();
  readonly #asked = new Set<number>();
  readonly #strict: boolean;
  readonly #dotted: boolean;
  #nextId = 0;

  constructor({ strict, escaping }: Pick<ProgramDraft, 'strict' | 'escaping'>) {
    this.#strict = strict;
    this.#dotted = escaping === 'dots';
  }

  add(draft: Draft): void {
    switch (draft.kind) {
      case 'declare':
        this.#declare(draft);
        break;
      case 'use':
        this.#use(draft);
        break;
      case 'register':
        this.#register(draft.families);
        break;
      case 'pass':
        this.commands.push({ op: 'pass', seconds: draft.seconds });
        break;
      case 'targetInfo':
        if (!this.#isDotted(['target_info', ...Object.keys(draft.labels ?? {})])) {
          this.commands.push({ op: 'targetInfo', labels: draft.labels });
        }
        break;
      default:
        this.#change(draft);
    }
  }

  #declare({ type, mode, ...draft }: DeclareDraft): void {
    const options: DeclareOptions = {
      name: draft.name,
      help: draft.help,
      labelNames: draft.labelNames,
      ...(draft.namespace !== '' && { namespace: draft.namespace }),
      ...(draft.subsystem !== '' && { subsystem: draft.subsystem }),
      ...(draft.unit !== '' && { unit: draft.unit }),
      ...(type === 'histogram' && { buckets: draft.buckets }),
      ...(type === 'enum' && { states: draft.states }),
      ...(type === 'gauge' && { multiprocessMode: mode }),
    };
    if (isDeclaredDifferently(type, options) || isUnreadable(type, options)) return;
    if (this.#isDotted(exposedNamesOf({ type: type as MetricType, ...options }))) return;
    const declaration: Declaration = { op: 'declare', id: this.#nextId++, type, options };
    this.#declared.push(declaration);
    this.commands.push(declaration);
    // Until it is told something, Python exposes an info metric without facts.
    if (type === 'info' && draft.labelNames.length === 0) {
      const first = {
        labels: null,
        kept: false,
        method: 'info',
        argument: { told: 'yes' },
      } as const;
      this.commands.push({ op: 'call', id: declaration.id, ...first });
    }
  }

  #register(drawn: readonly FamilyPlan[]): void {
    const families = drawn.filter(
      (family) =>
        !isFamilyDifferent(family) &&
        !isUnreadable(family.type, family) &&
        !this.#isDotted(exposedNamesOf(family)),
    );
    if (areAlike(families)) return;
    const id = this.#nextId++;
    this.#collectors.push(id);
    this.commands.push({ op: 'register', id, families });
  }

  #use(draft: UseDraft): void {
    const target = this.#declared[draft.metric % this.#declared.length];
    if (target === undefined) return;
    const methods = METHODS[target.type];
    const method = methods[draft.method % methods.length]!;
    const labels = labelsOf(draft, target.options.labelNames);
    // On a parent, Python runs what is to be timed and only then finds that it has no labels.
    if (method === 'time' && labels === null && target.options.labelNames.length > 0) return;
    const argument = argumentOf(method, draft, target, this.#strict);
    if (method === 'info' && !this.#areFacts(argument as object, target.options)) return;
    // A counter that begins anew keeps its exemplar in Python.
    if (method === 'reset' && this.#withExemplars.has(target.id)) return;
    // Once a gauge asks a function, its other methods do nothing in Python and throw here.
    if (method === 'setFunction') this.#asked.add(target.id);
    else if (this.#asked.has(target.id)) return;
    const takesExemplar =
      (target.type === 'counter' && method === 'inc') ||
      (target.type === 'histogram' && method === 'observe');
    const exemplar = takesExemplar ? draft.exemplar : undefined;
    if (exemplar !== undefined) this.#withExemplars.add(target.id);
    const call: Call = {
      op: 'call',
      id: target.id,
      labels,
      kept: draft.kept,
      method,
      ...(argument !== undefined && { argument }),
      ...(exemplar !== undefined && { exemplar }),
    };
    this.commands.push(call);
  }

  /**
   * True of facts that both clients take. Python looks at none of their names, and a child that was
   * made for facts that are then refused is exposed without any.
   */
  #areFacts(facts: object, { labelNames }: DeclareOptions): boolean {
    const names = Object.keys(facts);
    if (names.some((one) => one.startsWith('__') || labelNames.includes(one))) return false;
    return !this.#isDotted(names);
  }

  /** True where one of these names is written differently in the scheme of this program. */
  #isDotted(names: readonly string[]): boolean {
    return this.#dotted && names.some(isDottedByPython);
  }

  #change({ kind, metric, labels }: ChangeDraft): void {
    const ids = [...this.#declared.map(({ id }) => id), ...this.#collectors];
    if (kind === 'unregister') {
      const id = ids[metric % ids.length];
      if (id !== undefined) this.commands.push({ op: kind, id });
      return;
    }
    const target = this.#declared[metric % this.#declared.length];
    if (target === undefined) return;
    const { labelNames } = target.options;
    if (kind === 'remove') {
      this.commands.push({ op: kind, id: target.id, labels: labels.slice(0, labelNames.length) });
      return;
    }
    // Neither does anything to a metric without labels in Python; here it has neither.
    if (labelNames.length === 0) return;
    if (kind === 'clear') this.commands.push({ op: kind, id: target.id });
    else {
      const at = metric % labelNames.length;
      const matching = { [metric === 5 ? 'nobody' : labelNames[at]!]: labels[at]! };
      this.commands.push({ op: kind, id: target.id, labels: matching });
    }
  }
}

/** True of state sets whose names begin with `__` once escaped: no parser takes that for a label. */
function isUnreadable(type: string, parts: DeclareOptions | FamilyPlan): boolean {
  return (type === 'enum' || type === 'stateset') && !/^[a-zA-Z]/.test(familyNameOf(type, parts));
}

/** True of families of one collector whose names clash, of which neither client is told. */
function areAlike(families: readonly FamilyPlan[]): boolean {
  const names = families.map(({ type, ...parts }) => familyNameOf(type, parts));
  return names.some((name, i) => names.some((other, j) => i !== j && other.startsWith(name)));
}

function labelsOf({ way, labels }: UseDraft, labelNames: readonly string[]): LabelsPlan {
  const count = labelNames.length;
  if (way === 'wrong') return labels.slice(0, count + (count > 1 ? -1 : 1));
  if (way === 'parent' || count === 0) return null;
  if (way === 'position') return labels.slice(0, count);
  return Object.fromEntries(labelNames.map((name, i) => [name, labels[i]!]));
}

function argumentOf(
  method: Method,
  draft: UseDraft,
  { options }: Declaration,
  strict: boolean,
): unknown {
  switch (method) {
    case 'set':
    case 'setFunction':
      return draft.number;
    case 'inc':
    case 'dec':
      return draft.amount;
    case 'observe':
      // A sum below 0 is none that OpenMetrics takes; NaN is refused here and counted there.
      if (Number.isNaN(draft.number)) return 0.5;
      return strict ? Math.abs(draft.number) : draft.number;
    case 'time':
      return draft.seconds;
    case 'state':
      return options.states?.[draft.state] ?? 'no such state';
    case 'info':
      return draft.facts;
    case 'countExceptions':
      return { filtered: draft.filtered, raised: draft.raised };
    case 'trackInProgress':
      return draft.raised !== null;
    default:
      return undefined;
  }
}

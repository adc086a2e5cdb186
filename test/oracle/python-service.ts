/** Random services of Python processes: what they declare, count, fork and leave behind. */

import fc from 'fast-check';
import { MULTIPROCESS_MODES } from '../../src/model/cells.ts';
import { anyText } from './random-values.ts';

/** One step of a service, as `multiprocess_service.py` runs it. */
export type PythonCommand =
  | { readonly do: 'start' | 'fork' | 'dead'; readonly process: string }
  | {
      readonly do: 'declare';
      readonly type: string;
      readonly name: string;
      readonly help: string;
      readonly labels: readonly string[];
      readonly mode: string;
      readonly buckets: readonly number[];
    }
  | {
      readonly do: 'use';
      readonly metric: number;
      readonly labels: readonly string[];
      readonly value: number;
    }
  | { readonly do: 'touch'; readonly metric: number; readonly labels: readonly string[] };

/** A service, in phases: it is looked at after each. */
export type PythonProgram = readonly (readonly PythonCommand[])[];

type Declare = Extract<PythonCommand, { do: 'declare' }>;

/** Names without one that is another's with a suffix: Python shows both, and servers keep one. */
const NAMES = ['requests', 'a:b', 'x_seconds', 'http.server', '花火', 'B2', '_', 'a b'];

const process = fc.constantFrom('1', '17', '4711', '4712', 'worker-1', 'a.b');

/** Whole eighths, which add up to the same sum in any order. */
const eighths = fc.integer({ min: -4000, max: 8000 }).map((value) => value / 8);

/** Numbers for gauges of which nothing is added up, and which are compared without NaN. */
const anyValue = fc.oneof(eighths, fc.double({ noNaN: true }), fc.constantFrom(1e300, -1e-300));

const labelNames = fc.uniqueArray(fc.constantFrom('method', 'a', 'Z', 'l.1', 'é', '1'), {
  maxLength: 3,
});

const declaration: fc.Arbitrary<Omit<Declare, 'name' | 'do'>> = fc.record({
  type: fc.constantFrom('counter', 'gauge', 'gauge', 'histogram', 'summary'),
  help: anyText.map((text) => text || 'Help.'),
  labels: labelNames,
  mode: fc.constantFrom(...MULTIPROCESS_MODES),
  buckets: fc
    .uniqueArray(fc.oneof(eighths, fc.double({ noNaN: true, noDefaultInfinity: true })), {
      minLength: 1,
      maxLength: 4,
      // -0 and 0 are one bound.
      selector: (bound) => bound + 0,
    })
    .map((bounds) => bounds.map((bound) => bound + 0).sort((a, b) => a - b)),
});

/** What a service does, its metrics and labels still to be chosen from those that there are. */
type Draft =
  | { readonly do: 'start' | 'fork' | 'dead'; readonly process: string }
  | { readonly do: 'declare'; readonly metric: number; readonly backwards: boolean }
  | {
      readonly do: 'use' | 'touch';
      readonly metric: number;
      readonly labels: readonly string[];
      readonly whole: number;
      readonly any: number;
    };

const labelValue = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom('GET', 'POST', '200') },
  { weight: 1, arbitrary: anyText.map((text) => text || 'GET') },
);

const draft: fc.Arbitrary<Draft> = fc.oneof(
  { weight: 2, arbitrary: fc.record({ do: fc.constant('start' as const), process }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constantFrom('fork' as const, 'dead' as const), process }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('declare' as const),
      metric: fc.nat(20),
      backwards: fc.boolean(),
    }),
  },
  {
    weight: 12,
    arbitrary: fc.record({
      do: fc.constantFrom('use' as const, 'use' as const, 'touch' as const),
      metric: fc.nat(20),
      labels: fc.array(labelValue, { minLength: 3, maxLength: 3 }),
      whole: eighths,
      any: anyValue,
    }),
  },
);

/** A service whose processes agree on what their metrics are. */
export const anyPythonProgram: fc.Arbitrary<PythonProgram> = fc
  .record({
    metrics: fc.array(declaration, { minLength: 1, maxLength: NAMES.length }),
    first: process,
    phases: fc.array(fc.array(draft, { maxLength: 25 }), { minLength: 1, maxLength: 3 }),
  })
  .map(({ metrics, first, phases }) => {
    const declarations = metrics.map(
      (metric, i): Declare => ({ do: 'declare', name: NAMES[i]!, ...metric }),
    );
    const program = new Program(declarations);
    return phases.map((phase, i) => {
      const begin: Draft[] = i === 0 ? [{ do: 'start', process: first }] : [];
      return [...begin, ...phase].flatMap((step) => program.resolve(step));
    });
  });

/** Keeps track of what the running process has declared. */
class Program {
  readonly #all: readonly Declare[];
  #declared: Declare[] = [];

  constructor(all: readonly Declare[]) {
    this.#all = all;
  }

  resolve(step: Draft): PythonCommand[] {
    switch (step.do) {
      case 'start':
        this.#declared = [];
        return [step];
      case 'declare':
        return this.#declare(step.metric, step.backwards);
      case 'use':
      case 'touch':
        return this.#use(step);
      default:
        return [step];
    }
  }

  #declare(metric: number, backwards: boolean): PythonCommand[] {
    const one = this.#all[metric % this.#all.length]!;
    if (this.#declared.some(({ name }) => name === one.name)) return [];
    const labels = backwards ? [...one.labels].reverse() : one.labels;
    const command = { ...one, labels };
    this.#declared.push(command);
    return [command];
  }

  #use(step: Extract<Draft, { do: 'use' | 'touch' }>): PythonCommand[] {
    if (this.#declared.length === 0) return [];
    const metric = step.metric % this.#declared.length;
    const { type, mode, labels: names } = this.#declared[metric]!;
    const labels = step.labels.slice(0, names.length);
    if (step.do === 'touch') return [{ do: 'touch', metric, labels }];
    const isSum = type !== 'gauge' || mode === 'sum' || mode === 'livesum';
    return [{ do: 'use', metric, labels, value: isSum ? step.whole : step.any }];
  }
}

/** What a case of the benchmark is: one thing that is measured, done by each contender in its own way. */

import type * as PromClient from 'prom-client';
import type * as Promethium from '../src/index.ts';
import { pythonWithClient } from '../test/setup/oracles.ts';

/** This library, from `dist` or from `src`. */
export type Library = typeof Promethium;

/** `prom-client` or `@prometheus-io/client`, which have the same API. */
export type Incumbent = typeof PromClient;

/** What a number of a case stands for. Less is better, always. */
export type Unit = 'ns' | 'ms' | 'B' | 'MiB';

/** What a case is meant to reach. */
export interface Goal {
  /** How many times less than the better incumbent, at least. */
  readonly incumbent?: number;
  /** How many times less than Python's client, at least. */
  readonly python?: number;
  /** How many times the bare operation, at most. */
  readonly bare?: number;
  /** The number itself, at most. */
  readonly most?: number;
}

/** A case, named after its file in `cases/`. Each measurement runs in a process of its own. */
export interface Benchmark {
  /** What is measured, for the table. */
  readonly title: string;
  /** The unit of every number the case gives. */
  readonly unit: Unit;
  /** What this library is meant to reach. */
  readonly goal: Goal;
  /** The packages that do the same; the clients unless given. */
  readonly incumbents?: readonly (typeof INCUMBENTS)[number][];
  /** Measures this library, which took `loadMs` milliseconds to load. */
  promethium(library: Library, loadMs: number): Promise<number>;
  /** Measures an incumbent, in the fastest of the ways that its documentation shows. */
  incumbent(client: Incumbent, loadMs: number): Promise<number>;
  /** Measures Python's client at the same, where it is installed. */
  python?(): Promise<number>;
  /** Measures the least that any library would have to do: an add, a copy. */
  bare?(library: Library): Promise<number>;
}

/** Who takes part, in the order of a round. */
export const CONTENDERS = [
  'promethium',
  'prom-client',
  '@prometheus-io/client',
  'parse-prometheus-text-format',
  'prometheus_client',
  'bare',
] as const;

/** One of {@linkcode CONTENDERS}. */
export type Contender = (typeof CONTENDERS)[number];

/** The contenders that {@linkcode Goal.incumbent} is about. */
export const INCUMBENTS = [
  'prom-client',
  '@prometheus-io/client',
  'parse-prometheus-text-format',
] as const;

/** The incumbents of a case that names none. */
const CLIENTS: readonly Contender[] = ['prom-client', '@prometheus-io/client'];

/** The contenders of one case. */
export function contendersOf(benchmark: Benchmark): readonly Contender[] {
  const { incumbents = CLIENTS, python, bare } = benchmark;
  return [
    'promethium',
    ...incumbents,
    ...(python && pythonWithClient() ? (['prometheus_client'] as const) : []),
    ...(bare ? (['bare'] as const) : []),
  ];
}

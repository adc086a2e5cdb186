/**
 * What a process of the torture counts. It follows from a seed, so that whoever knows the seed and how
 * far the process said it came knows every number that must be there, and by how much it may be more.
 */

import { nativeIndex } from '../../src/model/native-bounds.ts';
import { Random } from '../fuzz/random.ts';

/** Operations between two acknowledgements: what can be in flight when a process is killed. */
export const BATCH = 200;

/** The bounds of the histogram. */
export const BOUNDS: readonly number[] = [1, 10, 100];

/** The largest amount. */
export const LARGEST = 199;

/** One thing that is counted. Amounts are whole, so that sums of them are exact. */
export interface Operation {
  readonly metric: 'work' | 'size' | 'span' | 'cost' | 'depth';
  readonly path: string;
  readonly amount: number;
}

/** The most label values of a metric: enough for a file to grow while its process is killed. */
const PATHS = { work: 200, size: 100, span: 20, cost: 20, depth: 100 } as const;

/** The operations of one process, without end. */
export function* workload(seed: number): Generator<Operation, never> {
  const random = new Random(seed);
  for (let done = 0; ; done++) {
    const metric = random.pick(['work', 'work', 'size', 'span', 'cost', 'depth'] as const);
    const path = `/${random.below(Math.min(PATHS[metric], 2 + done / 32))}`;
    // A gauge goes down as well. All others only grow, which is what a reader checks.
    const amount = random.below(LARGEST + 1) - (metric === 'depth' ? 100 : 0);
    yield { metric, path, amount };
  }
}

/** A number of the exposition, as {@linkcode keyOf} names it. */
export type Key = string;

/** The same name for a sample whoever wrote it. */
export function keyOf(name: string, labels: Readonly<Record<string, string>>): Key {
  const { path, le } = labels;
  return `${name}{path=${path}${le === undefined ? '' : `,le=${Number(le.replace('+Inf', 'Infinity'))}`}}`;
}

/** The name of a native bucket, at schema 0: which one a process has depends on what it observed. */
export function nativeKey(path: string | undefined, bucket: number | 'zero'): Key {
  return `span_native{path=${path},bucket=${bucket}}`;
}

/** What an operation adds to the samples of an exposition. */
export function effects({ metric, path, amount }: Operation): [Key, number][] {
  if (metric === 'work') return [[keyOf('work_total', { path }), amount]];
  if (metric === 'depth') return [[keyOf('depth', { path }), amount]];
  const counted: [Key, number][] = [
    [keyOf(`${metric}_sum`, { path }), amount],
    [keyOf(`${metric}_count`, { path }), 1],
  ];
  if (metric === 'cost') return counted;
  if (metric === 'span') {
    counted.push([keyOf('span_bucket', { path, le: '+Inf' }), 1]);
    const bucket = amount === 0 ? 'zero' : nativeIndex(0).find(amount);
    return [...counted, [nativeKey(path, bucket), 1]];
  }
  for (const bound of [...BOUNDS, Infinity]) {
    if (amount <= bound) counted.push([keyOf('size_bucket', { path, le: String(bound) }), 1]);
  }
  return counted;
}

/**
 * Measures one contender in one case and prints the number: what each process of the benchmark runs.
 *
 * One contender a process, since two in one would share inline caches, and the later one would pay for it.
 */

import { type Contender, contendersOf } from './benchmark.ts';
import { loadCase } from './cases.ts';
import { findBuild, measure } from './library.ts';

const [name = '', contender = ''] = process.argv.slice(2);
const benchmark = await loadCase(name);
if (!contendersOf(benchmark).includes(contender as Contender)) {
  throw new Error(
    `bench ${name}: unknown contender, expected ${contendersOf(benchmark).join(', ')}, got ${contender}`,
  );
}
console.log(await measure(benchmark, contender as Contender, findBuild()));

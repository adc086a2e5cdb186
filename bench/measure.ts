/**
 * Measures one contender in one case and prints the number: what each process of the benchmark runs.
 *
 * One contender a process, since two in one would share inline caches, and the later one would pay for it.
 */

import { type Contender, contendersOf } from './benchmark.ts';
import { loadCase } from './cases.ts';
import { findBuild, measure } from './library.ts';

// The entry is handed over, since not every runtime can look for it.
const [name = '', contender = '', entry] = process.argv.slice(2);
const benchmark = await loadCase(name);
if (!contendersOf(benchmark).includes(contender as Contender)) {
  throw new Error(
    `bench ${name}: unknown contender, expected ${contendersOf(benchmark).join(', ')}, got ${contender}`,
  );
}
// Only where `run.ts` started this, see `transpile.mjs`.
(globalThis as { stopTranspiling?(): void }).stopTranspiling?.();
const build = entry === undefined ? findBuild() : { entry, reason: '' };
console.log(await measure(benchmark, contender as Contender, build));

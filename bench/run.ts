/**
 * Measures this library beside the incumbents and prints a table: `npm run bench`.
 *
 * `--only NAME` takes one case, or all that begin so; `--rounds N` how often each contender is measured, 5
 * unless given; `--json` prints data; `--runtime bun` or `deno` runs the hot paths there. Every measurement is a process of its own, and the contenders take
 * turns, so that a machine that grows slower does so for all of them.
 */

import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { runtimeBinary } from '../test/setup/runtimes.ts';
import { type Contender, contendersOf } from './benchmark.ts';
import { loadCase } from './cases.ts';
import { findBuild, versionOf } from './library.ts';
import { currentLoad, describeMachine, isBusy } from './machine.ts';
import { parseOptions } from './options.ts';
import { judge, type Result, toTable } from './table.ts';

const runFile = promisify(execFile);

async function measureApart(name: string, contender: Contender): Promise<number> {
  const script = join(import.meta.dirname, 'measure.ts');
  const { stdout } = await runFile(binary, [...flags, script, name, contender, build.entry]);
  const value = Number(stdout);
  if (Number.isFinite(value)) return value;
  throw new Error(`bench ${name}: ${contender} gave no number, got ${JSON.stringify(stdout)}`);
}

async function runCase(name: string, rounds: number): Promise<Result> {
  const benchmark = await loadCase(name);
  const contenders = contendersOf(benchmark);
  const numbers: Partial<Record<Contender, number[]>> = {};
  for (let round = 1; round <= rounds; round++) {
    progress(`${name}, round ${round} of ${rounds}`);
    for (const contender of contenders) {
      numbers[contender] = [...(numbers[contender] ?? []), await measureApart(name, contender)];
    }
  }
  const { title, unit, goal } = benchmark;
  return { name, title, unit, goal, rounds: numbers };
}

/** Where a person is watching, beside the results: a line that is overwritten. */
function progress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${text}`);
}

/** What a runtime is called with, to run a script that collects garbage. */
const FLAGS = {
  node: ['--expose-gc', '--import', pathToFileURL(join(import.meta.dirname, 'transpile.mjs')).href],
  bun: ['--expose-gc'],
  deno: ['run', '-A', '--v8-flags=--expose-gc'],
};

function findBinary(): string {
  if (runtime === 'node') return process.execPath;
  const found = runtimeBinary(runtime);
  if (found !== undefined) return found;
  throw new Error(
    `bench --runtime: ${runtime} is not installed, expected npm test to have run once`,
  );
}

const { rounds, names, json, runtime } = parseOptions(process.argv.slice(2));
const binary = findBinary();
const flags = FLAGS[runtime];
const machine = describeMachine();
const build = findBuild();
const versions = [
  `promethium ${versionOf('promethium')} (${build.reason})`,
  `prom-client ${versionOf('prom-client')}`,
  `@prometheus-io/client ${versionOf('@prometheus-io/client')}`,
  `parse-prometheus-text-format ${versionOf('parse-prometheus-text-format')}`,
];
if (runtime !== 'node') {
  const { stdout } = await runFile(binary, ['--version']);
  versions.push(`all on ${runtime} ${stdout.replace(/^deno /, '').split(/\s/)[0]}`);
}
const { date, cpu, cores, node, v8, platform, load } = machine;
if (!json) {
  console.log(`${date}, ${cpu}, ${cores} cores, ${platform}, Node ${node}, V8 ${v8}`);
  console.log(`${versions.join(', ')}; ${rounds} rounds`);
  console.log(`load ${load}${isBusy(machine) ? ': BUSY, expect noise' : ''}\n`);
}
const results: Result[] = [];
for (const name of names) results.push(await runCase(name, rounds));
progress('');
if (json) {
  const judged = results.map((result) => ({ ...result, ...judge(result) }));
  const closing = { loadAfter: currentLoad() };
  console.log(JSON.stringify({ machine, ...closing, versions, rounds, results: judged }, null, 2));
} else {
  console.log(toTable(results));
  console.log(`\nload after: ${currentLoad()}`);
}

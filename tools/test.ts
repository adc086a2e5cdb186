/**
 * Runs the tests: puts the other programs that judge in place, runs node:test, and closes with who judged
 * and what was skipped.
 *
 * Takes test files or globs, all unless given, and options of node:test:
 * `npm test -- 'src/model/*.test.ts' --test-name-pattern=refuses`.
 */

import { spawnSync } from 'node:child_process';
import { globSync, mkdirSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { install } from '../test/setup/install.ts';
import {
  cache,
  goVersion,
  prometheusBinary,
  promtoolBinary,
  protocBinary,
  pythonWithClient,
} from '../test/setup/oracles.ts';
import { type Packed, packed, packedVariable } from '../test/setup/packed.ts';
import { runtimeBinary, runtimeNames } from '../test/setup/runtimes.ts';
import { root } from './entries.ts';

/** For one test. A test that blocks its process, as `spawnSync` does, is beyond its reach. */
const TEST_LIMIT_MS = 300_000;

/** For all of them, so that a test that blocks for ever ends the run, which then names its file. */
const RUN_LIMIT_MS = 25 * 60_000;

const options = process.argv.slice(2).filter((argument) => argument.startsWith('--'));
const given = process.argv.slice(2).filter((argument) => !argument.startsWith('--'));
const patterns = given.length > 0 ? given : ['{src,test,tools,bench,demo,examples}/**/*.test.ts'];
const files = globSync(patterns, { cwd: root, exclude: ['**/node_modules/**'] });
const skippedFile = join(cache, 'skipped.txt');

function run(environment: NodeJS.ProcessEnv): number {
  const args = [
    '--test',
    `--import=${pathToFileURL(join(root, 'test', 'setup', 'properties.ts'))}`,
    `--test-concurrency=${availableParallelism()}`,
    `--test-timeout=${TEST_LIMIT_MS}`,
    '--test-reporter=spec',
    '--test-reporter-destination=stdout',
    `--test-reporter=${join(root, 'tools', 'skipped.ts')}`,
    `--test-reporter-destination=${skippedFile}`,
    ...options,
    ...files,
  ];
  const { status, error } = spawnSync(process.execPath, args, {
    cwd: root,
    env: environment,
    stdio: 'inherit',
    timeout: RUN_LIMIT_MS,
  });
  if (error) console.error(`tests: ended after ${RUN_LIMIT_MS / 60_000} minutes: ${error.message}`);
  return error ? 1 : (status ?? 1);
}

/** A judge and its version, or undefined where it is not on this machine. */
function judges(): [name: string, version: string | undefined, remedy: string][] {
  const go = (binary: string | undefined) => binary && goVersion(binary);
  const apt = 'apt-get install prometheus';
  return [
    ['Prometheus', go(prometheusBinary()), apt],
    ['promtool', go(promtoolBinary()), apt],
    ['protoc', versionOf(protocBinary()), 'apt-get install protobuf-compiler'],
    [
      "Python's prometheus_client",
      pythonWithClient()?.version,
      'python3 -m venv .cache/python && .cache/python/bin/pip install prometheus_client',
    ],
    ...runtimeNames.map((name): [string, string | undefined, string] => [
      name,
      runtimeVersion(name),
      'npm ci --prefix test/runtimes (Linux on x64)',
    ]),
  ];
}

function runtimeVersion(name: (typeof runtimeNames)[number]): string | undefined {
  return versionOf(runtimeBinary(name));
}

function versionOf(binary: string | undefined): string | undefined {
  if (!binary) return undefined;
  const { stdout } = spawnSync(binary, ['--version'], { encoding: 'utf8' });
  return /\d+\.\d+\.\d+/.exec(stdout)?.[0];
}

function close(): void {
  const all = judges();
  const there = all.filter(([, version]) => version);
  console.log(`\nJudged by ${there.map(([name, version]) => `${name} ${version}`).join(', ')}.`);
  for (const [name, version, remedy] of all) {
    if (!version) console.log(`Without ${name}: to have it judge, ${remedy}`);
  }
  const skipped = readFileSync(skippedFile, 'utf8').trimEnd();
  console.log(skipped ? `Skipped:\n${skipped.replace(/^/gm, '  ')}` : 'Skipped: nothing.');
}

/** Packs the library if a test asks for it. Failing here is left to those tests: the others run. */
function pack(): Packed | undefined {
  const asks = (file: string) => readFileSync(join(root, file), 'utf8').includes('setup/packed.ts');
  if (!files.some(asks)) return undefined;
  console.log('set-up: npm pack, npm install of the tarball');
  try {
    return packed();
  } catch (error) {
    console.log(`set-up: failed\n${error}`);
    return undefined;
  }
}

if (files.length === 0) {
  console.error(`tests "${patterns.join(' ')}": match no file, expected paths or globs`);
  process.exit(1);
}
mkdirSync(cache, { recursive: true });
install();
const consumer = pack();
process.exitCode = run({ ...process.env, [packedVariable]: consumer?.folder });
consumer?.remove();
close();

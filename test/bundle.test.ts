/**
 * Programs that a bundler made one file of, with this library in it: the part that shares numbers is
 * loaded on demand and stays behind, which must neither end the program nor pass in silence.
 */

import { deepEqual, equal, match } from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { build, type Format } from 'esbuild';
import { type Packed, packed } from './setup/packed.ts';

const library: Packed = packed();

/** A folder of its own, since another test installs koffi where the library was installed. */
const folder = mkdtempSync(join(tmpdir(), 'promethium-bundles-'));
mkdirSync(join(folder, 'node_modules'));
const promethium = join(library.folder, 'node_modules', 'promethium');
symlinkSync(promethium, join(folder, 'node_modules', 'promethium'), 'junction');

/** Another folder, where koffi is installed. */
const installed = mkdtempSync(join(tmpdir(), 'promethium-bundled-'));
mkdirSync(join(installed, 'node_modules'));
const koffi = join(import.meta.dirname, '..', 'node_modules', 'koffi');
symlinkSync(koffi, join(installed, 'node_modules', 'koffi'), 'junction');

after(() => {
  rmSync(installed, { recursive: true, force: true });
  rmSync(folder, { recursive: true, force: true });
  library.remove();
});

const USE = `
  new Counter({ name: 'jobs_total', help: 'Jobs.' }).inc(7);
  toText(REGISTRY).then((text) => process.stdout.write(text));`;
const IMPORTING = `import { Counter, REGISTRY, toText } from 'promethium';${USE}`;
const REQUIRING = `const { Counter, REGISTRY, toText } = require('promethium');${USE}`;

const EXPOSITION = '# HELP jobs_total Jobs.\n# TYPE jobs_total counter\njobs_total 7\n';

interface Bundle {
  readonly format: Format;
  readonly program: string;
  readonly external?: string[];
}

interface Run {
  /** The value of the variable, where it is set. */
  readonly directory?: string;
  /** Where the program is started. */
  readonly cwd?: string;
  /** Where the bundle lies. */
  readonly place?: string;
  /** The program that loads it, where it is none itself. */
  readonly by?: string;
}

async function run(
  { format, program, external = [] }: Bundle,
  { directory, cwd = folder, place = folder, by }: Run = {},
) {
  const outfile = join(place, `bundle.${format === 'esm' ? 'mjs' : 'cjs'}`);
  await build({
    stdin: { contents: program, resolveDir: folder },
    outfile,
    bundle: true,
    platform: 'node',
    format,
    external,
    logLevel: 'silent',
  });
  const { PROMETHEUS_MULTIPROC_DIR: _, prometheus_multiproc_dir: __, ...env } = process.env;
  const files = by === undefined ? [outfile] : [by, outfile];
  const { stdout, stderr, status } = spawnSync(process.execPath, files, {
    cwd,
    encoding: 'utf8',
    env: { ...env, ...(directory !== undefined && { PROMETHEUS_MULTIPROC_DIR: directory }) },
  });
  return { stdout, stderr, status };
}

/** The program, which gives its registry the storage by hand. */
function withPart(program: string, directory: string): string {
  const [main = ''] = program.split('\n', 1);
  const part = main
    .replace(/\{.*\}/, '{ openMultiprocessStorage }')
    .replace('promethium', 'promethium/multiprocess');
  const options = JSON.stringify({ directory });
  return `${main}\n${part}\nREGISTRY.useStorage(openMultiprocessStorage(${options}));${USE}`;
}

describe('a program in one bundle with promethium', () => {
  const bundles: Record<string, Bundle> = {
    'an ES module': { format: 'esm', program: IMPORTING },
    'CommonJS that imports': { format: 'cjs', program: IMPORTING },
    'CommonJS that requires': { format: 'cjs', program: REQUIRING },
  };
  for (const [name, bundle] of Object.entries(bundles)) {
    it(`runs by itself as ${name}`, async () => {
      deepEqual(await run(bundle), { stdout: EXPOSITION, stderr: '', status: 0 });
    });

    it(`counts on its heap and says so once where a directory is asked for, as ${name}`, async () => {
      const { stdout, stderr, status } = await run(bundle, { directory: join(folder, 'shared') });
      equal(stdout, EXPOSITION);
      equal(stderr.match(/MetricsWarning/g)?.length, 1);
      match(
        stderr,
        /\[PROMETHIUM_BUNDLED\] MetricsWarning: environment "PROMETHEUS_MULTIPROC_DIR": cannot be followed, this process counts for itself alone, expected promethium to be kept external to the bundle \(esbuild --external:promethium\), got MODULE_NOT_FOUND\n/,
      );
      equal(status, 0);
    });

    it(`shares its numbers where promethium is external, as ${name}`, async () => {
      const directory = join(folder, 'shared');
      const { stdout, status } = await run({ ...bundle, external: ['promethium'] }, { directory });
      equal(stdout, EXPOSITION);
      equal(status, 0);
      equal(readdirSync(directory).length, 1);
      rmSync(directory, { recursive: true });
    });

    it(`shares its numbers where it is given the part itself, as ${name}`, async () => {
      const directory = join(folder, 'shared');
      const program = withPart(bundle.program, directory);
      const { stdout, stderr, status } = await run({ ...bundle, program });
      equal(stdout, EXPOSITION);
      match(stderr, /PROMETHIUM_WRITE_BEHIND/);
      equal(status, 0);
      equal(readdirSync(directory).length, 1);
      rmSync(directory, { recursive: true });
    });

    it(`maps its file by the koffi that it finds, as ${name}`, async () => {
      const directory = join(folder, 'shared');
      const program = withPart(bundle.program, directory);
      const elsewhere = join(folder, 'starter.cjs');
      writeFileSync(elsewhere, 'import(process.argv[2]);');
      const places: Record<string, Run> = {
        'where it is started': { cwd: installed },
        'beside the program': { place: installed },
        'beside the bundle, which another program loads': { place: installed, by: elsewhere },
      };
      for (const [where, place] of Object.entries(places)) {
        const result = await run({ ...bundle, program }, place);
        deepEqual(result, { stdout: EXPOSITION, stderr: '', status: 0 }, where);
        rmSync(directory, { recursive: true });
      }
    });

    it(`says why no thread can answer, as ${name}`, async () => {
      const [main = ''] = bundle.program.split('\n', 1);
      const server = main
        .replace(/\{.*\}/, '{ startHttpServer }')
        .replace('promethium', 'promethium/http/node');
      const start = `startHttpServer({ port: 0, thread: true }).catch(({ code, message }) => console.log(code, message));`;
      const { stdout, stderr, status } = await run({ ...bundle, program: `${server}\n${start}` });
      match(
        stdout,
        /^THREAD_FAILED http server "\*:0": cannot answer from a thread, expected promethium to be kept external to the bundle \(esbuild --external:promethium\), got MODULE_NOT_FOUND\n$/,
      );
      deepEqual([stderr, status], ['', 0]);
    });
  }
});

/**
 * Programs that a bundler made one file of, with this library in it: the part that shares numbers is
 * loaded on demand and stays behind, which must neither end the program nor pass in silence.
 */

import { deepEqual, equal, match } from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { build, type Format } from 'esbuild';
import { type Packed, packed } from './setup/packed.ts';

const library: Packed = packed();
const folder = join(library.folder, 'bundles');
mkdirSync(folder, { recursive: true });
after(() => {
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

async function run({ format, program, external = [] }: Bundle, directory?: string) {
  const outfile = join(folder, `bundle.${format === 'esm' ? 'mjs' : 'cjs'}`);
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
  const { stdout, stderr, status } = spawnSync(process.execPath, [outfile], {
    cwd: folder,
    encoding: 'utf8',
    env: { ...env, ...(directory !== undefined && { PROMETHEUS_MULTIPROC_DIR: directory }) },
  });
  return { stdout, stderr, status };
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
      const { stdout, stderr, status } = await run(bundle, join(folder, 'shared'));
      equal(stdout, EXPOSITION);
      equal(stderr.match(/MetricsWarning/g)?.length, 1);
      match(
        stderr,
        /\[PROMETHIUM_BUNDLED\] MetricsWarning: environment "PROMETHEUS_MULTIPROC_DIR": cannot be followed, this process counts for itself alone, expected promethium to be kept external to the bundle, got (MODULE_NOT_FOUND|ERR_INVALID_ARG_TYPE)\n/,
      );
      equal(status, 0);
    });

    it(`shares its numbers where promethium is external, as ${name}`, async () => {
      const directory = join(folder, 'shared');
      const { stdout, status } = await run({ ...bundle, external: ['promethium'] }, directory);
      equal(stdout, EXPOSITION);
      equal(status, 0);
      equal(readdirSync(directory).length, 1);
      rmSync(directory, { recursive: true });
    });

    it(`shares its numbers where it is given the part itself, as ${name}`, async () => {
      const directory = join(folder, 'shared');
      const storage = `REGISTRY.useStorage(openMultiprocessStorage({ directory: ${JSON.stringify(directory)} }));`;
      const [main = ''] = bundle.program.split('\n', 1);
      const part = main
        .replace(/\{.*\}/, '{ openMultiprocessStorage }')
        .replace('promethium', 'promethium/multiprocess');
      const program = `${main}\n${part}\n${storage}${USE}`;
      const { stdout, status } = await run({ ...bundle, program, external: ['koffi'] });
      equal(stdout, EXPOSITION);
      equal(status, 0);
      equal(readdirSync(directory).length, 1);
      rmSync(directory, { recursive: true });
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
        /^THREAD_FAILED http server "\*:0": cannot answer from a thread, expected promethium to be kept external to the bundle, got (MODULE_NOT_FOUND|ERR_INVALID_ARG_TYPE)\n$/,
      );
      deepEqual([stderr, status], ['', 0]);
    });
  }
});

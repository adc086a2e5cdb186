/**
 * A script of the tests in one file, since starting it from its many sources takes five times as long: 60
 * and 300 ms on Node 24. It lies in the folder that git ignores, from which the optional packages are found.
 */

import { mkdirSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildSync } from 'esbuild';
import type { Ending } from '../processes/temporary-folder.ts';
import { cache } from '../setup/oracles.ts';

/** Bundles a script and returns the path of the result, which is gone when the test is. */
export function bundled(context: Ending, script: URL): string {
  mkdirSync(cache, { recursive: true });
  const name = basename(script.pathname, '.ts');
  const outfile = join(cache, `${name}-${process.pid}-${Math.random().toString(36).slice(2)}.mjs`);
  context.after(() => rmSync(outfile, { force: true }));
  buildSync({
    entryPoints: [fileURLToPath(script)],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    external: ['koffi'],
    logLevel: 'error',
  });
  return outfile;
}

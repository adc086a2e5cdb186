/**
 * What a program carries of this library when a bundler has made one file of it, minified and
 * compressed: no more than was reached, and nothing of what the program does not use.
 */

import { deepEqual, equal } from 'node:assert/strict';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { type Packed, packed } from './setup/packed.ts';

const library: Packed = packed();
const folder = join(library.folder, 'sizes');
mkdirSync(folder, { recursive: true });
after(() => {
  rmSync(folder, { recursive: true, force: true });
  library.remove();
});

/** The text of a bundle that exports these names, for a browser or an edge worker. */
async function bundled(names: readonly string[], specifier = 'promethium'): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents: `export { ${names.join(', ')} } from '${specifier}';`, resolveDir: folder },
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'neutral',
    conditions: ['import'],
    write: false,
    logLevel: 'silent',
  });
  return outputFiles[0]!.text;
}

const INSTRUMENTS = ['Counter', 'Gauge', 'Histogram', 'Summary', 'Info', 'Enum'];

/** Bytes after gzip: what was reached and 2 %. What is in them: docs/performance.md. */
const budgets = [
  {
    what: 'the registry, all instruments and the text writer',
    names: ['CollectorRegistry', ...INSTRUMENTS, 'toText'],
    bytes: 38_000,
  },
  { what: 'a counter and the registry', names: ['CollectorRegistry', 'Counter'], bytes: 24_000 },
  {
    what: 'the parser of text',
    names: ['parseText'],
    specifier: 'promethium/exposition',
    bytes: 13_200,
  },
  { what: 'the text writer', names: ['toText'], bytes: 7_250 },
  { what: 'a stopwatch', names: ['stopwatch'], bytes: 350 },
];

describe('a bundle', () => {
  for (const { what, names, specifier, bytes } of budgets) {
    it(`of ${what} is at most ${bytes} bytes, minified and compressed`, async () => {
      const size = gzipSync(await bundled(names, specifier), { level: 9 }).length;
      equal(size <= bytes, true, `got ${size} bytes, expected at most ${bytes}`);
    });
  }

  it('has no other instrument beside a counter, and no format', async () => {
    const text = await bundled(['CollectorRegistry', 'Counter']);
    // A summary's option, the buckets of histograms, what ends OpenMetrics, and a line of both formats.
    const marks = ['ageBuckets', '.005,', '# EOF', '# TYPE'];
    deepEqual(
      marks.filter((mark) => text.includes(mark)),
      [],
    );
  });

  it('of a stopwatch has nothing that is made when a program is loaded', async () => {
    const text = await bundled(['stopwatch']);
    // Of any other file: its classes, objects and tables, and what happens to a prototype.
    const marks = ['class', 'new ', 'prototype', 'Symbol'];
    deepEqual(
      marks.filter((mark) => text.includes(mark)),
      [],
    );
  });

  it('of the text writer has no OpenMetrics', async () => {
    equal((await bundled(['toText'])).includes('# EOF'), false);
  });
});

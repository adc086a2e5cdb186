/**
 * The README's first program: short, and its output is what it says. Run as pasted, on the package
 * as users install it.
 */

import { equal, ok } from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { type Packed, packed } from './setup/packed.ts';

const readme = readFileSync(join(import.meta.dirname, '..', 'README.md'), 'utf8');

/** The contents of the first block of this language. */
function firstBlock(language: string): string {
  const block = new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\`$`, 'ms').exec(readme)?.[1];
  ok(block, `README.md has no block of ${language}`);
  return block;
}

describe('README', () => {
  let consumer: Packed;
  before(() => {
    consumer = packed();
  });
  after(() => consumer.remove());

  it('begins with a program of at most 15 lines that prints what is shown below it', () => {
    const program = firstBlock('js');
    ok(program.trimEnd().split('\n').length <= 15);
    const file = join(consumer.folder, 'readme.mjs');
    writeFileSync(file, program);
    const { stdout, stderr } = spawnSync(process.execPath, [file], { encoding: 'utf8' });
    equal(stderr, '');
    equal(stdout.trimEnd(), firstBlock('text').trimEnd());
  });
});

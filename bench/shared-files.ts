/** What the cases of files that processes share have in common. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, extname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type * as Multiprocess from '../src/multiprocess/index.ts';
import { findBuild } from './library.ts';

/** Loads the part for many processes, of the same build as the main entry. */
export async function loadMultiprocess(): Promise<typeof Multiprocess> {
  const { entry } = findBuild();
  const path = join('multiprocess', `index${extname(entry)}`);
  const url = pathToFileURL(join(import.meta.dirname, '..', dirname(entry), path));
  return (await import(url.href)) as typeof Multiprocess;
}

/** Runs with an empty folder, in memory where there is one, which is removed behind it. */
export async function inEmptyFolder(
  run: (directory: string) => Promise<number> | number,
): Promise<number> {
  const memory = process.platform === 'linux' ? '/dev/shm' : tmpdir();
  const directory = mkdtempSync(join(memory, 'promethium-bench-'));
  try {
    return await run(directory);
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/** For cases of what no other client does. */
export async function nobodyElse(): Promise<number> {
  throw new Error('bench: this case has no incumbent');
}

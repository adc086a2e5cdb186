/** A file system of a few hundred KiB, for tests of what a full one does. */

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Ending } from './temporary-folder.ts';

/** Mounts one, gone when the test is, and returns its folder; `undefined` where that is not allowed. */
export function smallDisk(context: Ending, kilobytes: number): string | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'promethium-test-'));
  const size = `size=${kilobytes}k`;
  const { status } = spawnSync('mount', ['-t', 'tmpfs', '-o', size, 'tmpfs', folder]);
  context.after(() => {
    // Lazily, since files that are still mapped keep it in use.
    if (status === 0) spawnSync('umount', ['-l', folder]);
    rmSync(folder, { recursive: true, force: true });
  });
  return status === 0 ? folder : undefined;
}

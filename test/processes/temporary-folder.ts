/** Folders for tests to write in, which are gone when the test is. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Whatever has an end that can be waited for: the context of a test. */
export interface Ending {
  after(end: () => void | Promise<void>): void;
}

/** Makes an empty folder that is removed after the test. */
export function temporaryFolder(context: Ending): string {
  const folder = mkdtempSync(join(tmpdir(), 'promethium-test-'));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

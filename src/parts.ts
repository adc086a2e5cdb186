/**
 * The parts of this package that are found on demand: those that most programs do without, and the
 * script of a thread. The source, the ES modules and the CommonJS bundle have them in places of their
 * own; a bundler leaves them behind.
 */

import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * Loads the multi-process part at once: by the time `import()` is through, the program may have
 * declared a metric.
 *
 * @throws The error of the runtime where it is not there.
 */
export function multiprocessPart(): typeof import('./multiprocess/index.ts') {
  // Each finds the entry with its own ending.
  const entry = `./multiprocess/index${extname(import.meta.filename)}`;
  return createRequire(import.meta.url)(entry);
}

/**
 * Returns where the script of the thread that serves metrics is.
 *
 * @throws The error of the runtime where it is not there.
 */
export function threadScript(): URL {
  const ending = extname(import.meta.filename);
  // A thread has an instance of everything in any case, so that the bundle needs no script of its own.
  const script =
    ending === '.cjs' ? '../http/node/thread-entry.js' : `./http/node/thread-entry${ending}`;
  const url = new URL(script, import.meta.url);
  if (existsSync(url)) return url;
  throw Object.assign(new Error(`no file ${fileURLToPath(url)}`), { code: 'MODULE_NOT_FOUND' });
}

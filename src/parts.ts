/**
 * The parts of this package that are found on demand: those that most programs do without, and the
 * script of a thread. The source, the ES modules and the CommonJS bundle have them in places of their
 * own; a bundler leaves them behind.
 */

// Node's modules are asked for on demand too: with four of them imported, the main entry took 12.7 ms
// to import instead of 9.6 (Node 24).

/**
 * Loads the multi-process part at once: by the time `import()` is through, the program may have
 * declared a metric.
 *
 * @throws The error of the runtime where it is not there.
 */
export function multiprocessPart(): typeof import('./multiprocess/index.ts') {
  const { createRequire } = process.getBuiltinModule('node:module');
  // Each finds the entry with its own ending.
  const entry = `./multiprocess/index${ending()}`;
  return createRequire(import.meta.url)(entry);
}

/**
 * Returns where the script of the thread that serves metrics is.
 *
 * @throws The error of the runtime where it is not there.
 */
export function threadScript(): URL {
  const { existsSync } = process.getBuiltinModule('node:fs');
  const own = ending();
  // A thread has an instance of everything in any case, so that the bundle needs no script of its own.
  const script = own === '.cjs' ? '../http/node/thread-entry.js' : `./http/node/thread-entry${own}`;
  const url = new URL(script, import.meta.url);
  if (existsSync(url)) return url;
  throw Object.assign(new Error(`no file ${url}`), { code: 'MODULE_NOT_FOUND' });
}

/** The ending of this file, which is where the others are. */
function ending(): string {
  const filename: string | undefined = import.meta.filename;
  if (filename !== undefined) return process.getBuiltinModule('node:path').extname(filename);
  // A bundler that made CommonJS of it left `import.meta` empty.
  throw Object.assign(new Error('no file of its own'), { code: 'MODULE_NOT_FOUND' });
}

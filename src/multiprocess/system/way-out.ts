/** The last moment of a program, or of a worker thread: one listener, however many storages there are. */

const ends = new Set<() => void>();

function runAll(): void {
  for (const end of ends) end();
}

/** The global object of Deno, which has ends of its own that `process` says nothing of. */
interface DenoGlobal {
  readonly Deno?: object;
  addEventListener(type: 'unload', listener: () => void): void;
  removeEventListener(type: 'unload', listener: () => void): void;
}

function listenOnDeno(): void {
  // Measured on Deno 2.9: an uncaught error is no `exit` there, and neither is `Deno.exit()`.
  process.on('uncaughtExceptionMonitor', runAll);
  (globalThis as unknown as DenoGlobal).addEventListener('unload', runAll);
}

function unlisten(): void {
  process.off('exit', runAll);
  const { Deno: deno } = globalThis as unknown as DenoGlobal;
  if (deno === undefined) return;
  process.off('uncaughtExceptionMonitor', runAll);
  (globalThis as unknown as DenoGlobal).removeEventListener('unload', runAll);
}

/**
 * Calls `end`, which must not throw, when the program ends by itself, by `process.exit()` or by an
 * uncaught error; not when a signal kills it, or a thread is terminated. Returns what calls it off.
 *
 * It may be called more than once: on Deno by several of these, and by an error that the program catches
 * at the last moment.
 */
export function onWayOut(end: () => void): () => void {
  if (ends.size === 0) {
    process.on('exit', runAll);
    if ('Deno' in globalThis) listenOnDeno();
  }
  ends.add(end);
  return () => {
    ends.delete(end);
    if (ends.size === 0) unlisten();
  };
}

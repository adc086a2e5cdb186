/** The last moment of a program, or of a worker thread: one listener, however many storages there are. */

const ends = new Set<() => void>();

function runAll(): void {
  for (const end of ends) end();
}

/**
 * Calls `end`, which must not throw, when the program ends by itself, by `process.exit()` or by an
 * uncaught error; not when a signal kills it, or a thread is terminated. Returns what calls it off.
 */
export function onWayOut(end: () => void): () => void {
  if (ends.size === 0) process.on('exit', runAll);
  ends.add(end);
  return () => {
    ends.delete(end);
    if (ends.size === 0) process.off('exit', runAll);
  };
}

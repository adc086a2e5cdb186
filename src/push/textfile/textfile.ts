/**
 * A file that is always whole: written under another name beside the old one, then renamed over it,
 * which the system does at once. A reader sees all of the old text or all of the new one.
 */

import { randomBytes } from 'node:crypto';
import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { writeText } from '../../exposition/format.ts';
import { REGISTRY } from '../../metrics/registry/default-registry.ts';
import { MetricsError, show } from '../../model/error.ts';
import type { Collector } from '../../model/family.ts';

/** What is written, and where. */
export interface TextfileOptions {
  /** The file. Its folder must be there; node-exporter reads names that end in `.prom`. */
  readonly path: string;
  /** Whose metrics are written: `REGISTRY`'s unless given. A collector alone will do. */
  readonly registry?: Collector;
  /**
   * Permissions of the file, less what the umask of the process takes: 0o644 unless given, since the
   * one who reads it is another user.
   */
  readonly mode?: number;
}

/**
 * Writes what a scrape would show, in the text format 0.0.4, and puts it in the place of the file at
 * `path` at once: whoever reads that file sees the old text or the new one, never a part. Of several
 * writers the last one to finish wins. Of a write that fails nothing is left, and the old file stays.
 *
 * The text reaches the disk before its name does, so that a machine that loses power in between has
 * one of the two files and not an empty one. When the promise resolves the name is there as well,
 * where the system lets a folder be synced: not on Windows, nor in a folder that may not be read.
 *
 * @throws {TypeError} When an option is missing, unknown or of the wrong type.
 * @throws {RangeError} When `path` is empty or names a folder, or `mode` is no file mode.
 * @throws {MetricsError} With code `WRITE_FAILED` when the file cannot be written; `cause` says why.
 * @see {@link https://github.com/prometheus/node_exporter#textfile-collector | node-exporter, Textfile collector}
 */
export async function writeTextfile(options: TextfileOptions): Promise<void> {
  validate(options);
  const { path, registry = REGISTRY, mode = 0o644 } = options;
  // In the same folder, since a rename to another file system is none. The name begins with a dot and
  // ends in `.tmp`, so that no `*.prom` takes it in, and is a name of its own for each write.
  const unique = `.${basename(path)}.${process.pid}.${randomBytes(6).toString('hex')}.tmp`;
  const temporary = join(dirname(path), unique);
  try {
    const file = await open(temporary, 'wx', mode);
    try {
      await writeAll(file, registry);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
    await syncFolder(dirname(path));
  } catch (cause) {
    await rm(temporary, { force: true }).catch(() => {});
    throw new MetricsError(
      'WRITE_FAILED',
      `textfile ${JSON.stringify(path)}: not written, expected a file that can be replaced, got ${cause instanceof Error ? cause.message : show(cause)}`,
      { cause },
    );
  }
}

// The file is in its place by now, and whole on the disk: there is nothing to take back.
async function syncFolder(path: string): Promise<void> {
  let folder: FileHandle | undefined;
  try {
    folder = await open(path, 'r');
    await folder.sync();
  } catch {
  } finally {
    await folder?.close().catch(() => {});
  }
}

async function writeAll(file: FileHandle, registry: Collector): Promise<void> {
  for await (const chunk of writeText(registry)) {
    // A write may take less than it was given.
    for (let at = 0; at < chunk.length; ) {
      const { bytesWritten } = await file.write(chunk, at, chunk.length - at);
      at += bytesWritten;
    }
  }
}

const KNOWN = ['path', 'registry', 'mode'];

function validate(options: TextfileOptions): void {
  if (typeof options !== 'object' || options === null) {
    throw new TypeError(`textfile: no options, expected { path, … }, got ${show(options)}`);
  }
  for (const name of Object.keys(options)) {
    if (KNOWN.includes(name)) continue;
    throw new TypeError(
      `textfile: unknown option, expected ${KNOWN.join(', ')}, got ${show(name)}`,
    );
  }
  const { path, registry, mode } = options;
  if (typeof path !== 'string') {
    throw new TypeError(`textfile "path": of the wrong type, expected a string, got ${show(path)}`);
  }
  if (path === '' || /[/\\]$/.test(path) || path.includes('\0')) {
    throw new RangeError(`textfile "path": not a file's name, expected a path, got ${show(path)}`);
  }
  if (registry !== undefined && typeof registry?.collect !== 'function') {
    throw new TypeError(
      `textfile "registry": no collector, expected an object with collect(), got ${show(registry)}`,
    );
  }
  if (mode !== undefined && !(Number.isInteger(mode) && mode >= 0 && mode <= 0o777)) {
    const message = `textfile "mode": not a file mode, expected 0 to 0o777, got ${show(mode)}`;
    throw typeof mode === 'number' ? new RangeError(message) : new TypeError(message);
  }
}

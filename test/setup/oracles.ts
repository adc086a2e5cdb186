/**
 * Finds the programs of others that judge ours: Prometheus, its promtool, protoc, and Python's client.
 *
 * Looks only, and installs nothing: `install.ts` beside this does, once a run. A test that finds its
 * judge missing is skipped, by name.
 */

import { spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** The folder of what the test set-up makes. Git ignores it. */
export const cache: string = join(import.meta.dirname, '..', '..', '.cache');

/** A Python that can import `prometheus_client`, and which release of it. */
export interface PythonWithClient {
  readonly python: string;
  readonly version: string;
}

const versions = new Map<string, string | undefined>();
let foundPython: PythonWithClient | undefined;

/** Returns the path of Prometheus' server, if it is on the PATH. */
export function prometheusBinary(): string | undefined {
  return onPath('prometheus');
}

/** Returns the path of promtool, if it is on the PATH. */
export function promtoolBinary(): string | undefined {
  return onPath('promtool');
}

/** Returns the path of protobuf's compiler, if it is on the PATH. */
export function protocBinary(): string | undefined {
  return onPath('protoc');
}

/** Returns a Python that has `prometheus_client`: the virtual environment's, or the system's. */
export function pythonWithClient(): PythonWithClient | undefined {
  if (foundPython) return foundPython;
  for (const python of [venvPython(), onPath('python3'), '/usr/bin/python3']) {
    const version = python && clientVersion(python);
    if (version) {
      foundPython = { python, version };
      return foundPython;
    }
  }
  return undefined;
}

/** Returns the path of the virtual environment's Python, whether or not it is there. */
export function venvPython(): string {
  return join(cache, 'python', 'bin', 'python');
}

/** Returns the release of `prometheus_client` that this Python imports, if it does. */
export function clientVersion(python: string): string | undefined {
  const script =
    "import prometheus_client, importlib.metadata as m; print(m.version('prometheus_client'))";
  const { status, stdout } = spawnSync(python, ['-c', script], { encoding: 'utf8' });
  return status === 0 ? stdout.trim() : undefined;
}

/** Returns what `prometheus --version` or `promtool --version` calls itself, such as `2.42.0+ds`. */
export function goVersion(binary: string): string | undefined {
  if (!versions.has(binary)) {
    const { stdout, stderr } = spawnSync(binary, ['--version'], { encoding: 'utf8' });
    versions.set(binary, /version (\S+)/.exec(`${stdout}${stderr}`)?.[1]);
  }
  return versions.get(binary);
}

/** Returns the path of an executable that the shell would find by this name. */
export function onPath(name: string): string | undefined {
  for (const folder of (process.env['PATH'] ?? '').split(delimiter)) {
    const path = join(folder, name);
    try {
      accessSync(path, constants.X_OK);
      return path;
    } catch {}
  }
  return undefined;
}

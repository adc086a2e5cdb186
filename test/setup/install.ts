/**
 * Puts the judges and the runtimes in place, once a run, where this machine lets it.
 *
 * Root on Debian gets packages; the rest goes into folders that git ignores. Whatever cannot be had is
 * said and left out: its tests are skipped by name.
 */

import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  cache,
  clientVersion,
  onPath,
  prometheusBinary,
  promtoolBinary,
  protocBinary,
  pythonWithClient,
  venvPython,
} from './oracles.ts';
import { runtimesFolder } from './runtimes.ts';

/** What keeps Debian's tools from starting a service they have just installed: 101 is "not allowed". */
const policy = '/usr/sbin/policy-rc.d';

/** Installs what is missing. */
export function install(): void {
  installPrometheus();
  if (!protocBinary()) aptInstall('protobuf-compiler');
  installPythonClient();
  installRuntimes();
}

function installPrometheus(): void {
  if (prometheusBinary() && promtoolBinary()) return;
  // A judge, not a service: the package would also have it started whenever the machine is.
  if (aptInstall('prometheus')) run('update-rc.d', ['prometheus', 'disable']);
}

function installPythonClient(): void {
  const python = venvPython();
  if (clientVersion(python)) return;
  if (makeVenv(python)) return;
  if (!pythonWithClient()) aptInstall('python3-prometheus-client');
}

/** The newest release from PyPI, or false where that cannot be reached. */
function makeVenv(python: string): boolean {
  const python3 = onPath('python3');
  if (!python3) return false;
  const folder = join(cache, 'python');
  mkdirSync(cache, { recursive: true });
  const pip = ['-m', 'pip', 'install', '--quiet', '--retries', '1', '--timeout', '20'];
  const made =
    run(python3, ['-m', 'venv', '--clear', folder]) && run(python, [...pip, 'prometheus_client']);
  if (!made) rmSync(folder, { recursive: true, force: true });
  return made;
}

/** As the lock file says; a copy of it beside what it brought tells the next run to leave it be. */
function installRuntimes(): void {
  const wanted = readFileSync(join(runtimesFolder, 'package-lock.json'), 'utf8');
  const stamp = join(runtimesFolder, 'node_modules', '.installed-lock.json');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  const options = ['--prefix', runtimesFolder, '--ignore-scripts', '--no-audit', '--no-fund'];
  if (run('npm', ['ci', ...options])) writeFileSync(stamp, wanted);
}

function aptInstall(name: string): boolean {
  if (process.getuid?.() !== 0 || !onPath('apt-get')) return false;
  const options = ['-q', '-o', 'DPkg::Lock::Timeout=120'];
  const guarded = !existsSync(policy);
  if (guarded) writeFileSync(policy, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  try {
    run('apt-get', ['update', ...options]);
    return run('apt-get', ['install', '-y', '--no-install-recommends', ...options, name]);
  } finally {
    if (guarded) rmSync(policy, { force: true });
  }
}

/** Runs a command and says so; its own words are shown only if it fails. */
function run(command: string, args: readonly string[]): boolean {
  console.log(`set-up: ${command} ${args.join(' ')}`);
  const { status, error, stdout, stderr }: SpawnSyncReturns<string> = spawnSync(command, args, {
    encoding: 'utf8',
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  });
  if (status === 0) return true;
  console.log(`set-up: failed, its tests are skipped\n${error ?? stdout + stderr}`);
  return false;
}

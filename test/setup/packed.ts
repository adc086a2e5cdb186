/**
 * The library as a user has it: built, packed by npm and installed from the tarball in a folder of its own.
 *
 * The test run makes it once and passes it on by an environment variable; a test file that is run
 * alone makes its own.
 */

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The variable by which a test run says where the library is installed. */
export const packedVariable = 'PROMETHIUM_PACKED';

const root = join(import.meta.dirname, '..', '..');

/** A folder with `node_modules/promethium` in it, and the tarball beside it. */
export interface Packed {
  readonly folder: string;
  readonly tarball: string;
  /** Removes what this call made, which is nothing where the test run made it. */
  readonly remove: () => void;
}

/** Builds, packs and installs the library, unless the test run already has. */
export function packed(): Packed {
  const given = process.env[packedVariable];
  const folder = given ?? pack();
  const tarball = readdirSync(folder).find((name) => name.endsWith('.tgz'));
  if (!tarball) throw new Error(`package "${folder}": holds no tarball, expected one by npm pack`);
  const remove = given ? () => {} : () => rmSync(folder, { recursive: true, force: true });
  return { folder, tarball: join(folder, tarball), remove };
}

function pack(): string {
  const folder = mkdtempSync(join(tmpdir(), 'promethium-packed-'));
  try {
    npm(root, 'pack', '--silent', '--pack-destination', folder);
    const tarball = readdirSync(folder)[0] ?? '';
    writeFileSync(join(folder, 'package.json'), '{ "name": "consumer", "private": true }\n');
    npm(folder, 'install', '--offline', '--no-audit', '--no-fund', `./${tarball}`);
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
  return folder;
}

function npm(cwd: string, ...args: readonly string[]): void {
  const { status, stdout, stderr } = spawnSync('npm', args, { cwd, encoding: 'utf8' });
  if (status !== 0) throw new Error(`npm "${args[0]}": failed\n${stdout}${stderr}`);
}

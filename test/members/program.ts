/**
 * Programs as users have them: in a folder of their own, with the packed library in `node_modules` and
 * koffi beside it, which is where the library finds what an application has installed.
 */

import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { transformSync } from 'esbuild';
import type { Packed } from '../setup/packed.ts';

const root = join(import.meta.dirname, '..', '..');

/** A folder for programs, and all that they import. */
export class ProgramFolder {
  /** Its path. */
  readonly path: string = mkdtempSync(join(tmpdir(), 'promethium-programs-'));

  /** Makes it around a library that is installed elsewhere. */
  constructor(library: Packed) {
    const modules = join(this.path, 'node_modules');
    mkdirSync(modules);
    symlinkSync(join(library.folder, 'node_modules', 'promethium'), join(modules, 'promethium'));
    symlinkSync(join(root, 'node_modules', 'koffi'), join(modules, 'koffi'));
    writeFileSync(join(this.path, 'package.json'), '{ "name": "programs", "private": true }\n');
  }

  /** Puts a script of this folder into it, as JavaScript for every runtime, and returns its path. */
  add(script: 'member.ts' | 'pm2-service.ts', format: 'esm' | 'cjs' = 'esm'): string {
    const source = readFileSync(join(import.meta.dirname, script), 'utf8');
    const { code } = transformSync(source, { loader: 'ts', format, target: 'node20' });
    const suffix = format === 'esm' ? '.mjs' : '.cjs';
    const path = join(this.path, basename(script, '.ts') + suffix);
    writeFileSync(path, code);
    return path;
  }

  /** Makes an empty folder in it. */
  makeFolder(prefix: string): string {
    return mkdtempSync(join(this.path, prefix));
  }

  /** Removes it, with all that is in it. */
  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}

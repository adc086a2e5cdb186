/**
 * Finds the runtimes that run the built package: `package.json` in `test/runtimes` names their
 * releases, apart from the root install, which a user of the library's source would wait for.
 */

import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** A runtime that the built package must work on. */
export type RuntimeName = 'node20' | 'node22' | 'node24' | 'node26' | 'bun' | 'deno';

/** The folder that the runtimes are installed in. */
export const runtimesFolder: string = join(import.meta.dirname, '..', 'runtimes');

const modules = join(runtimesFolder, 'node_modules');

const binaries: { readonly [Name in RuntimeName]: string } = {
  node20: join(modules, 'node20', 'bin', 'node'),
  node22: join(modules, 'node22', 'bin', 'node'),
  node24: join(runtimesFolder, '..', '..', 'node_modules', 'node', 'bin', 'node'),
  node26: join(modules, 'node26', 'bin', 'node'),
  bun: join(modules, '@oven', 'bun-linux-x64', 'bin', 'bun'),
  deno: join(modules, '@deno', 'linux-x64-glibc', 'deno'),
};

/** The names of all runtimes, oldest Node first. */
export const runtimeNames: readonly RuntimeName[] = Object.keys(binaries) as RuntimeName[];

/** Returns the path of a runtime's executable, if it is installed. */
export function runtimeBinary(name: RuntimeName): string | undefined {
  return existsSync(binaries[name]) ? binaries[name] : undefined;
}

/** Returns the command line that runs `script` on a runtime, with every permission it may need. */
export function runtimeCommand(name: RuntimeName, script: string): string[] {
  return name === 'deno' ? [binaries.deno, 'run', '-A', script] : [binaries[name], script];
}

/** Returns the path of Jest's script, if it is installed. */
export function jestScript(): string | undefined {
  const script = join(modules, 'jest', 'bin', 'jest.js');
  return existsSync(script) ? script : undefined;
}

/** Returns the path of PM2's script, if it is installed. */
export function pm2Script(): string | undefined {
  const script = join(modules, 'pm2', 'bin', 'pm2');
  return existsSync(script) ? script : undefined;
}

/**
 * The public entries, read from package.json, so that the build and the tests know of no other list.
 * The mistake it is there for: a subpath that is built but not published, or published but not built.
 */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The folder of package.json. */
export const root: string = join(import.meta.dirname, '..');

/** One public entry. */
export interface Entry {
  /** What a program imports, such as `promethium/http`. */
  readonly specifier: string;
  /** The entry's place in `src` and in `dist`, without extension: `http/index`. */
  readonly path: string;
}

type Target = string | { readonly [condition: string]: Target };

interface Manifest {
  readonly name: string;
  readonly exports: { readonly [subpath: string]: Target };
}

/** Reads package.json. */
export function manifest(): Manifest {
  return JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
}

/** Lists every file that package.json exports, with the conditions that lead to it. */
export function targets(): { subpath: string; conditions: readonly string[]; file: string }[] {
  const found: { subpath: string; conditions: readonly string[]; file: string }[] = [];
  const walk = (subpath: string, conditions: readonly string[], target: Target): void => {
    if (typeof target === 'string') found.push({ subpath, conditions, file: target });
    else
      for (const [name, next] of Object.entries(target)) walk(subpath, [...conditions, name], next);
  };
  for (const [subpath, target] of Object.entries(manifest().exports)) walk(subpath, [], target);
  return found;
}

/** Lists the public entries; the main one has two faces, for Node and for everywhere. */
export function entries(): Entry[] {
  const { name } = manifest();
  return targets()
    .filter(({ conditions }) => conditions.at(-1) === 'import')
    .map(({ subpath, file }) => ({
      specifier: name + subpath.slice(1),
      path: file.replace(/^\.\/dist\/|\.js$/g, ''),
    }));
}

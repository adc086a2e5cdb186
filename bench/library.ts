/** Finds this library, as its users have it where it is built, and loads contenders. */

import { existsSync, globSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Benchmark, Contender, Incumbent, Library } from './benchmark.ts';

const root = join(import.meta.dirname, '..');

/** Which files are measured, and why these. */
export interface Build {
  /** The main entry, from the repository's root. */
  readonly entry: string;
  /** For people: `dist`, or why not. */
  readonly reason: string;
}

/** `dist`, unless it is missing or older than a source file, which would measure what is no more. */
export function findBuild(): Build {
  const entry = (folder: string, extension: string): string => {
    const node = join(folder, `node.${extension}`);
    return existsSync(join(root, node)) ? node : join(folder, `index.${extension}`);
  };
  const built = entry('dist', 'js');
  if (!existsSync(join(root, built))) {
    return { entry: entry('src', 'ts'), reason: 'src, since dist is not built' };
  }
  const sources = globSync('src/**/*.ts', {
    cwd: root,
    exclude: ['**/*.test.ts', '**/*.test-d.ts'],
  });
  const changed = Math.max(...sources.map((file) => statSync(join(root, file)).mtimeMs));
  if (statSync(join(root, built)).mtimeMs < changed) {
    return { entry: entry('src', 'ts'), reason: 'src, since dist is older' };
  }
  return { entry: built, reason: 'dist' };
}

/** The version in a package's `package.json`. */
export function versionOf(contender: Exclude<Contender, 'bare' | 'prometheus_client'>): string {
  const folder = contender === 'promethium' ? '.' : join('node_modules', contender);
  const text = readFileSync(join(root, folder, 'package.json'), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}

/** Loads a contender and measures it, in this process. */
export async function measure(
  benchmark: Benchmark,
  contender: Contender,
  { entry }: Build,
): Promise<number> {
  if (contender === 'bare') return await benchmark.bare!(await loadLibrary(entry));
  if (contender === 'prometheus_client') return await benchmark.python!();
  const start = performance.now();
  if (contender === 'promethium') {
    const library = await loadLibrary(entry);
    return await benchmark.promethium(library, performance.now() - start);
  }
  const client = (await import(contender)) as { default: Incumbent };
  return await benchmark.incumbent(client.default, performance.now() - start);
}

/** Loads this library. */
export async function loadLibrary(entry: string = findBuild().entry): Promise<Library> {
  return (await import(pathToFileURL(join(root, entry)).href)) as Library;
}

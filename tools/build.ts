/**
 * Builds `dist`: the ES modules, one a source file, by tsc, and one CommonJS bundle by esbuild for those
 * that load no ES modules by `require`, such as Jest.
 *
 * The mistake it is there for: CommonJS entries bundled one by one, each with a copy of the classes it
 * shares with the others, so that what one entry made is foreign to the next.
 */

import { spawnSync } from 'node:child_process';
import { globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { build } from 'esbuild';
import { entries, root } from './entries.ts';

const dist = join(root, 'dist');
const cjs = join(dist, 'cjs');

function compile(): void {
  const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  const { status } = spawnSync(process.execPath, [tsc, '-p', 'tsconfig.build.json'], {
    cwd: root,
    stdio: 'inherit',
  });
  if (status !== 0) process.exit(status ?? 1);
}

/** Each entry is a function of the bundle, so that requiring one evaluates that one alone. */
async function bundle(paths: readonly string[]): Promise<void> {
  const loaders = paths.map((path) => `exports['${path}'] = () => require('./src/${path}.ts');`);
  const { warnings } = await build({
    stdin: { contents: loaders.join('\n'), resolveDir: root, loader: 'js' },
    outfile: join(cjs, 'bundle.cjs'),
    bundle: true,
    format: 'cjs',
    platform: 'node',
    target: 'node20.19',
    packages: 'external',
    sourcemap: true,
    // CommonJS has no import.meta: esbuild would leave it empty, and what needs it failed in Jest alone.
    define: { 'import.meta.filename': '__filename', 'import.meta.url': 'moduleUrl' },
    banner: { js: "const moduleUrl = require('node:url').pathToFileURL(__filename).href;" },
  });
  if (warnings.length > 0) process.exit(1);
  for (const path of paths) {
    const bundlePath = relative(dirname(path), 'bundle.cjs');
    const specifier = bundlePath.startsWith('.') ? bundlePath : `./${bundlePath}`;
    write(`${path}.cjs`, `module.exports = require('${specifier}')['${path}']();\n`);
  }
}

/** CommonJS programs need declarations of their own: TypeScript reads `.d.ts` here as ES modules. */
function declare(): void {
  for (const file of globSync('**/*.d.ts', { cwd: dist, exclude: ['cjs/**'] })) {
    const text = readFileSync(join(dist, file), 'utf8')
      .replace(/((?:from |import |import\()['"]\.[^'"]*)\.[jt]s(?=['"])/g, '$1.cjs')
      .replace(/^\/\/# sourceMappingURL=.*\n?/m, '');
    write(file.replace(/\.d\.ts$/, '.d.cts'), text);
  }
}

function write(path: string, text: string): void {
  mkdirSync(dirname(join(cjs, path)), { recursive: true });
  writeFileSync(join(cjs, path), text);
}

rmSync(dist, { recursive: true, force: true });
compile();
await bundle(entries().map(({ path }) => path));
declare();

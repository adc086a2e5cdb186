/**
 * Builds `dist`: declarations, one a source file, by tsc; ES modules by esbuild, few and large, since a
 * program waits for every file that an import comes to; and one CommonJS bundle for those that load no ES
 * modules by `require`, such as Jest.
 *
 * The mistake it is there for: entries bundled one by one, each with a copy of the classes it shares with
 * the others, so that what one entry made is foreign to the next.
 */

import { spawnSync } from 'node:child_process';
import { globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { type BuildOptions, build, type Plugin, transform } from 'esbuild';
import { entries, root } from './entries.ts';

const dist = join(root, 'dist');
const cjs = join(dist, 'cjs');

/** Files that are started and not imported: the program, and the script of the thread that serves. */
const scripts = ['cli/main', 'http/node/thread-entry'];

const options = {
  absWorkingDir: root,
  bundle: true,
  platform: 'node',
  packages: 'external',
  // The sources are part of the package.
  sourcemap: true,
  sourcesContent: false,
} satisfies BuildOptions;

function compile(): void {
  const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  const { status } = spawnSync(process.execPath, [tsc, '-p', 'tsconfig.build.json'], {
    cwd: root,
    stdio: 'inherit',
  });
  if (status !== 0) process.exit(status ?? 1);
}

/**
 * Two entries share a file with those modules that the same entries reach, which would be a dozen for the
 * main one. With the main entry below each of them, all that it reaches is in one, the core.
 */
const sharingCore: Plugin = {
  name: 'sharing-core',
  setup({ onLoad }) {
    onLoad({ filter: /[/\\]src[/\\].*\.ts$/ }, ({ path }) => {
      const entry = relative(join(root, 'src'), path).replaceAll('\\', '/').replace(/\.ts$/, '');
      if (!modules().includes(entry)) return null;
      // At the end, where it moves no line of the source map.
      const core = CORE.filter((file) => join(root, file) !== path).map(
        (file) => `import ${JSON.stringify(join(root, file))};\n`,
      );
      return { contents: `${readFileSync(path, 'utf8')}\n${core.join('')}`, loader: 'ts' };
    });
  },
};

/** What is in the core: all of the main entry, and what has to lie beside the entries to find others. */
const CORE = ['src/index.ts', 'src/parts.ts'];

/** Files of a name that does not change, by the module that is in them. */
const NAMED = { 'src/environment.ts': 'environment', 'src/parts.ts': 'core' };

function modules(): string[] {
  return [...entries().map(({ path }) => path), ...scripts];
}

async function bundleModules(): Promise<void> {
  const { warnings, metafile, outputFiles } = await build({
    ...options,
    entryPoints: modules().map((path) => `src/${path}.ts`),
    outbase: 'src',
    outdir: dist,
    plugins: [sharingCore],
    splitting: true,
    chunkNames: 'chunk-[hash]',
    format: 'esm',
    target: 'es2022',
    metafile: true,
    write: false,
    logOverride: { 'ignored-bare-import': 'silent' },
  });
  if (warnings.length > 0) process.exit(1);
  const names = Object.entries(NAMED).map(([module, name]) => {
    const found = Object.entries(metafile.outputs).find(([, { inputs }]) => module in inputs);
    const chunk = found?.[0].match(/^dist\/(chunk-\w+)\.js$/)?.[1];
    if (chunk === undefined) throw new Error(`build "${module}": in no file that entries share`);
    // It alone is a side effect: what lay beside it, no bundler could leave out.
    if (name === 'environment' && Object.keys(found?.[1].inputs ?? {}).length > 1) {
      throw new Error(`build "${module}": not in a file of its own`);
    }
    return [chunk, name] as const;
  });
  const named = (text: string): string =>
    names.reduce((renamed, [chunk, name]) => renamed.replaceAll(chunk, name), text);
  for (const { path, text } of outputFiles) {
    write(named(path), path.endsWith('.js') ? await withConstants(named(text)) : named(text));
  }
}

/**
 * Gives back what esbuild makes of `const` and `class`: a `var`, whose value V8 looks up each time, since
 * it could change. An observation took 10.4 ns with `var` and 8.6 with `const` (Node 24).
 *
 * Of these lines the source map is two columns off.
 */
async function withConstants(text: string): Promise<string> {
  const constant = text.replace(/^var (?=[\w$]+ = |[{[])/gm, 'const ').replace(/^var /gm, 'let ');
  const { warnings } = await transform(constant, { format: 'esm', logLevel: 'silent' });
  const variables = warnings
    .filter(({ id }) => id === 'assign-to-constant')
    .flatMap(({ notes }) => notes.map(({ location }) => location?.line));
  return constant
    .split('\n')
    .map((line, i) => (variables.includes(i + 1) ? line.replace(/^const /, 'let ') : line))
    .join('\n');
}

/** Each entry is a function of the bundle, so that requiring one evaluates that one alone. */
async function bundle(paths: readonly string[]): Promise<void> {
  const loaders = paths.map((path) => `exports['${path}'] = () => require('./src/${path}.ts');`);
  const { warnings } = await build({
    stdin: { contents: loaders.join('\n'), resolveDir: root, loader: 'js' },
    ...options,
    outfile: join(cjs, 'bundle.cjs'),
    format: 'cjs',
    target: 'node20.19',
    // CommonJS has no import.meta: esbuild would leave it empty, and what needs it failed in Jest alone.
    define: { 'import.meta.filename': '__filename', 'import.meta.url': 'moduleUrl' },
    banner: { js: "const moduleUrl = require('node:url').pathToFileURL(__filename).href;" },
  });
  if (warnings.length > 0) process.exit(1);
  for (const path of paths) {
    const bundlePath = relative(dirname(path), 'bundle.cjs');
    const specifier = bundlePath.startsWith('.') ? bundlePath : `./${bundlePath}`;
    write(join(cjs, `${path}.cjs`), `module.exports = require('${specifier}')['${path}']();\n`);
  }
}

/** CommonJS programs need declarations of their own: TypeScript reads `.d.ts` here as ES modules. */
function declare(): void {
  for (const file of globSync('**/*.d.ts', { cwd: dist, exclude: ['cjs/**'] })) {
    const text = readFileSync(join(dist, file), 'utf8')
      .replace(/((?:from |import |import\()['"]\.[^'"]*)\.[jt]s(?=['"])/g, '$1.cjs')
      .replace(/^\/\/# sourceMappingURL=.*\n?/m, '');
    write(join(cjs, file.replace(/\.d\.ts$/, '.d.cts')), text);
  }
}

function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

rmSync(dist, { recursive: true, force: true });
compile();
await bundleModules();
await bundle(entries().map(({ path }) => path));
declare();

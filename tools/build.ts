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
import { basename, dirname, join, relative } from 'node:path';
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
 *
 * Comments of classes' members, which esbuild keeps, are left to the declarations and the sources: of
 * the time that an import takes they are a twentieth (Node 24).
 */
const sharingCore: Plugin = {
  name: 'sharing-core',
  setup({ onLoad }) {
    onLoad({ filter: /[/\\]src[/\\].*\.ts$/ }, ({ path }) => {
      const contents = withoutComments(readFileSync(path, 'utf8'));
      const entry = relative(join(root, 'src'), path).replaceAll('\\', '/').replace(/\.ts$/, '');
      if (!modules().includes(entry)) return { contents, loader: 'ts' };
      // At the end, where it moves no line of the source map.
      const core = CORE.filter((file) => join(root, file) !== path).map(
        (file) => `import ${JSON.stringify(join(root, file))};\n`,
      );
      return { contents: `${contents}\n${core.join('')}`, loader: 'ts' };
    });
  },
};

/** Empties the lines of doc comments, which moves no other line. */
function withoutComments(text: string): string {
  return text.replace(/^ *\/\*\*[\s\S]*?\*\/$/gm, (comment) => comment.replace(/./g, ''));
}

/** What is in the core: all of the main entry, and what has to lie beside the entries to find others. */
const CORE = ['src/index.ts', 'src/parts.ts', 'src/environment.ts'];

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
  // The core's name does not change from one build to the next.
  const found = Object.entries(metafile.outputs).filter(([, { inputs }]) =>
    CORE.slice(1).some((module) => module in inputs),
  );
  const chunk = found[0]?.[0].match(/^dist\/(chunk-\w+)\.js$/)?.[1];
  if (chunk === undefined || found.length > 1) {
    throw new Error(`build: no core, expected ${CORE.join(', ')} in one file, got ${found.length}`);
  }
  const named = (text: string): string => text.replaceAll(chunk, 'core');
  const texts = new Map(outputFiles.map(({ path, text }) => [named(path), named(text)]));
  for (const [path, text] of texts) {
    if (!path.endsWith('.js')) continue;
    const { code, map } = await withShortNames(
      await withConstants(text),
      texts.get(`${path}.map`)!,
    );
    write(path, `${code}//# sourceMappingURL=${basename(path)}.map\n`);
    write(`${path}.map`, map);
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

/**
 * Shortens the names of parameters and variables of functions, for the sake of imports: they take 8.1 ms
 * of a processor instead of 9.3 (Node 24, lower quartiles). All that errors, stack traces and
 * inspection show stays: functions, classes, methods, private ones too.
 *
 * The minifier has no option for that. It leaves alone what an `eval` could see, so that one stands
 * for a moment in each scope whose names stay; and it takes private names for properties with a `$`.
 */
async function withShortNames(text: string, map: string): Promise<{ code: string; map: string }> {
  let marked = text.replace(/^\/\/# sourceMappingURL=.*\n/m, '');
  // Of a class that names itself, esbuild has made one with another name.
  for (const [, name, own] of text.matchAll(/^const (\w+) = class (_\w+)/gm)) {
    marked = marked
      .replace(`class ${own}`, 'class')
      .replace(new RegExp(`\\b${own}\\b`, 'g'), name!);
  }
  const privates = new Set(Array.from(marked.matchAll(/#([a-z]\w*)/gi), ([, name]) => name));
  const taken = marked.match(PRIVATE_MARK)?.find((mark) => privates.has(mark.slice(1)));
  if (taken !== undefined) throw new Error(`build: ${taken} cannot stand for a private name`);
  marked = marked.replace(/#(?=[a-z])/gi, '$').replace(NAMED_FUNCTION, '$1eval("");');
  const inline = Buffer.from(map).toString('base64');
  const result = await transform(
    `${marked}\neval("");\n//# sourceMappingURL=data:application/json;base64,${inline}\n`,
    {
      sourcemap: 'external',
      sourcesContent: false,
      format: 'esm',
      minifyIdentifiers: true,
      logLevel: 'silent',
    },
  );
  const code = result.code
    .replace(/^ *eval\(""\);$/gm, '')
    .replace(PRIVATE_MARK, (mark) => (privates.has(mark.slice(1)) ? `#${mark.slice(1)}` : mark));
  return { code: `${code.trimEnd()}\n`, map: result.map };
}

const PRIVATE_MARK = /\$[a-z]\w*/gi;

/** What declares a function within another one. */
const NAMED_FUNCTION =
  /^( +)(?=(?:const|let) \w+ = (?:async )?(?:\([^)]*\)|\w+) => |(?:async )?function\*? \w+)/gm;

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

/**
 * The library as npm delivers it: packed, installed elsewhere, and loaded, typed and inspected there.
 */

import { deepEqual, equal } from 'node:assert/strict';
import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { existsSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { after, describe, it } from 'node:test';
import { entries, root } from '../tools/entries.ts';
import { type Packed, packed } from './setup/packed.ts';
import { jestScript, type RuntimeName, runtimeBinary } from './setup/runtimes.ts';

const library: Packed = packed();
after(library.remove);

function write(path: string, text: string): string {
  const file = join(library.folder, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  return file;
}

/** Runs a Node script where the library is installed, and returns everything it printed. */
function run(node: string, ...args: readonly string[]): string {
  const { PROMETHEUS_MULTIPROC_DIR: _, ...env } = process.env;
  const { stdout, stderr, status }: SpawnSyncReturns<string> = spawnSync(node, args, {
    cwd: library.folder,
    encoding: 'utf8',
    env,
  });
  return `${stdout}${stderr}${status === 0 ? '' : `exit ${status}`}`;
}

/** Runs a program that a devDependency ships. */
function runTool(name: string, bin: string, ...args: readonly string[]): string {
  const folder = join(root, 'node_modules', name);
  const { bin: bins } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  return run(process.execPath, join(folder, typeof bins === 'string' ? bins : bins[bin]), ...args);
}

const specifiers = [...new Set(entries().map(({ specifier }) => specifier))];

describe('the built package', () => {
  for (const name of ['node20', 'node24'] satisfies RuntimeName[]) {
    const skip = runtimeBinary(name) ? false : `${name} is not installed`;
    it(`is one instance for import and require on ${name}`, { skip }, () => {
      const script = write(
        'one-instance.mjs',
        [
          "import { createRequire } from 'node:module';",
          'const require = createRequire(import.meta.url);',
          `for (const specifier of ${JSON.stringify(specifiers)}) {`,
          '  const imported = await import(specifier);',
          '  const required = require(specifier);',
          '  const names = Object.keys(imported);',
          '  const same = names.length > 0 && names.every((name) => imported[name] === required[name]);',
          "  console.log(specifier, same ? 'one instance' : 'two instances');",
          '}',
        ].join('\n'),
      );
      equal(
        run(runtimeBinary(name) ?? '', script),
        specifiers.map((specifier) => `${specifier} one instance\n`).join(''),
      );
    });
  }

  it('shares its classes among the CommonJS entries, and its registry with the ES modules', () => {
    const script = write(
      'twin.mjs',
      [
        "import { createRequire } from 'node:module';",
        "import { Counter, REGISTRY } from 'promethium';",
        'const require = createRequire(import.meta.url);',
        "const cjs = './node_modules/promethium/dist/cjs/';",
        "const main = require(cjs + 'node.cjs');",
        "const everywhere = require(cjs + 'index.cjs');",
        'console.log(main.Counter === Counter, main.Counter === everywhere.Counter);',
        'console.log(main.REGISTRY === REGISTRY);',
        "new main.Counter({ name: 'twins_total', help: 'Twins.' }).inc(2);",
        "console.log(REGISTRY.get('twins_total').value);",
      ].join('\n'),
    );
    equal(run(process.execPath, script), 'false true\ntrue\n2\n');
  });

  it('has no more than two files to load for the main entry', () => {
    const folder = join(library.folder, 'node_modules', 'promethium', 'dist');
    const loaded = new Set(['node.js']);
    for (const file of loaded) {
      const text = readFileSync(join(folder, file), 'utf8');
      for (const [, next = ''] of text.matchAll(/^(?:import|\}) .*?"\.\/(.*)";$/gm))
        loaded.add(next);
    }
    deepEqual([...loaded].sort(), ['core.js', 'node.js']);
  });

  it('calls its classes and functions as they are exported', () => {
    const script = write(
      'names.mjs',
      [
        `for (const specifier of ${JSON.stringify(specifiers)}) {`,
        '  for (const [name, value] of Object.entries(await import(specifier))) {',
        "    if (typeof value === 'function' && value.name !== name) console.log(name, value.name);",
        '  }',
        '}',
      ].join('\n'),
    );
    equal(run(process.execPath, script), '');
  });

  it('names functions in stack traces as the sources do, those within others too', () => {
    const script = write(
      'named.mjs',
      [
        "import { Counter } from 'promethium';",
        "import { TEXT_0_0_4 } from 'promethium/exposition';",
        "const counter = new Counter({ name: 'named_total', help: 'Named.', labelNames: ['a'] });",
        "for (const wrong of [() => counter.labels({ b: 1 }), () => TEXT_0_0_4.withEscaping('none')]) {",
        '  try {',
        '    wrong();',
        '  } catch ({ stack }) {',
        '    const names = stack.matchAll(/^ +at (\\S+).*[/\\\\]dist[/\\\\]/gm);',
        "    console.log(Array.from(names, ([, name]) => name.replace(/^Object\\./, '')).join(' '));",
        '  }',
        '}',
      ].join('\n'),
    );
    equal(
      run(process.execPath, script),
      'LabelSet.refuseLabels #byName LabelSet.toValues #make #byNameInAnyOrder #byName LabelledMetric.labels\nwithEscaping\n',
    );
  });

  it('tells of the lines of its sources in stack traces', () => {
    const script = write(
      'traced.mjs',
      [
        "import { Counter } from 'promethium';",
        'try {',
        "  new Counter({ name: '', help: 'None.' });",
        '} catch ({ stack }) {',
        "  console.log(stack.split('\\n')[1]);",
        '}',
      ].join('\n'),
    );
    const line = readFileSync(join(root, 'src', 'model', 'name.ts'), 'utf8')
      .split('\n')
      .findIndex((text) => text.includes('throw new RangeError'));
    const place = join('promethium', 'src', 'model', `name.ts:${line + 1}:`);
    const printed = run(process.execPath, '--enable-source-maps', script);
    equal(printed.includes(`familyName (`) && printed.includes(place), true, printed);
  });

  const withoutJest = jestScript() ? false : 'Jest is not installed';
  it('loads in Jest 30 by require', { skip: withoutJest }, () => {
    write(
      'jest/promethium.test.js',
      [
        `const specifiers = ${JSON.stringify(specifiers)};`,
        "test.each(specifiers)('%s', (specifier) => {",
        '  expect(Object.keys(require(specifier)).length).toBeGreaterThan(0);',
        '  expect(require.resolve(specifier)).toMatch(/dist.cjs.*\\.cjs$/);',
        '});',
        "test('counts', () => {",
        "  const { Counter, REGISTRY } = require('promethium');",
        "  const jested = new Counter({ name: 'jested_total', help: 'Jested.' });",
        '  jested.inc(3);',
        "  expect(REGISTRY.get('jested_total')).toBe(jested);",
        '  expect(jested.value).toBe(3);',
        '});',
      ].join('\n'),
    );
    const node = runtimeBinary('node20') ?? process.execPath;
    const printed = run(node, jestScript() ?? '', '--rootDir', 'jest', '--config', '{}', '--json');
    const { numPassedTests, numFailedTests } = JSON.parse(
      printed.split('\n').find((line) => line.startsWith('{')) ?? printed,
    );
    deepEqual([numPassedTests, numFailedTests], [specifiers.length + 1, 0], printed);
  });

  for (const { module, resolution, file } of [
    { module: 'nodenext', resolution: 'nodenext', file: 'consumer.mts' },
    { module: 'nodenext', resolution: 'nodenext', file: 'consumer.cts' },
    { module: 'node16', resolution: 'node16', file: 'consumer.mts' },
    { module: 'node16', resolution: 'node16', file: 'consumer.cts' },
    { module: 'esnext', resolution: 'bundler', file: 'consumer.mts' },
  ]) {
    it(`has its types found and sound under ${resolution} from ${file}`, () => {
      write(file, consumer);
      write(
        'tsconfig.json',
        JSON.stringify({
          compilerOptions: {
            module,
            moduleResolution: resolution,
            target: 'ES2022',
            lib: ['ES2022', 'DOM'],
            types: ['node'],
            typeRoots: [join(root, 'node_modules', '@types')],
            strict: true,
            noEmit: true,
          },
          files: [file],
        }),
      );
      equal(runTool('typescript', 'tsc', '-p', '.'), '');
      rmSync(join(library.folder, file));
    });
  }

  it('has its main entry typed without the types of Node', () => {
    write('everywhere.mts', everywhere);
    write(
      'tsconfig.json',
      JSON.stringify({
        compilerOptions: {
          module: 'esnext',
          moduleResolution: 'bundler',
          target: 'ES2022',
          lib: ['ES2022', 'DOM'],
          types: [],
          strict: true,
          noEmit: true,
        },
        files: ['everywhere.mts'],
      }),
    );
    equal(runTool('typescript', 'tsc', '-p', '.'), '');
  });

  it('has the pages that its pages lead to', () => {
    const folder = join(library.folder, 'node_modules', 'promethium');
    const slugs = (text: string): string[] =>
      Array.from(text.matchAll(/^#+ (.*)$/gm), ([, title = '']) =>
        title
          .toLowerCase()
          .replaceAll(' ', '-')
          .replace(/[^\w-]/g, ''),
      );
    const roots = ['README.md', 'CHANGELOG.md', 'CONTRIBUTING.md'];
    const pages = [...roots, ...globSync('docs/*.md', { cwd: folder })];
    equal(pages.length >= 11, true, `${pages.length} pages`);
    const broken = pages.flatMap((page) => {
      const links = readFileSync(join(folder, page), 'utf8').matchAll(
        /\]\((?!https?:)([^)#]*)#?([^)]*)\)/g,
      );
      return Array.from(links, ([, path = '', anchor = '']) => {
        const target = path === '' ? page : join(dirname(page), path);
        const file = join(folder, target);
        const isThere =
          existsSync(file) && (anchor === '' || slugs(readFileSync(file, 'utf8')).includes(anchor));
        return isThere ? [] : [`${page} leads to ${path}#${anchor}`];
      }).flat();
    });
    deepEqual(broken, []);
  });

  it('passes publint', () => {
    const printed = runTool('publint', 'publint', library.tarball, '--strict');
    equal(/All good!/.test(printed) && !/exit \d/.test(printed), true, printed);
  });

  it('passes attw', () => {
    const attw = ['--profile', 'node16', '--no-color', '--no-emoji'];
    const printed = runTool('@arethetypeswrong/cli', 'attw', library.tarball, ...attw);
    equal(/exit \d/.test(printed), false, printed);
  });
});

/** A program that names every entry, and would not compile if its types had become `any`. */
const consumer = `
${specifiers.map((specifier, i) => `import * as entry${i} from '${specifier}';`).join('\n')}
import { Counter } from 'promethium';

export const all = [${specifiers.map((_, i) => `entry${i}`).join(', ')}];
const requests = new Counter({ name: 'n_total', help: 'N.', labelNames: ['method'] });
requests.labels({ method: 'GET' }).inc();
// @ts-expect-error it has labels
requests.inc();
`;

const everywhere = `
import { Counter } from 'promethium';
import { metricsHandler } from 'promethium/http';
import * as exposition from 'promethium/exposition';

export const all = [new Counter({ name: 'n_total', help: 'N.' }), metricsHandler, exposition];
`;

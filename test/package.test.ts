/**
 * Holds the source against the plan: which ring imports which, what each entry reaches, and that the
 * subpaths of package.json are the folders of `src`.
 */

import { deepEqual, equal, match } from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { describe, it } from 'node:test';
import { entries, manifest, root, targets } from '../tools/entries.ts';

/** Folders of a ring, each with those of the same ring that it may import. */
interface Floors {
  readonly [folder: string]: readonly string[];
}

const metricsFloors: Floors = {
  timing: [],
  labels: [],
  rows: [],
  exemplars: ['timing'],
  quantiles: ['timing'],
  collection: ['timing', 'labels', 'exemplars'],
  registry: ['timing', 'labels', 'exemplars', 'collection'],
  declaration: ['timing', 'labels', 'rows', 'exemplars', 'quantiles', 'collection', 'registry'],
  children: ['timing', 'labels', 'rows', 'exemplars', 'declaration'],
  instruments: ['timing', 'rows', 'exemplars', 'quantiles', 'registry', 'declaration', 'children'],
  histograms: ['timing', 'exemplars', 'declaration', 'children', 'instruments'],
};

const multiprocessFloors: Floors = {
  system: [],
  mapping: ['system'],
  segment: ['system'],
  directory: ['system', 'mapping', 'segment'],
  archive: ['system', 'segment', 'directory'],
  writing: ['system', 'mapping', 'segment', 'directory'],
  reading: ['system', 'segment', 'directory', 'archive'],
  folding: ['system', 'mapping', 'segment', 'directory', 'archive', 'writing', 'reading'],
  publication: ['system', 'segment', 'writing'],
  python: ['system', 'segment', 'reading'],
};

const within = (ring: string, folders: readonly string[]): string[] =>
  folders.map((folder) => `${ring}/${folder}`);

/** All floors of a ring with what each may import: of the ring, and `shared` outside of it. */
const withFloors = (ring: string, floors: Floors, shared: readonly string[]): Floors =>
  Object.fromEntries(
    Object.entries(floors).map(([folder, below]) => [
      `${ring}/${folder}`,
      [...shared, ...within(ring, below)],
    ]),
  );

/** What every file of the multi-process part may import. */
const shared = ['model', 'storage', 'aggregate', 'node'];

/** All floors of the instruments and their registry: no file stands beside them. */
const metrics = within('metrics', Object.keys(metricsFloors));

/** What the files of a folder may import, besides their own folder. `node` stands for `node:*`. */
const rings: { readonly [folder: string]: readonly string[] } = {
  model: [],
  storage: ['model'],
  aggregate: ['model'],
  ...withFloors('metrics', metricsFloors, ['model', 'storage']),
  exposition: ['model', 'exposition/parse', 'exposition/protobuf'],
  'exposition/parse': ['model'],
  'exposition/protobuf': ['model', 'exposition', 'exposition/parse'],
  multiprocess: [...shared, ...within('multiprocess', Object.keys(multiprocessFloors))],
  ...withFloors('multiprocess', multiprocessFloors, shared),
  collectors: ['model', ...metrics, 'environment.ts', 'node'],
  http: ['model', 'exposition', ...metrics],
  'http/node': [
    'http',
    'model',
    'exposition',
    ...metrics,
    'multiprocess',
    'environment.ts',
    'parts.ts',
    'node',
  ],
  push: ['model', 'storage', ...metrics, 'exposition', 'aggregate'],
  'push/textfile': ['model', ...metrics, 'exposition', 'environment.ts', 'node'],
  live: ['model', 'storage', ...metrics, 'exposition', 'aggregate'],
  lint: ['model', 'storage', ...metrics, 'exposition', 'aggregate'],
  testing: ['model', 'storage', ...metrics, 'exposition', 'aggregate'],
  'index.ts': ['model', 'storage', ...metrics, 'exposition', 'aggregate'],
  'environment.ts': [...metrics, 'parts.ts', 'node'],
  'parts.ts': ['multiprocess', 'node'],
  'node.ts': ['index.ts', 'environment.ts'],
  'node-http.ts': ['http', 'environment.ts'],
};

/** Entries with a face of their own for Node, Bun and Deno, which reads the environment. */
const nodeFaces: { readonly [subpath: string]: string } = { '.': 'node', './http': 'node-http' };

/** Folders that nothing imports, and that may import whatever is below them. */
const rims = ['prom-client', 'cli'];

const sources = globSync('src/**/*.ts', {
  cwd: root,
  exclude: ['**/*.test.ts', '**/*.test-d.ts'],
}).sort();

function read(path: string): string {
  return readFileSync(join(root, path), 'utf8');
}

/** The specifiers of a file's imports and re-exports, those of types and dynamic ones included. */
function specifiers(path: string): string[] {
  const statements = read(path).matchAll(
    /^(?:import|export)\b[^'";]*?\bfrom\s+'([^']+)'|^import\s+'([^']+)'|^(?!\s*\*).*?\bimport\(\s*'([^']+)'/gm,
  );
  return Array.from(statements, ([, from, bare, dynamic]) => from ?? bare ?? dynamic ?? '');
}

/** What a file imports: a path below the root, or the specifier as written. */
function imports(path: string): string[] {
  return specifiers(path).map((specifier) =>
    specifier.startsWith('.') ? join(dirname(path), specifier) : specifier,
  );
}

/** The ring that a path or specifier belongs to: `src/http/node/x.ts` is of `http/node`. */
function ring(path: string): string {
  if (path.startsWith('node:')) return 'node';
  if (!path.startsWith('src/')) return path;
  const folder = dirname(path).slice('src/'.length);
  return folder === '' ? basename(path) : folder;
}

/** Every file that loading `path` may load. */
function closure(path: string, seen: Set<string> = new Set()): Set<string> {
  if (seen.has(path)) return seen;
  seen.add(path);
  if (path.startsWith('src/')) for (const next of imports(path)) closure(next, seen);
  return seen;
}

/** The names that an entry exports. */
function exported(path: string): string[] {
  const clauses = read(path).matchAll(/^export (?:type )?\{([^}]*)\}/gm);
  return Array.from(clauses, ([, names = '']) => names.split(','))
    .flat()
    .map((name) =>
      name
        .trim()
        .replace(/^type /, '')
        .replace(/^.* as /, ''),
    )
    .filter((name) => name !== '')
    .sort();
}

describe('the rings', () => {
  it('have a place for every file of src', () => {
    const homeless = sources.filter((path) => {
      const folder = ring(path);
      return !(folder in rings) && !rims.some((rim) => folder.split('/')[0] === rim);
    });
    deepEqual(homeless, []);
  });

  it('import one another only as the plan says', () => {
    const wrong = sources.flatMap((path) => {
      const own = ring(path);
      const allowed = rings[own];
      if (!allowed) return [];
      return imports(path)
        .filter((next) => ring(next) !== own && !allowed.includes(ring(next)))
        .map((next) => `${path} imports ${next}`);
    });
    deepEqual(wrong, []);
  });

  it('keep their rims apart: nothing imports prom-client or cli', () => {
    const wrong = sources.flatMap((path) =>
      imports(path)
        .filter((next) => rims.includes(ring(next)) && ring(next) !== ring(path))
        .map((next) => `${path} imports ${next}`),
    );
    deepEqual(wrong, []);
  });

  it('import no package: the library has no dependencies', () => {
    const packages = sources.flatMap((path) =>
      imports(path)
        .filter((next) => !next.startsWith('src/') && !next.startsWith('node:'))
        .map((next) => `${path} imports ${next}`),
    );
    deepEqual(packages, []);
    equal('dependencies' in manifest(), false);
  });

  it('have no file or folder named for nothing', () => {
    const nameless = sources.filter((path) =>
      /(?:^|\/)(?:utils?|helpers?|common|types|constants|misc|shared)(?:\/|\.ts$)/.test(path),
    );
    deepEqual(nameless, []);
  });
});

describe('the entries', () => {
  it('stand at the source path of their name', () => {
    const expected = entries().map(({ specifier, path }) => {
      const subpath = specifier.slice(manifest().name.length + 1);
      if (subpath === '') return path === 'node' ? 'src/node.ts' : 'src/index.ts';
      if (path === 'node-http') return 'src/node-http.ts';
      return `src/${subpath}/index.ts`;
    });
    deepEqual(
      entries().map(({ path }) => `src/${path}.ts`),
      expected,
    );
    deepEqual(
      expected.filter((path) => !sources.includes(path)),
      [],
    );
  });

  it('are the same file under every condition, save that require gets its CommonJS twin', () => {
    for (const { subpath, conditions, file } of targets()) {
      if (subpath === './package.json') continue;
      const folder = subpath === '.' ? '' : `${subpath.slice(2)}/`;
      const face = ['node', 'bun'].includes(conditions[0] ?? '') ? nodeFaces[subpath] : undefined;
      const name = face ?? `${folder}index`;
      const twin = conditions.at(-1) === 'require';
      equal(file, twin ? `./dist/cjs/${name}.cjs` : `./dist/${name}.js`, conditions.join(' '));
    }
  });

  it('spell out what they export', () => {
    for (const { path } of entries()) {
      const wildcards = read(`src/${path}.ts`).match(/^export (?:\*|default).*$/gm) ?? [];
      deepEqual(wildcards, [], path);
      equal(exported(`src/${path}.ts`).length > 0, true, path);
    }
  });

  it('name what has its documentation in full: editors do not follow @inheritDoc', () => {
    const named = entries().flatMap(({ path }) => imports(`src/${path}.ts`));
    const borrowing = sources.filter(
      (path) => named.includes(path) && read(path).includes('@inheritDoc'),
    );
    deepEqual(borrowing, []);
  });

  it('give Node what they give everyone', () => {
    deepEqual(exported('src/node.ts'), exported('src/index.ts'));
    deepEqual(exported('src/node-http.ts'), exported('src/http/index.ts'));
  });

  it('read the environment wherever Node meets the default registry', () => {
    for (const path of [
      'node',
      'node-http',
      'http/node/index',
      'collectors/index',
      'push/textfile/index',
    ]) {
      equal(imports(`src/${path}.ts`).includes('src/environment.ts'), true, path);
    }
    // Imported and not called, it would do nothing, and a bundler would leave it out.
    const { sideEffects } = JSON.parse(read('package.json')) as { sideEffects: string[] };
    const entries = sources.filter((path) => imports(path).includes('src/environment.ts'));
    for (const path of entries) {
      match(read(path), /^followEnvironment\(\);$/m, path);
      const built = path.replace('src/', './dist/').replace('.ts', '.js');
      equal(sideEffects.includes(`./${path}`) && sideEffects.includes(built), true, path);
    }
    equal(sideEffects.length, 2 * entries.length + 1, 'and the CommonJS bundle');
  });

  it('reach nothing of Node from the main entry, exposition, http or testing', () => {
    for (const path of ['index', 'exposition/index', 'http/index', 'testing/index']) {
      const builtins = [...closure(`src/${path}.ts`)].filter((next) => next.startsWith('node:'));
      deepEqual(builtins, [], path);
    }
  });

  it('reach only the model from exposition', () => {
    const reached = new Set([...closure('src/exposition/index.ts')].map(ring));
    deepEqual([...reached].sort(), [
      'exposition',
      'exposition/parse',
      'exposition/protobuf',
      'model',
    ]);
  });
});

/**
 * The page for those who come from prom-client: it has each public name of both its packages, and its
 * samples run there and here and show the same.
 */

import { deepEqual, equal, ok } from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { pathToFileURL } from 'node:url';

const root = join(import.meta.dirname, '..');
const page = readFileSync(join(root, 'docs', 'coming-from-prom-client.md'), 'utf8');
const require = createRequire(import.meta.url);

const PACKAGES = ['prom-client', '@prometheus-io/client'];

/** What these packages have for themselves, though it can be reached. */
const INNER = [
  'constructor',
  'incWithoutExemplar',
  'incWithExemplar',
  'updateExemplar',
  'observeWithoutExemplar',
  'observeWithExemplar',
  'getForPromString',
];

function membersOf(value: unknown): readonly string[] {
  if (typeof value !== 'function') return [];
  const fixed = ['length', 'name', 'prototype'];
  const own = Object.getOwnPropertyNames(value).filter((name) => !fixed.includes(name));
  return [...own, ...Object.getOwnPropertyNames(value.prototype ?? {})];
}

/** The names that a package exports, those of its classes' members, of its types and of their options. */
function namesOf(specifier: string): readonly string[] {
  const exported = Object.entries(require(specifier) as Record<string, unknown>);
  const types = readFileSync(join(dirname(require.resolve(specifier)), 'index.d.ts'), 'utf8');
  const declared = types.matchAll(/^(?:export )?(?:class|interface|type|enum) (\w+)/gm);
  const options = types.matchAll(
    /^(?:export )?interface \w*(?:Configuration|Options|Parameters|Exemplar)\b.*?^\t?\}/gms,
  );
  const names = [
    ...exported.flatMap(([name, value]) => [name, ...membersOf(value)]),
    ...[...declared].map(([, name = '']) => name),
    ...[...options].flatMap(([body]) =>
      [...body.matchAll(/^\t+(\w+)\??:/gm)].map(([, option = '']) => option),
    ),
  ];
  return [...new Set(names)].filter((name) => !name.startsWith('_') && !INNER.includes(name));
}

interface Sample {
  readonly title: string;
  readonly theirs: string;
  readonly ours: string;
}

const samples: readonly Sample[] = [
  ...page.matchAll(/^##+ ([^\n]*)\n+```js\n(.*?)^```\n+```js\n(.*?)^```$/gms),
].map(([, title = '', theirs = '', ours = '']) => ({ title, theirs, ours }));

/** At the end of a sample that serves: asks for a page, then for the metrics, and shows these. */
const ASK = `
server.once('listening', async () => {
  const { port } = server.address();
  await (await fetch(\`http://localhost:\${port}/order\`)).text();
  const shown = await (await fetch(\`http://localhost:\${port}/metrics\`)).text();
  process.stdout.write(shown, () => process.exit());
});
`;

/** A sample with what shows its default registry at the end: itself, if it serves, or these lines. */
function shownAtEnd(sample: string, show: string): string {
  const served = sample
    .replace(/^createServer\(/m, 'const server = createServer(')
    .replace('8080', '0');
  return served + (served === sample ? show : ASK);
}

/** A sample of theirs, on this package of theirs. */
function theirModule(sample: string, specifier: string): string {
  const resolved = pathToFileURL(require.resolve(specifier)).href;
  const show = `
import { register as SHOWN } from '${resolved}';
process.stdout.write(await SHOWN.metrics());
`;
  return shownAtEnd(sample.replaceAll("'prom-client'", `'${resolved}'`), show);
}

/** A sample of ours, on the sources. */
function ourModule(sample: string): string {
  const source = (path: string): string =>
    pathToFileURL(join(root, 'src', path === '' ? 'node.ts' : `${path}/index.ts`)).href;
  const resolved = sample.replaceAll(
    /from 'promethium(?:\/([^']+))?'/g,
    (_, path: string | undefined) => `from '${source(path ?? '')}'`,
  );
  const show = `
import { REGISTRY as SHOWN, toText as show } from '${source('')}';
process.stdout.write(await show(SHOWN));
`;
  return shownAtEnd(resolved, show);
}

/**
 * The lines of an exposition, in one order, without what the page says differs, what the clock says,
 * and the runtime's metrics, which a sample calls shop's.
 */
function lines(text: string): readonly string[] {
  return text
    .split('\n')
    .filter((line) => line !== '' && !/_seconds_sum\b|\brequest_seconds_bucket|\bshop_/.test(line))
    .map((line) => line.replace(/le="(\d+)\.0"/, 'le="$1"').replace(/,?\w+=""/, ''))
    .map((line) => line.replace(/\{(.*)\}/, (_, labels: string) => `{${labels.split(',').sort()}}`))
    .sort();
}

describe('docs/coming-from-prom-client.md', () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'promethium-prom-client-'));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  function run(program: string): readonly string[] {
    const file = join(folder, 'sample.mjs');
    writeFileSync(file, program);
    const { stdout, stderr } = spawnSync(process.execPath, [file], {
      cwd: folder,
      encoding: 'utf8',
    });
    equal(stderr, '');
    return lines(stdout);
  }

  for (const specifier of PACKAGES) {
    it(`names everything that ${specifier} has`, () => {
      const names = namesOf(specifier);
      ok(names.length > 80, `${names.length} names`);
      const code = [...page.matchAll(/`([^`\n]+)`/g)].map(([, span]) => span).join('\n');
      const words = new Set(code.match(/\w+/g));
      deepEqual(
        names.filter((name) => !words.has(name)),
        [],
      );
    });
  }

  it('has samples', () => ok(samples.length >= 10, `${samples.length} samples`));

  for (const { title, theirs, ours } of samples) {
    it(`shows the same there and here: ${title}`, () => {
      const shown = run(ourModule(ours));
      for (const specifier of PACKAGES) deepEqual(shown, run(theirModule(theirs, specifier)));
    });
  }
});

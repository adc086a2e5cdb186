/**
 * The page for those who come from Python: it has each public name of that client, and its samples
 * run in both languages and show the same.
 */

import { deepEqual, equal, ok } from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { pathToFileURL } from 'node:url';
import { pythonWithClient } from '../setup/oracles.ts';
import { withoutParity } from './parity-comparison.ts';
import { pythonName } from './python.ts';

const root = join(import.meta.dirname, '..', '..');
const page = readFileSync(join(root, 'docs', 'coming-from-python.md'), 'utf8');

/** Prints the public names that each module of the client defines, `Class.method` included. */
const INVENTORY = `
import importlib, inspect, json, pkgutil, prometheus_client
names = set()
for module in pkgutil.walk_packages(prometheus_client.__path__, 'prometheus_client.'):
    # A copy of another project; what modules do inside; what needs frameworks that are not here.
    if module.name.split('.')[1] in ('decorator', 'utils', 'aiohttp', 'django', 'twisted'):
        continue
    found = importlib.import_module(module.name)
    for name, value in vars(found).items():
        if name.startswith('_') or len(name) == 1 or inspect.ismodule(value):
            continue
        home = getattr(value, '__module__', None)
        if home is None and name.isupper() or home == module.name:
            names.add(name)
        if inspect.isclass(value) and home == module.name:
            names.update(f'{name}.{own}' for own, is_a in vars(value).items()
                if not own.startswith('_') and inspect.isfunction(is_a))
print(json.dumps(sorted(names)))
`;

/** What these modules have for themselves, whatever their names say. */
const INNER = [
  'INF',
  'TYPE_CHECKING',
  'SNAPPY_AVAILABLE',
  'ESCAPE_SEQUENCES',
  'parse_labels',
  'replace_escape_sequence',
  'MetricWrapperBase',
  'METRIC_NAME_RE',
  'METRIC_LABEL_NAME_RE',
  'RESERVED_METRIC_LABEL_NAME_RE',
];

const { python } = pythonWithClient() ?? {};

function runPython(script: string, cwd: string): string {
  const { status, stdout, stderr } = spawnSync(python!, ['-c', script], { cwd, encoding: 'utf8' });
  equal(status, 0, stderr);
  return stdout;
}

interface SampleOfCode {
  readonly title: string;
  readonly python: string;
  readonly js: string;
}

function samples(): SampleOfCode[] {
  const found = page.matchAll(/^### ([^\n]*)\n+```python\n(.*?)^```\n+```js\n(.*?)^```$/gms);
  return [...found].map(([, title, inPython, js]) => ({
    title: title!,
    python: inPython!,
    js: js!,
  }));
}

/** The sample with this package's sources for the package, and its default registry shown at the end. */
function toModule(js: string): string {
  const source = (path: string): string =>
    pathToFileURL(join(root, 'src', path === '' ? 'node.ts' : `${path}/index.ts`)).href;
  const resolved = js.replaceAll(
    /from 'promethium(?:\/([^']+))?'/g,
    (_, path: string | undefined) => `from '${source(path ?? '')}'`,
  );
  return `${resolved}
import { REGISTRY as SHOWN, toText as show } from '${source('')}';
process.stdout.write(await show(SHOWN));
`;
}

const SHOW_IN_PYTHON = `
import prometheus_client as shown
for own in (shown.GC_COLLECTOR, shown.PLATFORM_COLLECTOR, shown.PROCESS_COLLECTOR):
    shown.REGISTRY.unregister(own)
shown.disable_created_metrics()
print(shown.generate_latest().decode(), end='')
`;

/** The lines of an exposition, in one order, numbers in one form, without what the clock says. */
function lines(text: string): string[] {
  return text
    .split('\n')
    .filter((line) => line !== '' && !/_created|_seconds_sum |_timestamp_/.test(line))
    .map((line) => (line.startsWith('#') ? line : line.replace(/\S+$/, (value) => `${+value}`)))
    .map((line) => line.replace(/\{(.*)\}/, (_, labels: string) => `{${labels.split(',').sort()}}`))
    .sort();
}

describe('docs/coming-from-python.md', { skip: withoutParity }, () => {
  let folder: string;

  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'promethium-parity-'));
  });

  after(() => rmSync(folder, { recursive: true, force: true }));

  it(`names everything that ${pythonName} has`, () => {
    const names = JSON.parse(runPython(INVENTORY, folder)) as string[];
    ok(names.length > 100, `${names.length} names`);
    const code = [...page.matchAll(/`([^`\n]+)`/g)].map(([, span]) => span!).join('\n');
    const words = new Set(code.match(/\w+/g));
    const missing = names.filter((name) => {
      const [owner, own] = name.split('.') as [string, string?];
      if (INNER.includes(owner) && own === undefined) return false;
      return !words.has(own ?? owner);
    });
    deepEqual(missing, []);
  });

  for (const { title, python: inPython, js } of samples()) {
    it(`shows the same in both languages: ${title}`, () => {
      const theirs = runPython(inPython + SHOW_IN_PYTHON, folder);
      const file = join(folder, 'sample.mjs');
      writeFileSync(file, toModule(js));
      const { stdout, stderr } = spawnSync(process.execPath, [file], {
        cwd: folder,
        encoding: 'utf8',
      });
      equal(stderr, '');
      deepEqual(lines(stdout), lines(theirs));
    });
  }

  it('has ten samples and more', () => {
    ok(samples().length >= 10, String(samples().length));
  });
});

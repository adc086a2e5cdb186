/**
 * The programs of the README and of the pages for users compile, each by itself: against the source,
 * with what they take from the reader's own program declared here.
 */

import { equal, ok } from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';

const root = join(import.meta.dirname, '..');

/** The pages, but for those that a test of their own runs in full. */
const PAGES = [
  'README.md',
  'docs/coming-from-prom-client.md',
  'docs/exemplars.md',
  'docs/multi-process.md',
  'docs/native-histograms.md',
  'docs/runtime-metrics.md',
];

/** What the programs take from the reader's own, and from the README's first one. */
const READER = `
import type { AsyncLocalStorage } from 'node:async_hooks';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Collector, Counter, ExemplarLabels, Histogram } from 'promethium';
type Middleware = (
  request: IncomingMessage & { method: string },
  response: ServerResponse,
  next: () => void,
) => void;
declare global {
  const requests: Counter<['method', 'status']>;
  const byRoute: Histogram<['method', 'status']>;
  const app: { use(run: Middleware): void };
  const queue: readonly unknown[];
  const queueInTheDatabase: Collector;
  const cacheOfThisProcess: Collector;
  const requestStore: AsyncLocalStorage<{ readonly traceLabels: ExemplarLabels }>;
  function runJob(): Promise<void>;
  function runJobs(): Promise<void>;
  function disks(): Promise<Iterable<{ readonly mount: string; readonly free: number }>>;
}
`;

/** What parts of programs import, which show no import of their own. */
const IMPORTS = "import { Counter, Gauge, Histogram, REGISTRY, stopwatch } from 'promethium';\n";

/** The blocks of JavaScript and TypeScript of a page, as files; those for CommonJS, and of others, are left out. */
function programs(page: string): string[] {
  const text = readFileSync(join(root, page), 'utf8');
  const blocks = [...text.matchAll(/^```[jt]s\n(.*?)^```$/gms)];
  return blocks.flatMap(([, block = '']) => {
    if (/module\.exports|from 'prom-client'/.test(block)) return [];
    // What is left out there is an option that the text has shown before.
    const program = block.replace('…', "help: 'Help.'");
    return `${/^import /m.test(program) ? '' : IMPORTS}${program}\nexport {};\n`;
  });
}

describe('The pages for users', () => {
  it('show programs that compile', { timeout: 120_000 }, (context) => {
    const folder = mkdtempSync(join(tmpdir(), 'promethium-readme-'));
    context.after(() => rmSync(folder, { recursive: true, force: true }));
    for (const page of PAGES) ok(programs(page).length >= 1, `${page} has no programs`);
    const files = PAGES.flatMap(programs);
    writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
    writeFileSync(join(folder, 'reader.d.ts'), READER);
    for (const [i, program] of files.entries()) {
      writeFileSync(join(folder, `program-${i + 1}.ts`), program);
    }
    const compilerOptions = {
      paths: {
        promethium: [join(root, 'src/node.ts')],
        'promethium/*': [join(root, 'src/*/index.ts')],
      },
      typeRoots: [join(root, 'node_modules/@types')],
      declaration: false,
      isolatedDeclarations: false,
      noUnusedLocals: false,
      noImplicitReturns: false,
    };
    const config = { extends: join(root, 'tsconfig.json'), compilerOptions, include: ['*.ts'] };
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config));
    const tsc = join(root, 'node_modules/typescript/bin/tsc');
    const { stdout } = spawnSync(process.execPath, [tsc, '-p', folder], {
      cwd: folder,
      encoding: 'utf8',
    });
    equal(stdout, '');
  });
});

/**
 * The README's programs compile, each by itself: against the source, with what they take from the
 * reader's own program declared here.
 */

import { equal, ok } from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';

const root = join(import.meta.dirname, '..');

/** What the programs take from the reader's own, and from the README's first one. */
const READER = `
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Counter, Histogram } from 'promethium';
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
  function runJob(): Promise<void>;
  function disks(): Promise<Iterable<{ readonly mount: string; readonly free: number }>>;
}
`;

/** What parts of programs import, which show no import of their own. */
const IMPORTS = "import { Counter, Gauge, Histogram, REGISTRY, stopwatch } from 'promethium';\n";

/** The blocks of JavaScript and TypeScript, as files. */
function programs(): string[] {
  const readme = readFileSync(join(root, 'README.md'), 'utf8');
  return [...readme.matchAll(/^```[jt]s\n(.*?)^```$/gms)].map(([, block = '']) => {
    // What is left out there is an option that the text has shown before.
    const program = block.replace('…', "help: 'Help.'");
    return `${/^import /m.test(program) ? '' : IMPORTS}${program}\nexport {};\n`;
  });
}

describe('README', () => {
  it('shows programs that compile', { timeout: 120_000 }, (context) => {
    const folder = mkdtempSync(join(tmpdir(), 'promethium-readme-'));
    context.after(() => rmSync(folder, { recursive: true, force: true }));
    const files = programs();
    ok(files.length >= 7, `${files.length} programs were found`);
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

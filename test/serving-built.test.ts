/**
 * What npm delivers that is started by path or by name and imported by nobody: the program
 * `promethium`, and the script of the thread that serves metrics.
 */

import { deepEqual, equal, match } from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { root } from '../tools/entries.ts';
import { type Packed, packed } from './setup/packed.ts';
import { runtimeBinary, runtimeCommand, runtimeNames } from './setup/runtimes.ts';

const library: Packed = packed();
after(library.remove);

const { PROMETHEUS_MULTIPROC_DIR: _, prometheus_multiproc_dir: __, ...env } = process.env;

describe('npx promethium', { timeout: 60_000 }, () => {
  it('says which release it is', () => {
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
    const { stdout, status } = spawnSync('npx', ['promethium', '--version'], {
      cwd: library.folder,
      encoding: 'utf8',
      env,
    });
    deepEqual([stdout, status], [`${version}\n`, 0]);
  });

  it('serves what a process has counted that is gone', async (t) => {
    const directory = mkdtempSync(join(library.folder, 'shared-'));
    const counted = join(library.folder, 'counted.mjs');
    writeFileSync(
      counted,
      "import { Counter } from 'promethium';\nnew Counter({ name: 'jobs_total', help: 'Jobs.' }).inc(7);\n",
    );
    const environment = { ...env, PROMETHEUS_MULTIPROC_DIR: directory };
    equal(spawnSync(process.execPath, [counted], { env: environment }).status, 0);
    const program = spawn(
      join(library.folder, 'node_modules', '.bin', 'promethium'),
      ['serve', '--port', '0', '--host', '127.0.0.1'],
      { env: environment, stdio: ['ignore', 'pipe', 'inherit'] },
    );
    t.after(() => void program.kill('SIGKILL'));
    const [line] = (await once(program.stdout.setEncoding('utf8'), 'data')) as [string];
    match(line, /^Serving .*shared-\w+ at http:\/\/127\.0\.0\.1:\d+\/metrics\n$/);
    const url = line.slice(line.indexOf('http')).trim();
    equal(
      await (await fetch(url)).text(),
      '# HELP jobs_total Jobs.\n# TYPE jobs_total counter\njobs_total 7\n',
    );
    const exited = once(program, 'exit');
    program.kill('SIGTERM');
    deepEqual(await exited, [0, null]);
  });
});

/** Serves from a thread, and asks there until what was counted since is seen. */
const PROGRAM = `
async function serve(Counter, startHttpServer) {
  const server = await startHttpServer({ port: 0, host: '127.0.0.1', thread: true });
  new Counter({ name: 'jobs_total', help: 'Jobs.' }).inc(3);
  console.log(await (await fetch(server.url)).text());
  const taken = startHttpServer({ port: server.port, host: '127.0.0.1', thread: true });
  await taken.catch(({ code, cause }) => console.log(code, cause.code));
  await server.close();
  console.log('closed');
}
`;

const scripts = {
  'thread.mjs': `import { Counter } from 'promethium';\nimport { startHttpServer } from 'promethium/http/node';\nawait serve(Counter, startHttpServer);${PROGRAM}`,
  // The bundle that Jest takes, which \`require\` takes nowhere else.
  'thread.cjs': `const cjs = './node_modules/promethium/dist/cjs/';\nconst { Counter } = require(cjs + 'node.cjs');\nconst { startHttpServer } = require(cjs + 'http/node/index.cjs');\nserve(Counter, startHttpServer);${PROGRAM}`,
};

const SHOWN = `# HELP jobs_total Jobs.
# TYPE jobs_total counter
jobs_total 3

LISTEN_FAILED EADDRINUSE
closed
`;

describe('the thread that serves metrics', () => {
  for (const [script, text] of Object.entries(scripts)) {
    writeFileSync(join(library.folder, script), text);
  }
  for (const name of runtimeNames) {
    const skip = runtimeBinary(name) ? false : `${name} is not installed`;
    for (const script of Object.keys(scripts)) {
      it(`is found by ${script} on ${name}`, { skip, timeout: 60_000 }, () => {
        const [command = '', ...args] = runtimeCommand(name, join(library.folder, script));
        const { stdout, stderr, status } = spawnSync(command, args, {
          cwd: library.folder,
          encoding: 'utf8',
          env,
          timeout: 30_000,
        });
        deepEqual([stdout, status], [SHOWN, 0], stderr);
      });
    }
  }
});

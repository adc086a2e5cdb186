/**
 * The environment variable, whichever entry a program comes in by: a process that only serves, and
 * declares no metric of its own, shows what the others have counted.
 */

import { equal, match } from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';

const source = join(import.meta.dirname, '..', 'src');

const servers: { readonly [entry: string]: string } = {
  'promethium/http/node': `
    import { startHttpServer } from ${JSON.stringify(join(source, 'http', 'node', 'index.ts'))};
    const server = await startHttpServer({ port: 0, host: '127.0.0.1' });
    process.stdout.write(await (await fetch(server.url)).text());
    await server.close();`,
  'promethium/http': `
    import { metricsHandler } from ${JSON.stringify(join(source, 'node-http.ts'))};
    const response = await metricsHandler()(new Request('http://localhost/metrics'));
    process.stdout.write(await response.text());`,
};

describe('PROMETHEUS_MULTIPROC_DIR', () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'promethium-environment-'));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  function run(program: string, variable = 'PROMETHEUS_MULTIPROC_DIR'): string {
    const { PROMETHEUS_MULTIPROC_DIR: _, prometheus_multiproc_dir: __, ...env } = process.env;
    const { stdout, stderr } = spawnSync(
      process.execPath,
      ['--input-type=module', '--eval', program],
      { encoding: 'utf8', env: { ...env, [variable]: folder } },
    );
    equal(stderr, '');
    return stdout;
  }

  it('lets a process that imports an HTTP entry alone show what another counted', () => {
    run(`
      import { Counter } from ${JSON.stringify(join(source, 'node.ts'))};
      new Counter({ name: 'jobs_total', help: 'Jobs.' }).inc(7);`);
    for (const [entry, program] of Object.entries(servers)) {
      const exposition = '# HELP jobs_total Jobs.\n# TYPE jobs_total counter\njobs_total 7\n';
      equal(run(program), exposition, entry);
    }
  });

  it('may be written as Python first had it, in lower case', () => {
    const directory = 'prometheus_multiproc_dir';
    const count = `
      import { Counter } from ${JSON.stringify(join(source, 'node.ts'))};
      new Counter({ name: 'tasks_total', help: 'Tasks.' }).inc(2);`;
    run(count);
    run(count, directory);
    for (const program of Object.values(servers)) {
      match(run(program, directory), /^tasks_total 4$/m);
    }
  });
});

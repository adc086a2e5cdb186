/**
 * The environment variable, whichever entry a program comes in by: a process that only serves, and
 * declares no metric of its own, shows what the others have counted.
 */

import { equal } from 'node:assert/strict';
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

  function run(program: string): string {
    const { stdout, stderr } = spawnSync(
      process.execPath,
      ['--input-type=module', '--eval', program],
      { encoding: 'utf8', env: { ...process.env, PROMETHEUS_MULTIPROC_DIR: folder } },
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
});

import { deepEqual, equal } from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { describe, it, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { EACH, type Shown, WORKERS } from '../../test/processes/clustered-service.ts';
import { open } from '../../test/processes/storage.ts';
import { temporaryFolder } from '../../test/processes/temporary-folder.ts';
import type { ThreadsShown } from '../../test/processes/threaded-service.ts';

/** Runs a service that prints what it showed, with the directory in its environment alone. */
async function run(directory: string, script: string, ...args: string[]): Promise<unknown> {
  const path = fileURLToPath(new URL(`../../test/processes/${script}.ts`, import.meta.url));
  const env = { ...process.env, PROMETHEUS_MULTIPROC_DIR: directory };
  const { stdout } = await promisify(execFile)(process.execPath, [path, ...args], { env });
  return JSON.parse(stdout);
}

async function sidecarShows(context: TestContext, directory: string): Promise<number> {
  const sidecar = open(context, { directory, mapper: 'koffi', readOnly: true });
  const families = await sidecar.collect();
  return families
    .filter(({ name }) => name === 'requests')
    .flatMap(({ samples }) => Array.from(samples, ({ value }) => value))
    .reduce((sum, value) => sum + value, 0);
}

describe('A service on node:cluster', () => {
  for (const ending of ['kill', 'exit']) {
    it(`shows one sum in primary and workers, and the same after the workers' end by ${ending}`, async (context) => {
      const directory = temporaryFolder(context);
      const counted = EACH * ((WORKERS * (WORKERS + 1)) / 2);
      const requests = [
        `requests_total{role="primary"} ${EACH}`,
        `requests_total{role="worker"} ${counted}`,
      ];
      deepEqual(await run(directory, 'clustered-service', ending), {
        worker: [`busy ${WORKERS + 1}`, ...requests],
        primary: [`busy ${WORKERS + 1}`, ...requests],
        after: ['busy 1', ...requests],
      } satisfies Shown);
      equal(await sidecarShows(context, directory), EACH + counted);
    });
  }
});

describe('A service on worker threads', () => {
  it('shows the sum of all threads, and the same after each of them was terminated', async (context) => {
    const directory = temporaryFolder(context);
    const { shown, expected } = (await run(directory, 'threaded-service')) as ThreadsShown;
    deepEqual(shown, [expected, expected, expected, expected]);
    const last = expected.at(-1)!;
    equal(await sidecarShows(context, directory), 2 * Number(last.split(' ')[1]));
  });
});

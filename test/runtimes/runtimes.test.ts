/**
 * The built package on every runtime that it is for: loaded both ways, counting, and exposed.
 */

import { equal } from 'node:assert/strict';
import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { type Packed, packed } from '../setup/packed.ts';
import {
  type RuntimeName,
  runtimeBinary,
  runtimeCommand,
  runtimeNames,
} from '../setup/runtimes.ts';

const program = `
const requests = new Counter({ name: 'requests_total', help: 'Requests.', labelNames: ['method'] });
requests.labels('GET').inc();
requests.labels({ method: 'GET' }).inc(2);
const seconds = new Histogram({ name: 'seconds', help: 'Seconds.', buckets: [1, 2] });
seconds.observe(1.5);
toText(REGISTRY).then((text) => console.log(text));
`;

const scripts = {
  'import.mjs': `import { Counter, Histogram, REGISTRY } from 'promethium';\nimport { toText } from 'promethium/exposition';${program}`,
  'require.cjs': `const { Counter, Histogram, REGISTRY } = require('promethium');\nconst { toText } = require('promethium/exposition');${program}`,
};

/** What a scrape shows after this many processes have run the program. */
function exposition(processes: number): string {
  return `# HELP requests_total Requests.
# TYPE requests_total counter
requests_total{method="GET"} ${3 * processes}
# HELP seconds Seconds.
# TYPE seconds histogram
seconds_bucket{le="1.0"} 0
seconds_bucket{le="2.0"} ${processes}
seconds_bucket{le="+Inf"} ${processes}
seconds_sum ${1.5 * processes}
seconds_count ${processes}

`;
}

const library: Packed = packed();
after(library.remove);
for (const [name, text] of Object.entries(scripts)) writeFileSync(join(library.folder, name), text);

/** Runs a script on a runtime, in an environment that names no directory unless told to. */
function run(
  name: RuntimeName,
  script: string,
  directory?: string,
  variable = 'PROMETHEUS_MULTIPROC_DIR',
): string {
  const { PROMETHEUS_MULTIPROC_DIR: _, prometheus_multiproc_dir: __, ...env } = process.env;
  if (directory) env[variable] = directory;
  const [command = '', ...args] = runtimeCommand(name, join(library.folder, script));
  const { stdout, stderr, status }: SpawnSyncReturns<string> = spawnSync(command, args, {
    cwd: library.folder,
    encoding: 'utf8',
    env,
  });
  // With a directory, Node 26 warns on the error stream that its foreign function interface is new.
  return stdout + (directory && status === 0 ? '' : stderr);
}

describe('the built package', () => {
  for (const name of runtimeNames) {
    const skip = runtimeBinary(name) ? false : `${name} is not installed`;
    for (const script of Object.keys(scripts)) {
      it(`counts on ${name} by ${script}`, { skip }, () => {
        equal(run(name, script), exposition(1));
      });
    }

    it(`adds what the processes before it counted on ${name}`, { skip }, () => {
      const directory = mkdtempSync(join(library.folder, 'shared-'));
      equal(run(name, 'import.mjs', directory), exposition(1));
      equal(run(name, 'require.cjs', directory), exposition(2));
      equal(run(name, 'import.mjs', directory, 'prometheus_multiproc_dir'), exposition(3));
    });
  }
});

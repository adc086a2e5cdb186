/**
 * The built package on every runtime that it is for: loaded both ways, counting, and exposed.
 */

import { equal } from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { type Packed, packed } from '../setup/packed.ts';
import { runtimeBinary, runtimeCommand, runtimeNames } from '../setup/runtimes.ts';

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

const exposition = `# HELP requests_total Requests.
# TYPE requests_total counter
requests_total{method="GET"} 3
# HELP seconds Seconds.
# TYPE seconds histogram
seconds_bucket{le="1.0"} 0
seconds_bucket{le="2.0"} 1
seconds_bucket{le="+Inf"} 1
seconds_sum 1.5
seconds_count 1

`;

const library: Packed = packed();
after(library.remove);
for (const [name, text] of Object.entries(scripts)) writeFileSync(join(library.folder, name), text);

describe('the built package counts', () => {
  for (const name of runtimeNames) {
    const skip = runtimeBinary(name) ? false : `${name} is not installed`;
    for (const script of Object.keys(scripts)) {
      it(`on ${name} by ${script}`, { skip }, () => {
        const [command = '', ...args] = runtimeCommand(name, join(library.folder, script));
        const { PROMETHEUS_MULTIPROC_DIR: _, ...env } = process.env;
        const { stdout, stderr } = spawnSync(command, args, {
          cwd: library.folder,
          encoding: 'utf8',
          env,
        });
        equal(stdout + stderr, exposition);
      });
    }
  }
});

/**
 * A process that gives exemplars without pause, for tests that read beside it or after its death.
 *
 * Run with the directory and the mapper as its arguments; says that it is at work over its IPC
 * channel. Each exemplar is the same number in its value, in a label and in the length of another.
 */

import { Counter, Histogram } from '../../src/index.ts';
import { CollectorRegistry } from '../../src/metrics/registry/registry.ts';
import { openMultiprocessStorage } from '../../src/multiprocess/index.ts';
import type { MapperChoice } from '../../src/multiprocess/mapping/mapper-choice.ts';

const [directory = '', mapper = 'auto'] = process.argv.slice(2);
const storage = openMultiprocessStorage({ directory, mapper: mapper as MapperChoice });
const registry = new CollectorRegistry({ storage });
const bytes = new Counter({ name: 'sent_bytes_total', help: 'Sent.', registry });
const sizes = new Histogram({ name: 'sizes', help: 'Sizes.', buckets: [10, 1000], registry });
let next = 0;

function turn(): void {
  for (let i = 0; i < 500; i++) {
    next++;
    const exemplar = { n: next, x: 'x'.repeat(next % 100) };
    bytes.inc(next, { exemplar });
    sizes.observe(next, { exemplar });
  }
  storage.flush();
  setImmediate(turn);
}

turn();
process.send!('at work');

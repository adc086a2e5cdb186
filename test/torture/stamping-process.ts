/**
 * A process that writes behind, for measuring what SIGKILL takes with it: it counts 1 again and again, and
 * says of each when it was. Run with the directory, its own label, and `timer` or `busy`: a count every
 * millisecond or so, or as often as the event loop turns, which then never rests.
 */

import { writeSync } from 'node:fs';
import { CollectorRegistry, Counter } from '../../src/index.ts';
import { openMultiprocessStorage } from '../../src/multiprocess/index.ts';

const [, , directory = '', label = '', work] = process.argv;
const storage = openMultiprocessStorage({ directory, mapper: 'write-behind' });
const registry = new CollectorRegistry({ storage });
const stamps = new Counter({ name: 'stamps', help: 'Stamps.', labelNames: ['of'], registry });
const own = stamps.labels(label);
let count = 0;

function stamp(): void {
  own.inc();
  writeSync(1, `${++count} ${performance.now()}\n`);
}

function turn(): void {
  stamp();
  setImmediate(turn);
}

if (work === 'busy') turn();
else setInterval(stamp, 1);

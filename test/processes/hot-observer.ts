/**
 * A worker thread that observes without pause, in native and in classic buckets, for tests that read
 * beside it. Its histogram gets coarser and finer, and grows; what it counted never gets less.
 *
 * Its `workerData` says where and how; it posts a message once it is at work, and stops when it is
 * terminated.
 */

import { parentPort, workerData } from 'node:worker_threads';
import { CollectorRegistry, Histogram } from '../../src/index.ts';
import { openMultiprocessStorage } from '../../src/multiprocess/index.ts';
import type { MapperChoice } from '../../src/multiprocess/mapping/mapper-choice.ts';

const { directory, mapper } = workerData as { directory: string; mapper: MapperChoice };
const storage = openMultiprocessStorage({ directory, mapper });
const registry = new CollectorRegistry({ storage });
const native = { nativeFactor: 1.01, nativeMaxBuckets: 100, nativeMinResetSeconds: 0 };
const hot = new Histogram({ name: 'hot', help: 'H.', buckets: [1, 10], ...native, registry });
// Others that move about in the file, whose places are used again.
const labelNames = ['a'] as const;
const moving = new Histogram({ name: 'moving', help: 'M.', labelNames, ...native, registry });

let turns = 0;
function turn(): void {
  turns++;
  for (let i = 0; i < 500; i++) hot.observe(Math.abs(Math.sin(turns * 500 + i)) * turns ** 0.5);
  const child = moving.labels(turns % 50);
  for (let i = 0; i < 60; i++) child.observe(1.3 ** i);
  if (turns % 50 > 40) moving.remove((turns % 50) - 40);
  setImmediate(turn);
}

turn();
parentPort!.postMessage('at work');

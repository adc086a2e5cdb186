/**
 * A worker thread that counts, makes and removes series without pause, for tests that read beside it.
 *
 * Its `workerData` says where and how; it posts a message once it is at work, and stops when it is
 * terminated. Whatever a reader sees has to be consistent: a series' label is its only other value.
 */

import { parentPort, workerData } from 'node:worker_threads';
import { openMultiprocessStorage } from '../../src/multiprocess/index.ts';
import type { MapperChoice } from '../../src/multiprocess/mapping/mapper-choice.ts';
import type { Cells } from '../../src/storage/storage.ts';
import { REQUESTS } from './counting-process.ts';

const { directory, mapper } = workerData as { directory: string; mapper: MapperChoice };
const storage = openMultiprocessStorage({ directory, mapper });

/** Series that come and go: the number in the label is the value, from the second write on. */
const coming = storage.declare({ ...REQUESTS, name: 'coming', type: 'gauge' });
const total = storage.declare(REQUESTS).allocate(['/']);

const places: Cells[] = [];
let next = 1;

function turn(): void {
  for (let i = 0; i < 500; i++) {
    total.cells[total.index]! += 1;
    if (places.length > 1000) coming.release(places.shift()!);
    // Labels of many lengths, so that places of several sizes are used again and again.
    const place = coming.allocate([String(next).padStart((next * 7) % 40, '0')]);
    place.cells[place.index] = next++;
    places.push(place);
  }
  storage.flush();
  setImmediate(turn);
}

turn();
parentPort!.postMessage('at work');

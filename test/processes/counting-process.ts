/**
 * A process of a service, made for tests: it counts what it is told to and says when it has.
 *
 * Run with the directory and the mapper as its arguments; spoken to over its IPC channel.
 */

import type { StoredFamily } from '../../src/model/cells.ts';
import { openMultiprocessStorage } from '../../src/multiprocess/index.ts';
import type { MapperChoice } from '../../src/multiprocess/mapping/mapper-choice.ts';
import type { Cells } from '../../src/storage/storage.ts';

/** What the process can be told. Each is answered by the same message once it is done. */
export type Order =
  | { readonly order: 'count'; readonly path: string; readonly amount: number }
  | { readonly order: 'spread'; readonly paths: number }
  | { readonly order: 'set'; readonly value: number }
  | { readonly order: 'exit' };

/** What it counts. */
export const REQUESTS: StoredFamily = {
  name: 'requests',
  type: 'counter',
  help: 'Requests answered.',
  unit: '',
  labelNames: ['path'],
  constantLabels: [],
  bounds: [],
  states: [],
  mode: 'sum',
};

/** What it sets. */
export const CONNECTIONS: StoredFamily = {
  ...REQUESTS,
  name: 'connections',
  type: 'gauge',
  help: 'Open connections.',
  labelNames: [],
  mode: 'livesum',
};

function serve(directory: string, mapper: MapperChoice): void {
  const storage = openMultiprocessStorage({ directory, mapper });
  const requests = storage.declare(REQUESTS);
  const connections = storage.declare(CONNECTIONS).allocate([]);
  const places = new Map<string, Cells>();
  const count = (path: string, amount: number): void => {
    const place = places.get(path) ?? requests.allocate([path]);
    places.set(path, place);
    place.cells[place.index]! += amount;
  };
  process.on('message', (order: Order) => {
    if (order.order === 'exit') process.exit(0);
    if (order.order === 'set') connections.cells[connections.index] = order.value;
    if (order.order === 'count') count(order.path, order.amount);
    if (order.order === 'spread') for (let i = 0; i < order.paths; i++) count(`/${i}`, 1);
    process.send!(order);
  });
  process.send!({ order: 'ready' });
}

const [, script, directory, mapper] = process.argv;
if (script?.includes('counting-process')) {
  serve(directory!, mapper as MapperChoice);
}

/**
 * A process that forks another one like it, made for tests: both count, set a live gauge and wait to be
 * killed. Each prints its process id, once it has.
 *
 * Run with the directory and the mapper as its arguments.
 */

import { fork } from 'node:child_process';
import { type MapperChoice, openMultiprocessStorage } from '../../src/multiprocess/index.ts';
import { CONNECTIONS, REQUESTS } from './counting-process.ts';

const [, script, directory, mapper] = process.argv;
const storage = openMultiprocessStorage({
  directory: directory!,
  mapper: mapper as MapperChoice,
});
const isChild = process.send !== undefined;
const requests = storage.declare(REQUESTS).allocate([isChild ? '/child' : '/parent']);
requests.cells[requests.index]! += 1;
const connections = storage.declare(CONNECTIONS).allocate([]);
connections.cells[connections.index] = isChild ? 10 : 1;
storage.flush();
process.stdout.write(`${process.pid}\n`);
// With all that the parent has open at this moment.
if (!isChild) fork(script!, [directory!, mapper!]);
process.on('message', () => {});
setInterval(() => {}, 60_000);
// The parent is gone, and with it the channel: the child stays.
process.on('disconnect', () => {});

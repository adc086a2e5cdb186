/**
 * A process, or a thread, that takes the lock of whoever folds, made for tests: it says `held` and keeps
 * it until it is killed or terminated. The arguments: the directory and the mapper.
 */

import { isMainThread } from 'node:worker_threads';
import { FoldLock, HolderWatch } from '../../src/multiprocess/folding/fold-lock.ts';
import {
  type MapperChoice,
  MapperSelection,
} from '../../src/multiprocess/mapping/mapper-choice.ts';
import { newId } from '../../src/multiprocess/segment/segment-id.ts';
import { currentIdentity } from '../../src/multiprocess/system/process-identity.ts';

const [, , directory, choice] = process.argv;
const { mapper } = new MapperSelection(choice as MapperChoice);
const about = { directory: directory!, mapper, self: currentIdentity(), watch: new HolderWatch() };
const lock = FoldLock.take({ ...about, id: newId() });
// Keeps a thread alive on Bun too; a process ends with whoever started it.
setInterval(() => {}, 60_000);
if (isMainThread) process.stdin.resume().once('end', () => process.exit());
process.stdout.write(lock === undefined ? 'refused\n' : 'held\n');

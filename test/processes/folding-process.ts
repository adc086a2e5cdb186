/**
 * A process that folds a directory once, made for tests, and kills itself at a step of it.
 *
 * The arguments: the directory, the step at which it dies by SIGKILL ('' for none), how often the
 * step comes before that, and the mapper. It prints how many processes it folded.
 */

import { Folding } from '../../src/multiprocess/folding/folding.ts';
import {
  type MapperChoice,
  MapperSelection,
} from '../../src/multiprocess/mapping/mapper-choice.ts';
import { DirectoryReader } from '../../src/multiprocess/reading/directory-reader.ts';
import { hostClock } from '../../src/multiprocess/system/host-clock.ts';
import { Pace } from '../../src/multiprocess/system/pace.ts';
import { currentIdentity } from '../../src/multiprocess/system/process-identity.ts';

const [, , directory, fatal, before, mapper] = process.argv;
let left = Number(before);
const options = {
  directory: directory!,
  mapper: new MapperSelection(mapper as MapperChoice).mapper,
  self: currentIdentity(),
  clock: hostClock(),
};
const reader = new DirectoryReader(options);
const folding = new Folding({
  ...options,
  reader,
  fileMode: 0o600,
  onStep(step) {
    if (step === fatal && left-- === 0) process.kill(process.pid, 'SIGKILL');
  },
});
await reader.read({ own: undefined, missing: false }, new Pace());
console.log(await folding.run(new Pace()));

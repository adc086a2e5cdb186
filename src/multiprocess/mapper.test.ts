import { deepEqual, equal, throws } from 'node:assert/strict';
import { closeSync, openSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { temporaryFolder } from '../../test/processes/temporary-folder.ts';
import { koffiMapper } from './map-koffi.ts';
import { nodeFfiMapper } from './map-node-ffi.ts';
import { createMapper, type ForeignFunctions, type Mapper } from './mapper.ts';
import { loadMapper } from './mapper-choice.ts';
import { OwnFile } from './own-file.ts';
import { currentIdentity } from './process-identity.ts';

const hasNodeFfi = Number(process.versions.node.split('.')[0]) >= 26;
const MAPPERS: readonly [name: string, load: () => Mapper, skip: string | false][] = [
  ['koffi', koffiMapper, false],
  ['node:ffi', nodeFfiMapper, hasNodeFfi ? false : 'Node 26 and later have node:ffi'],
];

for (const [name, load, skip] of MAPPERS) {
  describe(`The mapper on ${name}`, { skip }, () => {
    it('maps a part of a file, so that each sees what the other writes', (context) => {
      const path = join(temporaryFolder(context), 'file');
      writeFileSync(path, new Uint8Array(131_072));
      const fd = openSync(path, 'r+');
      context.after(() => closeSync(fd));
      const bytes = new Uint8Array(load().map(fd, 65_536, 65_536));
      bytes[1] = 7;
      equal(readFileSync(path)[65_537], 7);
      equal(bytes.length, 65_536);
    });

    it('refuses what the system refuses', () => {
      const mapper = load();
      throws(() => mapper.map(-1, 0, 65_536), {
        name: 'MetricsError',
        code: 'MAPPING_FAILED',
        message: `mapper "${mapper.name}": cannot map 65536 bytes at 0, expected an address, got MAP_FAILED`,
      });
    });

    it('locks a file for one descriptor, until that is closed', (context) => {
      const path = join(temporaryFolder(context), 'file');
      const mapper = load();
      const writer = openSync(path, 'w');
      const reader = openSync(path, 'r');
      context.after(() => closeSync(reader));
      equal(mapper.isUnlocked(reader), true);
      equal(mapper.lock(writer), true);
      equal(mapper.isUnlocked(reader), false);
      equal(mapper.lock(reader), false);
      closeSync(writer);
      equal(mapper.isUnlocked(reader), true);
    });
  });
}

describe('OwnFile with a mapper that maps something else', () => {
  it('finds out, and leaves nothing behind', (context) => {
    const directory = temporaryFolder(context);
    const foreign: ForeignFunctions = {
      name: 'koffi',
      mmap: () => 4096n,
      flock: () => 0,
      view: (_address, length) => new ArrayBuffer(length),
    };
    const options = { identity: currentIdentity(), startTime: 0, clock: () => 0 };
    throws(() => new OwnFile({ ...options, directory, mapper: createMapper(foreign) }), {
      code: 'MAPPING_FAILED',
      message: 'mapper "koffi": does not reach the file, expected to read back what was written',
    });
    deepEqual(readdirSync(directory), []);
  });
});

describe('loadMapper', () => {
  it('takes koffi where it is installed', () => {
    equal(loadMapper('auto')?.name, 'koffi');
  });

  it('maps nothing when it is told to write behind', () => {
    equal(loadMapper('write-behind'), undefined);
  });
});

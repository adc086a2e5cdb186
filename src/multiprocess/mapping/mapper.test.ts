import { deepEqual, equal, throws } from 'node:assert/strict';
import {
  closeSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { temporaryFolder } from '../../../test/processes/temporary-folder.ts';
import { MetricsError } from '../../model/error.ts';
import { currentIdentity } from '../system/process-identity.ts';
import { OwnFile } from '../writing/own-file.ts';
import { koffiMapper } from './map-koffi.ts';
import { nodeFfiMapper } from './map-node-ffi.ts';
import { createMapper, type ForeignFunctions, type Mapper } from './mapper.ts';
import { MapperSelection } from './mapper-choice.ts';

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

    it('puts another file in the place of a mapped one, under the same views', (context) => {
      const [one, other] = ['one', 'other'].map((name) => {
        const path = join(temporaryFolder(context), name);
        writeFileSync(path, new Uint8Array(131_072));
        const fd = openSync(path, 'r+');
        context.after(() => closeSync(fd));
        return { path, fd };
      }) as [{ path: string; fd: number }, { path: string; fd: number }];
      const mapper = load();
      const buffer = mapper.map(one.fd, 65_536, 65_536);
      const bytes = new Uint8Array(buffer);
      bytes[1] = 7;
      writeSync(other.fd, Uint8Array.of(8), 0, 1, 65_537);
      mapper.remap(buffer, other.fd, 65_536);
      equal(bytes[1], 8);
      bytes[1] = 9;
      equal(readFileSync(one.path)[65_537], 7);
      equal(readFileSync(other.path)[65_537], 9);
      throws(() => mapper.remap(buffer, -1, 65_536), { code: 'MAPPING_FAILED' });
      equal(bytes[1], 9);
    });

    it('refuses what the system refuses', () => {
      const mapper = load();
      throws(() => mapper.map(-1, 0, 65_536), {
        name: 'MetricsError',
        code: 'MAPPING_FAILED',
        message: `mapper "${mapper.name}": cannot map 65536 bytes at 0 with version ${mapper.version}, expected an address, got MAP_FAILED`,
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
      version: '3.3.9',
      mmap: () => 4096n,
      flock: () => 0,
      view: (_address, length) => new ArrayBuffer(length),
    };
    const options = { identity: currentIdentity(), startTime: 0, clock: () => 0, fileMode: 0o600 };
    throws(() => new OwnFile({ ...options, directory, mapper: createMapper(foreign) }), {
      code: 'MAPPING_FAILED',
      message:
        'mapper "koffi": does not reach the file, expected to read back what was written, got something else with version 3.3.9',
    });
    deepEqual(readdirSync(directory), []);
  });
});

/** A folder in which somebody has installed this as koffi. */
function installed(context: TestContext, version: string, program: string): string {
  const folder = temporaryFolder(context);
  const koffi = join(folder, 'node_modules', 'koffi');
  mkdirSync(koffi, { recursive: true });
  writeFileSync(join(koffi, 'package.json'), JSON.stringify({ name: 'koffi', version }));
  writeFileSync(join(koffi, 'index.js'), program);
  return join(folder, 'package.json');
}

describe('koffiMapper', () => {
  const refuses = (from: string, message: string): void =>
    throws(() => koffiMapper([from]), { name: 'MetricsError', code: 'MAPPING_FAILED', message });

  it('refuses a koffi that is too old, by its version', (context) => {
    refuses(
      installed(context, '2.16.3', 'exports.version = "2.16.3";'),
      'mapper "koffi": cannot be used, expected koffi 3.3 or newer, got 2.16.3: too old',
    );
    refuses(
      installed(context, '3.2.9', 'exports.version = "3.2.9";'),
      'mapper "koffi": cannot be used, expected koffi 3.3 or newer, got 3.2.9: too old',
    );
  });

  it('refuses one that cannot be loaded, in the first line of its own words', (context) => {
    refuses(
      installed(context, '3.3.4', 'throw new Error("No native module\\nDid you bundle it?");'),
      'mapper "koffi": cannot be used, expected koffi 3.3 or newer, got 3.3.4: No native module',
    );
    refuses(
      installed(context, '3.4.0', 'exports.version = "3.4.0"; exports.load = () => ({});'),
      'mapper "koffi": cannot be used, expected koffi 3.3 or newer, got 3.4.0: process.func is not a function',
    );
  });

  it('goes on to the next place that has one', (context) => {
    const old = installed(context, '2.16.3', 'exports.version = "2.16.3";');
    equal(koffiMapper([old, import.meta.url]).name, 'koffi');
  });

  it('says what the module loader says where there is none', (context) => {
    const nowhere = join(temporaryFolder(context), 'package.json');
    throws(() => koffiMapper([nowhere]), { code: 'MODULE_NOT_FOUND' });
  });
});

describe('MapperSelection', () => {
  const missing = (): never => {
    throw new TypeError('not there');
  };
  const broken = new MetricsError('MAPPING_FAILED', 'mapper "koffi": does not work');
  const works = { ...koffiMapper(), name: 'node-ffi' } as const;

  it('takes koffi where it is installed', () => {
    equal(new MapperSelection('auto').mapper?.name, 'koffi');
  });

  it('maps nothing when it is told to write behind', () => {
    const selection = new MapperSelection('write-behind');
    equal(selection.mapper, undefined);
    deepEqual(selection.refused, []);
  });

  it('passes over what is not there, without a word', () => {
    const selection = new MapperSelection('auto', { koffi: missing, 'node-ffi': () => works });
    equal(selection.mapper, works);
    deepEqual(selection.refused, []);
  });

  it('passes over what is there and cannot be loaded, and remembers why', () => {
    const koffi = (): never => {
      throw broken;
    };
    const selection = new MapperSelection('auto', { koffi, 'node-ffi': () => works });
    equal(selection.mapper, works);
    deepEqual(selection.refused, [broken]);
  });

  it('goes on to the next when one fails at work, and ends with none', () => {
    const loaders = { koffi: koffiMapper, 'node-ffi': () => works };
    const selection = new MapperSelection('auto', loaders);
    equal(selection.mapper?.name, 'koffi');
    selection.refuse(broken);
    equal(selection.mapper, works);
    const other = new MetricsError('MAPPING_FAILED', 'mapper "node-ffi": does not work');
    selection.refuse(other);
    equal(selection.mapper, undefined);
    deepEqual(selection.refused, [broken, other]);
  });

  it('takes the one that is asked for and no other', () => {
    const selection = new MapperSelection('koffi', { koffi: missing, 'node-ffi': () => works });
    equal(selection.mapper, undefined);
    equal(
      selection.refused[0]?.message,
      'mapper "koffi": cannot be loaded, expected it to be installed and allowed, got not there',
    );
  });
});

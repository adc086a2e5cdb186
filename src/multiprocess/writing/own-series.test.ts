import { deepEqual, equal } from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { CONNECTIONS, REQUESTS } from '../../../test/processes/counting-process.ts';
import { lines, open } from '../../../test/processes/storage.ts';
import { temporaryFolder } from '../../../test/processes/temporary-folder.ts';
import { warnings } from '../../../test/processes/warnings.ts';
import { koffiMapper } from '../mapping/map-koffi.ts';
import type { Mapper } from '../mapping/mapper.ts';
import {
  type MapperChoice,
  type MapperLoaders,
  MapperSelection,
} from '../mapping/mapper-choice.ts';
import { currentIdentity } from '../system/process-identity.ts';
import { Warnings } from '../system/warnings.ts';
import { OwnSeries } from './own-series.ts';

function create(
  context: TestContext,
  directory: string,
  loaders: MapperLoaders,
  choice: MapperChoice = 'auto',
): OwnSeries {
  const own = new OwnSeries({
    directory,
    readOnly: false,
    fileMode: 0o600,
    flushIntervalMs: 50,
    mappers: new MapperSelection(choice, loaders),
    identity: currentIdentity(),
    clock: () => 5,
    warnings: new Warnings(),
  });
  context.after(() => own.close());
  return own;
}

/** Counts one request and shows what others see of it. */
async function countOne(
  context: TestContext,
  own: OwnSeries,
  directory: string,
): Promise<string[]> {
  const { cells, index } = own.declare(REQUESTS).allocate(['/']);
  cells[index]! += 1;
  own.flush();
  const sidecar = open(context, { directory, mapper: 'koffi', readOnly: true });
  return lines(await sidecar.collect());
}

/** A mapper that maps something else than the file. */
function outdated(): Mapper {
  return { ...koffiMapper(), map: (_fd, _offset, length) => new ArrayBuffer(length) };
}

const MISSING = (): never => {
  throw new TypeError('not there');
};

describe('OwnSeries', () => {
  const counted = ['requests_total{"path":"/"} 1'];
  const doesNotReach = (name: string): string =>
    `mapper "${name}": does not reach the file, expected to read back what was written, got something else with version ${koffiMapper().version}`;
  const writtenBehind = (directory: string, got: string): string =>
    `PROMETHIUM_WRITE_BEHIND: directory "${directory}": its file is written behind, so that SIGKILL can lose what was counted in the last 50 ms, or for as long as the event loop was blocked, expected something that maps files (npm install koffi, version 3.3 or newer), got ${got}`;

  it('goes on to the next mapper when one does not reach the file, and says which', async (context) => {
    const said = warnings(context);
    const directory = temporaryFolder(context);
    const nodeFfi = (): Mapper => ({ ...koffiMapper(), name: 'node-ffi' });
    const own = create(context, directory, { koffi: outdated, 'node-ffi': nodeFfi });
    deepEqual(await countOne(context, own, directory), counted);
    await setImmediate();
    deepEqual(said, [`MAPPING_FAILED: ${doesNotReach('koffi')}`]);
  });

  it('writes behind when no mapper works, and says in one warning why and what it costs', async (context) => {
    const said = warnings(context);
    const directory = temporaryFolder(context);
    const own = create(context, directory, { koffi: outdated, 'node-ffi': MISSING });
    deepEqual(await countOne(context, own, directory), counted);
    equal(own.unshared, 0);
    await setImmediate();
    deepEqual(said, [writtenBehind(directory, doesNotReach('koffi'))]);
  });

  it('says that it writes behind where nothing is installed, with the first metric', async (context) => {
    const said = warnings(context);
    const directory = temporaryFolder(context);
    const own = create(context, directory, { koffi: MISSING, 'node-ffi': MISSING });
    own.declare(CONNECTIONS);
    await setImmediate();
    deepEqual(said, []);
    deepEqual(await countOne(context, own, directory), counted);
    await setImmediate();
    deepEqual(said, [writtenBehind(directory, 'none')]);
  });

  it('says nothing of it where that was asked for', async (context) => {
    const said = warnings(context);
    const directory = temporaryFolder(context);
    const own = create(context, directory, {}, 'write-behind');
    deepEqual(await countOne(context, own, directory), counted);
    await setImmediate();
    deepEqual(said, []);
  });
});

import { deepEqual, equal, ok } from 'node:assert/strict';
import fs, { readdirSync, readFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { REQUESTS } from '../../test/processes/counting-process.ts';
import { forkCounting } from '../../test/processes/fork-counting.ts';
import { lines, open } from '../../test/processes/storage.ts';
import { temporaryFolder } from '../../test/processes/temporary-folder.ts';
import { warnings } from '../../test/processes/warnings.ts';
import type { MultiprocessStorage } from './multiprocess-storage.ts';
import { WORD } from './segment/segment.ts';
import { newId } from './segment/segment-id.ts';
import { SegmentWriter } from './segment/segment-writer.ts';
import { currentIdentity } from './system/process-identity.ts';
import { SegmentFile } from './writing/segment-file.ts';
import { WriteBehindSpace } from './writing/write-behind-space.ts';
import { WriteBehindTimer } from './writing/write-behind-timer.ts';

/** Scrapes until the lines are these; after two seconds they have to be. */
async function becomes(storage: MultiprocessStorage, expected: readonly string[]): Promise<void> {
  const deadline = performance.now() + 2000;
  for (;;) {
    const shown = lines(await storage.collect());
    if (performance.now() > deadline) return deepEqual(shown, expected);
    if (JSON.stringify(shown) === JSON.stringify(expected)) return;
    await setTimeout(5);
  }
}

describe('MultiprocessStorage that writes behind', () => {
  const mapper = 'write-behind';

  it('says once that it cannot write, and writes when it can', async (context) => {
    const said = warnings(context);
    const directory = temporaryFolder(context);
    const storage = open(context, { directory, mapper });
    const sidecar = open(context, { directory, mapper, readOnly: true });
    const { cells, index } = storage.declare(REQUESTS).allocate(['/']);
    const [name] = readdirSync(directory);
    const full = context.mock.method(fs, 'writeSync', () => {
      throw Object.assign(new Error('disk'), { code: 'ENOSPC' });
    });
    syncBuiltinESMExports();
    cells[index] = 4;
    storage.flush();
    storage.flush();
    full.mock.restore();
    syncBuiltinESMExports();
    deepEqual(lines(await sidecar.collect()), []);
    storage.flush();
    deepEqual(lines(await sidecar.collect()), ['requests_total{"path":"/"} 4']);
    await setTimeout(0);
    deepEqual(said, [
      `WRITE_FAILED: file "${join(directory, name!)}": cannot be written, expected to write behind, got ENOSPC`,
    ]);
  });

  it('shows what it counted to others as soon as it is flushed', async (context) => {
    const directory = temporaryFolder(context);
    const storage = open(context, { directory, mapper });
    const sidecar = open(context, { directory, mapper, readOnly: true });
    const { cells, index } = storage.declare(REQUESTS).allocate(['/']);
    cells[index] = 4;
    deepEqual(lines(await sidecar.collect()), []);
    storage.flush();
    deepEqual(lines(await sidecar.collect()), ['requests_total{"path":"/"} 4']);
  });

  it('has what a scrape of its own showed in the file, for the next one to ask another process', async (context) => {
    // So long that nothing but the scrape writes.
    const directory = temporaryFolder(context);
    const storage = open(context, { directory, mapper, flushIntervalMs: 600_000 });
    const sidecar = open(context, { directory, mapper, readOnly: true });
    const { cells, index } = storage.declare(REQUESTS).allocate(['/']);
    for (let value = 1; value <= 3; value++) {
      cells[index] = value;
      const shown = lines(await storage.collect());
      deepEqual(shown, [`requests_total{"path":"/"} ${value}`]);
      deepEqual(lines(await sidecar.collect()), shown);
    }
  });

  it('shows it in a short while of its own accord', async (context) => {
    const directory = temporaryFolder(context);
    const sidecar = open(context, { directory, mapper: 'koffi', readOnly: true });
    const counting = await forkCounting(context, { directory, mapper });
    await counting.count('/', 3);
    await becomes(sidecar, ['connections{} 0', 'requests_total{"path":"/"} 3']);
    await counting.count('/', 4);
    await becomes(sidecar, ['connections{} 0', 'requests_total{"path":"/"} 7']);
  });

  it('loses nothing when the process exits', async (context) => {
    const directory = temporaryFolder(context);
    const sidecar = open(context, { directory, mapper: 'koffi', readOnly: true });
    const counting = await forkCounting(context, { directory, mapper });
    await counting.count('/', 3);
    await counting.exit();
    deepEqual(lines(await sidecar.collect()), ['requests_total{"path":"/"} 3']);
  });

  it('adds up with processes that map', async (context) => {
    const directory = temporaryFolder(context);
    const storage = open(context, { directory, mapper: 'koffi' });
    const counting = await forkCounting(context, { directory, mapper });
    await counting.count('/', 3);
    const { cells, index } = storage.declare(REQUESTS).allocate(['/']);
    cells[index] = 4;
    await becomes(storage, ['connections{} 0', 'requests_total{"path":"/"} 7']);
  });
});

describe('WriteBehindSpace', () => {
  function create(context: TestContext): { file: SegmentFile; space: WriteBehindSpace } {
    const file = new SegmentFile(temporaryFolder(context), newId(), 0o600);
    context.after(() => file.close());
    return { file, space: new WriteBehindSpace(file) };
  }

  it('writes records before the length that covers them, and the epoch around them', (context) => {
    const { file, space } = create(context);
    const header = { ...currentIdentity(), id: newId(), startTime: 0, locked: false };
    const writer = new SegmentWriter(space, header);
    const ref = writer.declare(REQUESTS);
    const places = Array.from({ length: 3000 }, (_, i) =>
      writer.allocate(ref, [`/${i}`], undefined),
    );
    space.flush();
    writer.release(places[2000]!);
    const offsets: (number | string)[] = [];
    const write = context.mock.method(file, 'write', (bytes: Uint8Array, offset: number) => {
      const epoch = new Int32Array(bytes.slice(0, 32).buffer)[offset === 20 ? 0 : WORD.epoch];
      offsets.push(offset === 0 || offset === 20 ? `${offset}: epoch ${epoch}` : offset);
    });
    space.flush();
    deepEqual(offsets, ['20: epoch 3', 65_536, '0: epoch 4']);
    space.flush();
    equal(write.mock.callCount(), 3);
  });

  it('writes what it kept, to the byte', (context) => {
    const { file, space } = create(context);
    const segments = [65_536, 65_536, 131_072].map((length) => new Uint8Array(space.grow(length)));
    for (const segment of segments) segment.fill(7, 1, segment.length - 1);
    space.flush();
    ok(Buffer.from(file.read(0, 262_144)).equals(Buffer.concat(segments)));
    segments[2]![5] = 9;
    space.flush();
    ok(Buffer.from(file.read(0, 262_144)).equals(Buffer.concat(segments)));
    equal(readFileSync(`${file.path}.new`).length, 262_144);
  });
});

describe('WriteBehindTimer', () => {
  it('passes after the event loop turned, once for many turns, and not when it is stopped', async (context) => {
    let passes = 0;
    const timer = new WriteBehindTimer(() => passes++, 20);
    context.after(() => timer.stop());
    const begin = performance.now();
    while (passes === 0) await setTimeout(1);
    ok(performance.now() - begin >= 19);
    while (passes === 1) await setTimeout(1);
    ok(performance.now() - begin >= 38);
    timer.stop();
    await setTimeout(60);
    equal(passes, 2);
  });

  it('does not pass while nothing happens', async (context) => {
    let passes = 0;
    const timer = new WriteBehindTimer(() => passes++, 5);
    context.after(() => timer.stop());
    // One turn at the beginning of the wait and one at its end, however long it is.
    await setTimeout(100);
    ok(passes <= 4, `${passes} passes`);
  });
});

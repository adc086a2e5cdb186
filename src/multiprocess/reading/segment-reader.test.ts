import { deepEqual, equal, ok, rejects } from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { CONNECTIONS, REQUESTS } from '../../../test/processes/counting-process.ts';
import { temporaryFolder } from '../../../test/processes/temporary-folder.ts';
import type { Contribution } from '../../aggregate/contribution.ts';
import { koffiMapper } from '../mapping/map-koffi.ts';
import { recordWord, WORD } from '../segment/segment.ts';
import { UnreadableError, type UnreadableReason } from '../segment/unreadable.ts';
import { Pace } from '../system/pace.ts';
import { currentIdentity } from '../system/process-identity.ts';
import { OwnFile } from '../writing/own-file.ts';
import { SegmentReader } from './segment-reader.ts';

const IDENTITY = currentIdentity();

function write(context: TestContext, closeAfter = true): OwnFile {
  const file = new OwnFile({
    directory: temporaryFolder(context),
    fileMode: 0o600,
    mapper: koffiMapper(),
    identity: IDENTITY,
    startTime: 1000,
    clock: () => 5,
  });
  if (closeAfter) context.after(() => file.close());
  return file;
}

function read({ path, id }: Pick<OwnFile, 'path' | 'id'>): Promise<Contribution | undefined> {
  return new SegmentReader({ path, id, mapper: undefined, self: IDENTITY }).read(new Pace());
}

/** What a contribution holds, by family and label values. */
function numbers(contribution: Contribution | undefined): Record<string, number> {
  return Object.fromEntries(
    contribution!.families.flatMap(({ family, series }) =>
      series.map(({ labelValues, index }) => [
        [family.name, ...labelValues].join(),
        contribution!.values[index]!,
      ]),
    ),
  );
}

/** A file with two families and three series, and its bytes up to the last record. */
function example(context: TestContext, closeAfter = true): { file: OwnFile; bytes: Buffer } {
  const file = write(context, closeAfter);
  const { writer } = file;
  const requests = writer.declare(REQUESTS);
  for (const [i, path] of ['/', '/a'].entries()) {
    const { cells, index } = writer.allocate(requests, [path], undefined);
    cells[index] = i + 1;
  }
  const { cells, index } = writer.allocate(writer.declare(CONNECTIONS), [], undefined);
  cells[index] = 3;
  return { file, bytes: readFileSync(file.path).subarray(0, writer.published) };
}

const EXAMPLE = { 'requests,/': 1, 'requests,/a': 2, connections: 3 };

describe('SegmentReader', () => {
  it('reads who writes, since when, and what was counted', async (context) => {
    const { file } = example(context);
    const contribution = await read(file);
    deepEqual(numbers(contribution), EXAMPLE);
    const { id, process: label, alive, startTime, families } = contribution!;
    deepEqual(
      { id, label, alive, startTime },
      { id: file.id, label: String(process.pid), alive: true, startTime: 1000 },
    );
    deepEqual(
      families.map(({ family }) => family),
      [REQUESTS, CONNECTIONS],
    );
  });

  it('finds what was added since, and keeps its revision while only numbers change', async (context) => {
    const { file } = example(context);
    const { path, id } = file;
    const reader = new SegmentReader({ path, id, mapper: undefined, self: IDENTITY });
    const first = await reader.read(new Pace());
    const ref = file.writer.declare(REQUESTS);
    const second = await reader.read(new Pace());
    equal(second!.revision, first!.revision);
    const { cells, index } = file.writer.allocate(ref, ['/b'], undefined);
    cells[index] = 4;
    const third = await reader.read(new Pace());
    ok(third!.revision > first!.revision);
    deepEqual(numbers(third), { ...EXAMPLE, 'requests,/b': 4 });
  });

  it('reads a file that has grown over many segments', async (context) => {
    const file = write(context);
    const ref = file.writer.declare(REQUESTS);
    const expected: Record<string, number> = {};
    for (let i = 0; i < 40_000; i++) {
      const { cells, index } = file.writer.allocate(ref, [`/path/${i}`], undefined);
      cells[index] = i;
      expected[`requests,/path/${i}`] = i;
    }
    ok(file.writer.published > 1_048_576);
    deepEqual(numbers(await read(file)), expected);
  });

  it('has nothing to say of a file that is gone', async (context) => {
    equal(await read({ path: join(temporaryFolder(context), 'gone'), id: '' }), undefined);
  });

  it('reads what the dead left once, since it will not change', async (context) => {
    const { file } = example(context, false);
    const mapper = koffiMapper();
    const reader = new SegmentReader({ path: file.path, id: file.id, mapper, self: IDENTITY });
    equal((await reader.read(new Pace()))!.alive, true);
    file.close();
    const final = await reader.read(new Pace());
    equal(final!.alive, false);
    equal(await reader.read(new Pace()), final);
  });

  it('passes over what it does not know: kinds of records, types of families', async (context) => {
    const { file, bytes } = example(context);
    const { writer } = file;
    const family = { ...REQUESTS, name: 'new', type: 'sketch' as 'counter' };
    writer.declare(family);
    const end = writer.published;
    const more = readFileSync(file.path).subarray(0, end + 24);
    more.writeInt32LE(24, end);
    more.writeInt32LE(recordWord(0x77, 24, 0, more, 0, 0), end + 4);
    more.writeInt32LE(more.length, WORD.published * 4);
    ok(end > bytes.length);
    writeFileSync(file.path, more);
    deepEqual(numbers(await read(file)), EXAMPLE);
  });
});

describe('SegmentReader with files that make no sense', () => {
  async function refuses(
    file: Pick<OwnFile, 'path' | 'id'>,
    reason: UnreadableReason,
    message: string,
  ): Promise<void> {
    await rejects(read(file), { reason, message: `file "${file.path}": ${message}` });
  }

  it('refuses a file that ends early, at whichever byte', async (context) => {
    const { file, bytes } = example(context);
    // A path of its own: cutting short a file that is mapped would kill this process.
    const path = join(temporaryFolder(context), 'cut');
    for (let length = 0; length < bytes.length; length++) {
      writeFileSync(path, bytes.subarray(0, length));
      await rejects(read({ path, id: file.id }), (error: UnreadableError) => {
        equal(error.reason, length === 0 ? 'empty' : 'truncated');
        return true;
      });
    }
    writeFileSync(path, bytes.subarray(0, 255));
    await refuses(
      { path, id: file.id },
      'truncated',
      'is truncated, expected a header of 256 bytes, got 255',
    );
    writeFileSync(path, bytes.subarray(0, 256));
    await refuses(
      { path, id: file.id },
      'truncated',
      `is truncated, expected ${bytes.length} bytes, got 256`,
    );
  });

  it('reads or refuses a file with a bit flipped, in whichever byte', async (context) => {
    const { file, bytes } = example(context);
    const path = join(temporaryFolder(context), 'flipped');
    const names = Object.keys(EXAMPLE).sort();
    let refused = 0;
    for (let at = 0; at < bytes.length; at++) {
      const flipped = Buffer.from(bytes);
      flipped[at]! ^= 1 << ((at * 5) % 8);
      writeFileSync(path, flipped);
      try {
        deepEqual(Object.keys(numbers(await read({ path, id: file.id }))).sort(), names);
      } catch (error) {
        if (!(error instanceof UnreadableError)) throw error;
        refused++;
      }
    }
    ok(refused > 0);
  });

  it('refuses a newer version of the format', async (context) => {
    const { file, bytes } = example(context);
    const path = join(temporaryFolder(context), 'newer');
    bytes.writeInt32LE(2, WORD.version * 4);
    writeFileSync(path, bytes);
    await refuses(
      { path, id: file.id },
      'newer',
      'is of a newer format, expected version 1, got 2',
    );
  });

  it('refuses a copy, which would count everything twice', async (context) => {
    const { file, bytes } = example(context);
    const path = join(temporaryFolder(context), 'copy');
    writeFileSync(path, bytes);
    await refuses(
      { path, id: 'other' },
      'foreign',
      `is a copy, expected the id of its name, got ${file.id}`,
    );
  });

  it('names the byte at which a file is corrupt', async (context) => {
    const { file, bytes } = example(context);
    const path = join(temporaryFolder(context), 'corrupt');
    bytes.writeInt32LE(4, 256);
    writeFileSync(path, bytes);
    await refuses(
      { path, id: file.id },
      'corrupt',
      `is corrupt at byte 256, expected a record with a length from 8 to ${bytes.length - 256}, got 4`,
    );
  });

  it('shows the checksum that it expected', async (context) => {
    const { file, bytes } = example(context);
    const path = join(temporaryFolder(context), 'flipped');
    const word = bytes.readUInt32LE(260);
    bytes.writeUInt32LE((word ^ 0x100) >>> 0, 260);
    writeFileSync(path, bytes);
    const expected = (word >>> 8).toString(16).padStart(6, '0');
    const got = ((word >>> 8) ^ 1).toString(16).padStart(6, '0');
    await refuses(
      { path, id: file.id },
      'corrupt',
      `is corrupt at byte 256, expected a record with checksum ${expected}, got ${got}`,
    );
  });

  it('does not wait for somebody to write into a pipe', { timeout: 10_000 }, async (context) => {
    if (process.platform === 'win32') return context.skip('needs mkfifo');
    const path = join(temporaryFolder(context), 'pipe');
    execFileSync('mkfifo', [path]);
    await refuses(
      { path, id: '' },
      'foreign',
      'is not a file of metrics, expected a regular file, got a pipe',
    );
  });

  it('says what the system does not let it read', async (context) => {
    const path = temporaryFolder(context);
    await refuses(
      { path, id: '' },
      'inaccessible',
      'cannot be read, expected its contents, got EISDIR',
    );
  });

  const isRoot = process.getuid?.() === 0 && 'root may read everything';
  it('says whose file it may not read', { skip: isRoot }, async (context) => {
    const { file, bytes } = example(context);
    writeFileSync(file.path, bytes);
    chmodSync(file.path, 0);
    await refuses(file, 'inaccessible', 'cannot be read, expected its contents, got EACCES');
  });

  it('waits for a writer that is in the middle of a pass', async (context) => {
    const { file, bytes } = example(context);
    const path = join(temporaryFolder(context), 'odd');
    const between = Buffer.from(bytes);
    between.writeInt32LE(1, WORD.epoch * 4);
    between.fill(0, 256);
    writeFileSync(path, between);
    const reading = read({ path, id: file.id });
    bytes.writeInt32LE(2, WORD.epoch * 4);
    writeFileSync(path, bytes);
    deepEqual(numbers(await reading), EXAMPLE);
  });

  it('reads a file that its writer left in the middle of a pass', async (context) => {
    const { file, bytes } = example(context);
    const path = join(temporaryFolder(context), 'odd');
    bytes.writeInt32LE(1, WORD.epoch * 4);
    writeFileSync(path, bytes);
    deepEqual(numbers(await read({ path, id: file.id })), EXAMPLE);
  });
});

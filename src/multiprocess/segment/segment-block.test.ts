import { deepEqual, equal, throws } from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { REQUESTS } from '../../../test/processes/counting-process.ts';
import { currentIdentity } from '../system/process-identity.ts';
import type { Reread } from './block-contents.ts';
import { HeapSpace } from './heap-space.ts';
import { BLOCK_COPY_BYTES, HEADER_BYTES, RECORD_HEADER_BYTES } from './segment.ts';
import { SegmentContents } from './segment-contents.ts';
import { newId } from './segment-id.ts';
import { SegmentWriter } from './segment-writer.ts';
import { UnreadableError } from './unreadable.ts';

function write(): SegmentWriter {
  const identity = { ...currentIdentity(), id: newId(), startTime: 0, locked: false };
  return new SegmentWriter(new HeapSpace(), identity);
}

/** Copies what is there now and parses it; `damage` changes the copy before. */
function read(
  writer: SegmentWriter,
  contents: SegmentContents,
  damage?: (bytes: Buffer) => void,
): string[] {
  contents.reserve(writer.published);
  writer.copyTo(contents.bytes);
  damage?.(contents.bytes);
  for (const _ of contents.parse(HEADER_BYTES, writer.published, writer.epoch));
  refresh(contents);
  return shown(contents);
}

function refresh(contents: SegmentContents, reread?: Reread): void {
  for (const _ of contents.refreshBlocks(reread));
}

function shown({ blocks }: SegmentContents): string[] {
  return blocks.map(({ kind, key, content, isDamaged }) => {
    const text = content === undefined ? 'nothing' : Buffer.from(content).toString();
    return `${kind} ${key}: ${text}${isDamaged ? ' (damaged)' : ''}`;
  });
}

const OPTIONS = { kind: 'test', key: 'a', capacity: 32 };

describe('SegmentBlock', () => {
  it('is read as it was written last', () => {
    const writer = write();
    const contents = new SegmentContents('x');
    const block = writer.allocateBlock(OPTIONS);
    deepEqual(read(writer, contents), ['test a: nothing']);
    for (const text of ['first', 'second, longer', '', 'ü']) {
      block.write(Buffer.from(text));
      deepEqual(read(writer, contents), [`test a: ${text}`]);
    }
    block.write(Buffer.from('some of it'), 4);
    deepEqual(read(writer, contents), ['test a: some']);
  });

  it('hands out the same bytes until it is written anew, which is no new revision', () => {
    const writer = write();
    const contents = new SegmentContents('x');
    const block = writer.allocateBlock(OPTIONS);
    block.write(Buffer.from('one'));
    read(writer, contents);
    const { revision, blocks } = contents;
    const { content } = blocks[0]!;
    writer.allocateBlock({ ...OPTIONS, key: 'b' });
    read(writer, contents);
    equal(blocks[0]!.content, content);
    block.write(Buffer.from('two'));
    read(writer, contents);
    equal(Buffer.from(blocks[0]!.content!).toString(), 'two');
    equal(contents.revision, revision);
  });

  it('moves to where there is room for what is longer', () => {
    const writer = write();
    const contents = new SegmentContents('x');
    const block = writer.allocateBlock(OPTIONS);
    for (const length of [32, 33, 300, 70_000, 3_000_000, 5]) {
      block.write(Buffer.alloc(length, 'x'));
      deepEqual(read(writer, contents), [`test a: ${'x'.repeat(length)}`]);
    }
  });

  it('leaves at most as much behind as it has when it grows on and on', () => {
    const writer = write();
    const block = writer.allocateBlock(OPTIONS);
    for (let length = 0; length <= 1_000_000; length += 1000) block.write(Buffer.alloc(length));
    // Two copies of a MiB, as much again left behind, and what was filled up to segments.
    equal(writer.published <= 6 * 1_048_576, true);
  });

  it('is gone when it is released, and what is written then goes nowhere', () => {
    const writer = write();
    const contents = new SegmentContents('x');
    const block = writer.allocateBlock(OPTIONS);
    block.write(Buffer.from('old'));
    block.release();
    const { published } = writer;
    const other = writer.allocateBlock({ ...OPTIONS, key: 'b' });
    other.write(Buffer.from('new'));
    block.write(Buffer.from('late'));
    block.release();
    deepEqual(read(writer, contents), ['test b: new']);
    equal(writer.published, published);
  });

  it('goes with its series', () => {
    const writer = write();
    const contents = new SegmentContents('x');
    const family = writer.declare(REQUESTS);
    const series = writer.allocate(family, ['/'], undefined);
    const block = writer.allocateBlock({ ...OPTIONS, series });
    const { published } = writer;
    writer.release(series);
    block.write(Buffer.from('late'));
    writer.allocate(family, ['/'], undefined);
    writer.allocateBlock(OPTIONS);
    deepEqual(read(writer, contents), ['test a: nothing']);
    equal(writer.published, published);
  });

  it('refuses a series of another file', () => {
    const other = write();
    const series = other.allocate(other.declare(REQUESTS), ['/'], undefined);
    throws(
      () => write().allocateBlock({ ...OPTIONS, series }),
      new RangeError(
        'block "test": its series is in another file, expected cells of this one, got others',
      ),
    );
  });
});

describe('a block that is read', () => {
  it('is the newest copy that is whole, whatever became of its bytes', () => {
    const texts = fc.array(fc.string({ unit: 'binary', maxLength: 20 }), { minLength: 1 });
    const bits = fc.array(fc.nat(2 * (BLOCK_COPY_BYTES + 64) * 8 - 1), { maxLength: 3 });
    fc.assert(
      fc.property(texts, bits, fc.boolean(), (written, flipped, isRead) => {
        const writer = write();
        const contents = new SegmentContents('x');
        const begin = writer.published + RECORD_HEADER_BYTES;
        const block = writer.allocateBlock({ ...OPTIONS, capacity: 64 });
        for (const text of written) block.write(Buffer.from(text));
        if (isRead) read(writer, contents);
        read(writer, contents, (bytes) => {
          for (const bit of flipped) bytes[begin + (bit >> 3)]! ^= 1 << (bit & 7);
        });
        const { content } = contents.blocks[0]!;
        const text = content && Buffer.from(content).toString();
        const last = Buffer.from(written.at(-1)!).toString();
        const before = written.length > 1 ? Buffer.from(written.at(-2)!).toString() : undefined;
        if (isRead || flipped.length === 0) equal(text, last);
        else equal(text === last || text === before || text === undefined, true);
      }),
    );
  });

  it('says that it is damaged, and costs nothing else', () => {
    const writer = write();
    const contents = new SegmentContents('x');
    const begin = writer.published + RECORD_HEADER_BYTES;
    const block = writer.allocateBlock(OPTIONS);
    const other = writer.allocateBlock({ ...OPTIONS, key: 'b' });
    block.write(Buffer.from('one'));
    other.write(Buffer.from('fine'));
    const damage = (bytes: Buffer): void => {
      bytes[begin + BLOCK_COPY_BYTES]! ^= 1;
      bytes[begin + 2 * BLOCK_COPY_BYTES + 32]! ^= 1;
    };
    deepEqual(read(writer, contents, damage), ['test a: nothing (damaged)', 'test b: fine']);
    deepEqual(read(writer, contents), ['test a: one', 'test b: fine']);
    block.write(Buffer.from('two'));
    deepEqual(read(writer, contents, damage), ['test a: one (damaged)', 'test b: fine']);
  });

  it('is the one before while the newest is half written', () => {
    const writer = write();
    const begin = writer.published + RECORD_HEADER_BYTES;
    const block = writer.allocateBlock(OPTIONS);
    for (const text of ['one', 'two']) block.write(Buffer.from(text));
    const damage = (bytes: Buffer): void => {
      bytes[begin + BLOCK_COPY_BYTES]! ^= 1;
    };
    deepEqual(read(writer, new SegmentContents('x'), damage), ['test a: one']);
  });

  it('is read anew twice while it is half written', () => {
    const writer = write();
    const contents = new SegmentContents('x');
    const begin = writer.published + RECORD_HEADER_BYTES;
    const block = writer.allocateBlock(OPTIONS);
    block.write(Buffer.from('one'));
    // The first write goes to the second copy.
    read(writer, contents, (bytes) => (bytes[begin + 2 * BLOCK_COPY_BYTES + 32]! ^= 1));
    let reads = 0;
    refresh(contents, () => {
      reads++;
      return true;
    });
    equal(reads, 2);
    refresh(contents, () => {
      writer.copyTo(contents.bytes);
      return true;
    });
    deepEqual(shown(contents), ['test a: one']);
  });

  it('is not read anew where its place may be used again', () => {
    const writer = write();
    const contents = new SegmentContents('x');
    const begin = writer.published + RECORD_HEADER_BYTES;
    const block = writer.allocateBlock(OPTIONS);
    block.write(Buffer.from('one'));
    read(writer, contents, (bytes) => (bytes[begin + 2 * BLOCK_COPY_BYTES + 32]! ^= 1));
    let reads = 0;
    refresh(contents, () => {
      reads++;
      return false;
    });
    equal(reads, 1);
    deepEqual(shown(contents), ['test a: nothing (damaged)']);
  });

  it('is the one of two that was written last, as a process leaves them that dies between', () => {
    for (const isFirst of [true, false]) {
      const writer = write();
      const [one, other] = [writer.allocateBlock(OPTIONS), writer.allocateBlock(OPTIONS)];
      const [last, before] = isFirst ? [one, other] : [other, one];
      before.write(Buffer.from('before'));
      last.write(Buffer.from('same'));
      last.write(Buffer.from('last'));
      deepEqual(read(writer, new SegmentContents('x')), ['test a: last']);
    }
  });

  it('is of a file that is corrupt where its kind and key are', () => {
    const writer = write();
    const begin = writer.published;
    writer.allocateBlock(OPTIONS);
    throws(
      () => read(writer, new SegmentContents('x'), (bytes) => (bytes[begin + 8]! ^= 1)),
      (error: Error) => {
        equal(error instanceof UnreadableError, true);
        equal(
          error.message.replace(/[0-9a-f]{6}/g, '…'),
          'file "x": is corrupt at byte 256, expected a record with checksum …, got …',
        );
        return true;
      },
    );
  });
});

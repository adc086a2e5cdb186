import { deepEqual, equal, ok, throws } from 'node:assert/strict';
import { describe, it } from 'node:test';
import { CONNECTIONS, REQUESTS } from '../../../test/processes/counting-process.ts';
import type { ContributedSeries } from '../../aggregate/contribution.ts';
import { currentIdentity } from '../system/process-identity.ts';
import { HeapSpace } from './heap-space.ts';
import type { Space } from './record-places.ts';
import { HEADER_BYTES } from './segment.ts';
import { SegmentContents } from './segment-contents.ts';
import { newId } from './segment-id.ts';
import { SegmentWriter } from './segment-writer.ts';
import { UnreadableError } from './unreadable.ts';

function write(): SegmentWriter {
  return new SegmentWriter(new HeapSpace(), {
    ...currentIdentity(),
    id: newId(),
    startTime: 0,
    locked: false,
  });
}

function copy(writer: SegmentWriter, contents: SegmentContents): void {
  contents.reserve(writer.published);
  writer.copyTo(contents.bytes);
}

/** Parses what is there now; how many times it let others run. */
function parse(writer: SegmentWriter, contents: SegmentContents): number {
  return [...contents.parse(HEADER_BYTES, writer.published, writer.epoch)].length;
}

function labels({ families }: SegmentContents): string[] {
  return families.flatMap(({ family, series }) =>
    series.map(({ labelValues, pairs }) => [family.name, ...labelValues, ...pairs.flat()].join()),
  );
}

describe('SegmentContents', () => {
  it('parses a series once, and all of them again after one was removed', () => {
    const writer = write();
    const ref = writer.declare(REQUESTS);
    const place = writer.allocate(ref, ['/a'], undefined);
    const contents = new SegmentContents('x');
    copy(writer, contents);
    parse(writer, contents);
    const [series] = contents.families[0]!.series;
    writer.allocate(ref, ['/b'], undefined);
    copy(writer, contents);
    parse(writer, contents);
    equal(contents.families[0]!.series[0], series);
    deepEqual(labels(contents), ['requests,/a', 'requests,/b']);
    writer.release(place);
    copy(writer, contents);
    parse(writer, contents);
    deepEqual(labels(contents), ['requests,/b']);
  });

  it('keeps describing labels apart from label values, whatever they hold', () => {
    const writer = write();
    const family = { ...REQUESTS, name: 'build', type: 'info' } as const;
    const long = 'ü\0'.repeat(1000);
    writer.allocate(writer.declare(family), [''], [['', long]]);
    const contents = new SegmentContents('x');
    copy(writer, contents);
    parse(writer, contents);
    const [{ labelValues, pairs }] = contents.families[0]!.series as [ContributedSeries];
    deepEqual({ labelValues, pairs }, { labelValues: [''], pairs: [['', long]] });
  });

  it('lets others run while it parses many records', () => {
    const writer = write();
    const ref = writer.declare(REQUESTS);
    for (let i = 0; i < 5000; i++) writer.allocate(ref, [`/${i}`], undefined);
    const contents = new SegmentContents('x');
    copy(writer, contents);
    ok(parse(writer, contents) >= 5);
    equal(labels(contents).length, 5000);
  });

  it('shows no wrong label, whichever bit of a record is flipped', () => {
    const writer = write();
    const ref = writer.declare(REQUESTS);
    writer.release(writer.allocate(ref, ['/old'], undefined));
    for (const path of ['/', '/abc', '/abcdefghij']) {
      writer.allocate(ref, [path], undefined);
    }
    writer.allocate(writer.declare(CONNECTIONS), [], undefined);
    const expected = ['requests,/', 'requests,/abc', 'requests,/abcdefghij', 'connections'];
    for (let bit = HEADER_BYTES * 8; bit < writer.published * 8; bit++) {
      const contents = new SegmentContents('x');
      copy(writer, contents);
      contents.bytes[bit >> 3]! ^= 1 << (bit & 7);
      try {
        parse(writer, contents);
        deepEqual(labels(contents).sort(), [...expected].sort());
      } catch (error) {
        if (!(error instanceof UnreadableError)) throw error;
        deepEqual(labels(contents), []);
      }
    }
  });
});

describe('SegmentWriter', () => {
  it('takes 56 bytes for a counter with a label of up to 23 characters', () => {
    const writer = write();
    const ref = writer.declare(REQUESTS);
    const before = writer.published;
    writer.allocate(ref, ['/some/path/of/23/letters'.slice(1)], undefined);
    equal(writer.published - before, 56);
  });

  it('writes a family once, however often it is declared', () => {
    const writer = write();
    const ref = writer.declare(REQUESTS);
    const before = writer.published;
    equal(writer.declare({ ...REQUESTS }), ref);
    equal(writer.published, before);
  });

  it('doubles the file up to 1 MiB, then adds as much each time', () => {
    const grown: number[] = [];
    const heap = new HeapSpace();
    const space = {
      grow(length: number): ArrayBuffer {
        grown.push(length / 1024);
        return heap.grow(length);
      },
    };
    const writer = new SegmentWriter(space, {
      ...currentIdentity(),
      id: newId(),
      startTime: 0,
      locked: false,
    });
    const ref = writer.declare(REQUESTS);
    for (let i = 0; i < 80_000; i++) writer.allocate(ref, ['/'], undefined);
    deepEqual(grown, [64, 64, 128, 256, 512, 1024, 1024, 1024]);
  });

  it('makes room for a series that is larger than any segment', () => {
    const writer = write();
    const bounds = Array.from({ length: 200_000 }, (_, i) => i);
    const family = { ...REQUESTS, type: 'histogram', bounds } as const;
    const { cells, index } = writer.allocate(writer.declare(family), ['/'], undefined);
    ok(cells.length - index >= 200_003);
    const contents = new SegmentContents('x');
    copy(writer, contents);
    parse(writer, contents);
    deepEqual(labels(contents), ['requests,/']);
  });
});

describe('SegmentWriter at its limit', () => {
  it('refuses to make a file longer than its lengths can say', () => {
    let large: ArrayBuffer | undefined;
    // One buffer for nearly all of 2 GiB: nobody reads what is written here.
    const space: Space = {
      grow(length) {
        if (length < 1_048_576) return new ArrayBuffer(length);
        large ??= new ArrayBuffer(length);
        return large;
      },
    };
    const header = { ...currentIdentity(), id: newId(), startTime: 0, locked: false };
    const writer = new SegmentWriter(space, header);
    const bounds = Array.from({ length: 70_000 }, (_, i) => i);
    const record = writer.declare({ ...REQUESTS, type: 'histogram', bounds, labelNames: [] });
    const fill = (): void => {
      for (let i = 0; i < 4000; i++) writer.allocate(record, [], undefined);
    };
    throws(fill, {
      name: 'MetricsError',
      code: 'WRITE_FAILED',
      message: 'file of metrics: cannot grow, expected at most 2147418112 bytes, got 2147549184',
    });
  });
});

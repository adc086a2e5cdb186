import { deepEqual, equal, ok } from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import fc from 'fast-check';
import { REQUESTS } from '../../../test/processes/counting-process.ts';
import { Merger } from '../../aggregate/merger.ts';
import type { StoredFamily } from '../../model/cells.ts';
import { NativeCounts, type NativeNumbers } from '../../model/native-counts.ts';
import type { NativeBuckets } from '../../model/native-histogram.ts';
import type { NativeSettings } from '../../model/native-resolution.ts';
import { NativeWindow } from '../../model/native-window.ts';
import type { Cells } from '../../storage/storage.ts';
import { type HistogramSnapshot, histogramSnapshot } from '../../testing/histogram-snapshot.ts';
import { HeapSpace } from '../segment/heap-space.ts';
import { HEADER_BYTES } from '../segment/segment.ts';
import { SegmentContents } from '../segment/segment-contents.ts';
import { newId } from '../segment/segment-id.ts';
import { SegmentWriter } from '../segment/segment-writer.ts';
import { Pace } from '../system/pace.ts';
import { currentIdentity } from '../system/process-identity.ts';
import { OwnContents } from './own-contents.ts';
import { OwnNative } from './own-native.ts';

const LIMITLESS: NativeSettings = {
  schema: 3,
  zeroThreshold: 2 ** -128,
  maxBuckets: Infinity,
  maxZeroThreshold: 0,
};

/** A process with one histogram, whose file is its memory. */
class Process {
  readonly writer: SegmentWriter;
  readonly native: OwnNative;
  readonly place: Cells;
  readonly settings: NativeSettings;
  hasRoom = true;
  readonly #contents: OwnContents;

  constructor(settings: NativeSettings) {
    const header = { ...currentIdentity(), id: newId(), startTime: 0, locked: false };
    this.writer = new SegmentWriter(new HeapSpace(), header);
    this.settings = settings;
    const { native: _, ...plain } = { ...REQUESTS, native: undefined };
    const family: StoredFamily = { ...plain, name: 'h', type: 'histogram', native: settings };
    this.place = this.writer.allocate(this.writer.declare(family), ['/'], undefined);
    this.native = new OwnNative({
      settings,
      record: this.writer.allocateNative(this.place),
      attempt: (write) => (this.hasRoom ? write() : undefined),
    });
    this.#contents = new OwnContents(this.writer, 'x');
  }

  /** As an instrument does it, but that nothing begins anew. */
  observe(value: number, count = 1): void {
    this.place.cells[this.place.index]! += count;
    if (this.native.observe(value, count) && this.native.isOverfull) this.native.limit();
  }

  contribution() {
    const about = { id: newId(), process: '1', startTime: 0 };
    return this.#contents.read(about, new Pace());
  }
}

function list({ length, indices, counts }: NativeBuckets): [number, number][] {
  return Array.from({ length }, (_, i): [number, number] => [indices[i]!, counts[i]!]);
}

function numbers(native: NativeNumbers): object {
  const { schema, zeroThreshold, zeroCount } = native;
  const ascending = (buckets: NativeBuckets) => list(buckets).sort(([one], [other]) => one - other);
  const positive = ascending(native.positive);
  return { schema, zeroThreshold, zeroCount, positive, negative: ascending(native.negative) };
}

/** What a reader finds who comes now, for the first time, or came when so much was published. */
function read(writer: SegmentWriter, published: number = writer.published): object | undefined {
  const contents = new SegmentContents('x');
  contents.reserve(writer.published);
  writer.copyTo(contents.bytes);
  for (const _ of contents.parse(HEADER_BYTES, published, writer.epoch));
  const [native] = contents.families.flatMap(({ natives = [] }) => natives);
  return native && numbers(native.current);
}

async function merged(processes: readonly Process[]): Promise<HistogramSnapshot> {
  const contributions = [];
  for (const process of processes) contributions.push(await process.contribution());
  const { families } = new Merger().merge(contributions);
  return (await histogramSnapshot({ collect: () => families }, 'h', { path: '/' }))!;
}

const anyValue = fc.oneof(
  fc.double({ min: -10, max: 10, noNaN: true }),
  fc.double({ min: 1e-4, max: 1e4, noNaN: true }),
  fc.constantFrom(0, -0, 1, 2, 0.5, Infinity, -Infinity, 5e-324),
  fc.double({ noNaN: true }),
);
const anySettings = fc.record({
  schema: fc.integer({ min: -4, max: 8 }),
  zeroThreshold: fc.constantFrom(0, 2 ** -128, 0.001),
  maxBuckets: fc.constantFrom(2, 8, 40, Infinity),
  maxZeroThreshold: fc.constantFrom(0, 0.1),
});

describe('Native buckets in a file', () => {
  it('are what they would be on the heap, whatever is done to them', () => {
    const step = fc.oneof(
      { weight: 20, arbitrary: fc.tuple(anyValue, fc.constantFrom(1, 3, 2 ** 33)) },
      { weight: 1, arbitrary: fc.constantFrom('clear' as const, 'add' as const) },
    );
    fc.assert(
      fc.property(anySettings, fc.array(step, { maxLength: 120 }), (settings, steps) => {
        const { writer, native } = new Process(settings);
        const heap = new NativeCounts(settings);
        const other = new NativeCounts({ ...settings, schema: 0 });
        for (const value of [0, 0.7, -3, 1000]) other.observe(value, 5);
        for (const one of steps) {
          for (const counts of [native, heap]) {
            if (one === 'clear') counts.clear();
            else if (one === 'add') counts.add(other);
            else if (counts.observe(...one) && counts.isOverfull) counts.limit();
          }
        }
        deepEqual(numbers(native), numbers(heap));
        deepEqual(numbers(native.copy()), numbers(heap));
        deepEqual(read(writer), numbers(heap));
      }),
    );
  });

  it('of several processes are those of one that observed it all', async () => {
    const settings = fc.record({
      schema: fc.integer({ min: -4, max: 8 }),
      // Bounds of each schema, so that it is no matter whether anything was added to them.
      zeroThreshold: fc.constantFrom(0, 2 ** -128, 2 ** -16),
      maxBuckets: fc.constantFrom(2, 8, 40, Infinity),
      maxZeroThreshold: fc.constant(0),
    });
    const parts = fc.array(fc.tuple(settings, fc.array(anyValue, { maxLength: 40 })), {
      minLength: 1,
      maxLength: 5,
    });
    await fc.assert(
      fc.asyncProperty(parts, async (parts) => {
        const processes = parts.map(([settings, values]) => {
          const process = new Process(settings);
          for (const value of values) process.observe(value);
          return process;
        });
        const { count, buckets, native } = await merged(processes);
        const values = parts.flatMap(([, values]) => values);
        deepEqual([count, buckets], [values.length, [[Infinity, values.length]]]);
        const { customBounds: _, ...shown } = native!;
        // One process, brought to the resolution that they have in common.
        const zeroThreshold = Math.min(...parts.map(([settings]) => settings.zeroThreshold));
        const one = new NativeCounts({ ...LIMITLESS, schema: 8, zeroThreshold });
        for (const value of values) one.observe(value, 1);
        const nothing = new NativeCounts({ ...LIMITLESS, ...shown });
        if (values.length > 0) one.add(nothing);
        if (values.length > 0) deepEqual(shown, numbers(one));
        else deepEqual([shown.zeroCount, shown.positive, shown.negative], [0, [], []]);
        // Not coarser than what one of them had to be.
        const schemas = processes.filter((_, i) => parts[i]![1].length > 0);
        const least = Math.min(...schemas.map(({ native }) => native.schema));
        if (schemas.length > 0) equal(shown.schema, least);
      }),
    );
  });

  const changes: [string, (native: OwnNative) => void][] = [
    ['grow', (native) => native.observe(-1e9, 1)],
    ['are reduced', (native) => native.limit()],
    ['begin anew', (native) => native.clear()],
    ['take in others', (native) => native.add(native.copy())],
  ];
  for (const [what, change] of changes) {
    it(`are read before or after when they ${what}, at whatever store their process dies`, (context) => {
      const { writer, native } = new Process({ ...LIMITLESS, maxBuckets: 10 });
      for (let i = 0; i < 32; i++) native.observe(1.1 ** i, i + 1);
      const before = JSON.stringify(read(writer));
      const seen: string[] = [];
      const headers: { readonly published: number; readonly epoch: number }[] = [];
      const late = new Set<string>();
      const look = (): void => {
        seen.push(JSON.stringify(read(writer)));
        const { published, epoch } = writer;
        headers.push({ published, epoch });
        // Of those who read the header before, who find now that it says what it did.
        for (const header of headers) {
          if (header.epoch === epoch) late.add(JSON.stringify(read(writer, header.published)));
        }
      };
      const stopLooking = lookAtStores(context, look);
      change(native);
      stopLooking();
      const after = JSON.stringify(read(writer));
      ok(seen.length >= 8, `${seen.length} moments`);
      // The observation itself is no atomic store: it is there behind the last of them.
      seen.push(after);
      const turn = seen.findIndex((one) => one !== before);
      deepEqual(new Set(seen.slice(turn)), new Set([after]));
      ok(turn > 0 && before !== after);
      deepEqual(
        [...late].filter((one) => one !== before && one !== after),
        [],
      );
    });
  }

  it('are those of the newer record of two, which may lie before the other', (context) => {
    const { writer, native, place } = new Process(LIMITLESS);
    const family = writer.declare({ ...REQUESTS, name: 'i', type: 'histogram', native: LIMITLESS });
    const other = new OwnNative({
      settings: LIMITLESS,
      record: writer.allocateNative(writer.allocate(family, ['/'], undefined)),
      attempt: (write) => write(),
    });
    native.observe(1, 1);
    other.observe(2, 1);
    writer.release(place);
    const seen: string[] = [];
    const stopLooking = lookAtStores(context, () => {
      seen.push(JSON.stringify(read(writer)));
    });
    other.clear();
    stopLooking();
    const after = JSON.stringify(read(writer));
    // From its first store on, the one that makes it valid.
    deepEqual(new Set(seen.slice(1)), new Set([after]));
    ok(seen[0] !== after);
  });

  it('go with their series, and leave no trace', () => {
    const { writer, native, place } = new Process(LIMITLESS);
    native.observe(3, 1);
    equal(writer.release(place), true);
    equal(read(writer), undefined);
    // What is still done to them takes up no room.
    const { published } = writer;
    native.clear();
    native.limit();
    native.add(new NativeCounts(LIMITLESS));
    equal(writer.published, published);
    equal(read(writer), undefined);
  });

  it('lose no count where there is no room, and are as fine as before once there is', () => {
    const process = new Process(LIMITLESS);
    for (let i = 1; i <= 32; i++) process.observe(1.1 ** i);
    process.hasRoom = false;
    process.observe(0.5);
    process.observe(1e6);
    process.observe(-1);
    process.observe(0);
    const { zeroCount, positive, negative } = process.native;
    const counts = list(positive).map(([, count]) => count);
    deepEqual([zeroCount, list(negative)], [2, []]);
    deepEqual([counts[0], counts.at(-1)], [2, 2]);
    equal(
      counts.reduce((sum, count) => sum + count),
      34,
    );
    process.hasRoom = true;
    process.observe(-1);
    deepEqual(list(process.native.negative), [[0, 1]]);
    process.hasRoom = false;
    process.native.add(process.native.copy());
    equal(process.native.copy().count, 74);
    process.native.clear();
    deepEqual([process.native.copy().count, process.native.schema], [0, 3]);
  });

  it('cost no more than a look for a bucket where there is no room', (context) => {
    const process = new Process(LIMITLESS);
    for (let i = 1; i <= 32; i++) process.observe(1.1 ** i);
    process.hasRoom = false;
    const made = context.mock.method(NativeCounts, 'of');
    const copied = context.mock.method(Object.getPrototypeOf(Float64Array.prototype), 'set');
    const searched = context.mock.method(NativeWindow.prototype, 'forEach');
    for (let i = 0; i < 3; i++) {
      for (const value of [1e6, -1e6, -1e9]) process.observe(value);
    }
    process.native.clear();
    deepEqual([made.mock.callCount(), copied.mock.callCount()], [0, 0]);
    equal(searched.mock.callCount(), 1);
  });

  it('are counted in the nearest bucket of those that there are now', () => {
    const process = new Process(LIMITLESS);
    for (let i = 1; i <= 32; i++) process.observe(1.1 ** i);
    process.hasRoom = false;
    process.observe(1e6);
    process.observe(-1e6);
    process.hasRoom = true;
    for (let i = 0; i < 32; i++) process.observe(i === 0 ? -1e3 : 1e3 * 1.1 ** i);
    process.hasRoom = false;
    process.observe(1e6);
    process.observe(-1e6);
    const { zeroCount, positive, negative } = process.native;
    const [last, second] = list(positive).reverse();
    deepEqual([zeroCount, last?.[1], second?.[1], list(negative)], [1, 2, 1, [[80, 2]]]);
  });

  it('are passed over where only one half of a bucket was read', () => {
    const { writer, native } = new Process(LIMITLESS);
    native.observe(1, 7);
    native.observe(2, 5);
    const contents = new SegmentContents('x');
    contents.reserve(writer.published);
    writer.copyTo(contents.bytes);
    for (const _ of contents.parse(HEADER_BYTES, writer.published, writer.epoch));
    const stored = contents.families[0]!.natives![0]!;
    deepEqual(list(stored.current.positive), [
      [0, 7],
      [8, 5],
    ]);
    const word = contents.words.lastIndexOf(8 * 4 + 1);
    contents.words[word] = 0;
    deepEqual(list(stored.current.positive), [[0, 7]]);
  });
});

/** Calls `look` before and after each atomic store, until what it returns is called. */
function lookAtStores(context: TestContext, look: () => void): () => void {
  const { store } = Atomics;
  const mocked = context.mock.method(Atomics, 'store', (...args: Parameters<typeof store>) => {
    look();
    const result = store.apply(Atomics, args);
    look();
    return result;
  });
  return () => mocked.mock.restore();
}

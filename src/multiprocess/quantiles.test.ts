import { deepEqual, equal, ok } from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import fc from 'fast-check';
import { ManualClock } from '../../test/manual-clock.ts';
import { open } from '../../test/processes/storage.ts';
import { temporaryFolder } from '../../test/processes/temporary-folder.ts';
import { toText } from '../exposition/index.ts';
import { Summary, type SummaryOptions } from '../metrics/instruments/summary.ts';
import { CollectorRegistry } from '../metrics/registry/registry.ts';
import { QuantileSketch } from '../model/quantile-sketch.ts';
import type { MapperChoice } from './mapping/mapper-choice.ts';
import { HeapSpace } from './segment/heap-space.ts';
import { type NumberReader, NumberWriter, readNumbers } from './segment/number-text.ts';
import { StoredWindow, writeWindow } from './segment/quantile-block.ts';
import { HEADER_BYTES } from './segment/segment.ts';
import { SegmentContents } from './segment/segment-contents.ts';
import { newId } from './segment/segment-id.ts';
import { SegmentWriter } from './segment/segment-writer.ts';
import type { StoredBlock } from './segment/stored-block.ts';
import { currentIdentity } from './system/process-identity.ts';

/** A process of a service, as far as one process can stand for several, with a summary. */
function join(
  context: TestContext,
  directory: string,
  mapper: MapperChoice,
  options: Partial<SummaryOptions> = {},
) {
  const storage = open(context, { directory, mapper });
  const clock = new ManualClock();
  const registry = new CollectorRegistry({ storage, clock });
  const quantiles = [0.5, 1];
  const sizes = new Summary({
    name: 'sizes',
    help: 'Sizes.',
    labelNames: ['a'],
    quantiles,
    registry,
    ...options,
  });
  const share = async (): Promise<void> => {
    await toText(registry);
    registry.flush();
  };
  return { storage, clock, registry, sizes, share };
}

/** What a sidecar shows of quantiles. */
async function shown(context: TestContext, directory: string): Promise<string[]> {
  const storage = open(context, { directory, readOnly: true });
  const text = await toText(new CollectorRegistry({ storage }));
  return text.split('\n').filter((line) => line.includes('quantile='));
}

for (const mapper of ['koffi', 'write-behind'] as const) {
  describe(`Quantiles of several processes (${mapper})`, () => {
    it('are those of all that was observed lately, in any of them', async (context) => {
      const directory = temporaryFolder(context);
      const [one, other] = [join(context, directory, mapper), join(context, directory, mapper)];
      one.sizes.labels('x').observe(1);
      other.sizes.labels('x').observe(1, { count: 3 });
      other.sizes.labels('x').observe(1000);
      other.sizes.labels('y').observe(-7);
      one.sizes.labels('z');
      await one.share();
      await other.share();
      const expected = [
        'sizes{a="x",quantile="0.5"} 1',
        'sizes{a="x",quantile="1.0"} 1000',
        'sizes{a="y",quantile="0.5"} -7',
        'sizes{a="y",quantile="1.0"} -7',
      ];
      const text = await toText(one.registry);
      deepEqual(
        text.split('\n').filter((line) => line.includes('quantile=')),
        expected,
      );
      deepEqual(await shown(context, directory), expected);
    });

    it('of a process that ended count until their time has passed', async (context) => {
      const directory = temporaryFolder(context);
      const { sizes, share, clock, storage } = join(context, directory, mapper);
      const now = Date.now();
      context.mock.timers.enable({ apis: ['Date'], now });
      sizes.labels('x').observe(1);
      // Of the next of five steps.
      clock.pass(125);
      context.mock.timers.setTime(now + 125_000);
      sizes.labels('x').observe(3);
      await share();
      storage.close();
      const at = async (seconds: number): Promise<string[]> => {
        context.mock.timers.setTime(now + seconds * 1000);
        return shown(context, directory);
      };
      const both = ['sizes{a="x",quantile="0.5"} 1', 'sizes{a="x",quantile="1.0"} 3'];
      const last = ['sizes{a="x",quantile="0.5"} 3', 'sizes{a="x",quantile="1.0"} 3'];
      deepEqual(await at(599.9), both);
      deepEqual(await at(600.1), last);
      deepEqual(await at(719.9), last);
      deepEqual(await at(720.1), []);
    });

    it('go with a reset and a removed child, and come again', async (context) => {
      const directory = temporaryFolder(context);
      const { sizes, share } = join(context, directory, mapper, { quantiles: [1] });
      for (const a of ['reset', 'removed']) sizes.labels(a).observe(1);
      await share();
      deepEqual(await shown(context, directory), [
        'sizes{a="removed",quantile="1.0"} 1',
        'sizes{a="reset",quantile="1.0"} 1',
      ]);
      const removed = sizes.labels('removed');
      sizes.labels('reset').reset();
      sizes.remove('removed');
      removed.observe(5);
      await share();
      deepEqual(await shown(context, directory), []);
      for (const a of ['reset', 'removed']) sizes.labels(a).observe(2);
      await share();
      deepEqual(await shown(context, directory), [
        'sizes{a="removed",quantile="1.0"} 2',
        'sizes{a="reset",quantile="1.0"} 2',
      ]);
    });

    it('are which the newest process says', async (context) => {
      const directory = temporaryFolder(context);
      const older = join(context, directory, mapper, { quantiles: [0.1, 0.2] });
      context.mock.timers.enable({ apis: ['Date'], now: Date.now() + 1000 });
      const newer = join(context, directory, mapper, { quantiles: [0.99] });
      older.sizes.labels('x').observe(1);
      newer.sizes.labels('x').observe(2);
      await older.share();
      await newer.share();
      deepEqual(await shown(context, directory), ['sizes{a="x",quantile="0.99"} 2']);
    });
  });
}

/** Writes a window and reads it back. */
function carried(sketch: QuantileSketch): StoredWindow {
  const identity = { ...currentIdentity(), id: newId(), startTime: 0, locked: false };
  const writer = new SegmentWriter(new HeapSpace(), identity);
  const block = writer.allocateBlock({ kind: 'test', key: '', capacity: 32 });
  writeWindow(block, { quantiles: [0, 0.5], ages: [{ sketch, until: 7 }] });
  const contents = new SegmentContents('x');
  contents.reserve(writer.published);
  writer.copyTo(contents.bytes);
  for (const _ of contents.parse(HEADER_BYTES, writer.published, writer.epoch));
  for (const _ of contents.refreshBlocks());
  return new StoredWindow(contents.blocks[0] as StoredBlock, 0);
}

describe('A window in a shared file', () => {
  it('is read as it was written, so that merged quantiles are those of all observations', () => {
    const values = fc.array(
      fc.tuple(fc.double({ noNaN: true }), fc.constantFrom(1, 2, 300, 2 ** 40)),
      { minLength: 1 },
    );
    fc.assert(
      fc.property(values, values, (one, other) => {
        const all = new QuantileSketch();
        const merged = new QuantileSketch();
        for (const part of [one, other]) {
          const sketch = new QuantileSketch();
          for (const [value, count] of part) {
            sketch.add(value, count);
            all.add(value, count);
          }
          const { quantiles, ages } = carried(sketch).current!;
          deepEqual([quantiles, ages.length, ages[0]!.until], [[0, 0.5], 1, 7]);
          merged.addAll(ages[0]!.sketch);
        }
        const quantiles = [0, 0.01, 0.5, 0.9, 1];
        equal(merged.count, all.count);
        deepEqual(merged.values(quantiles), all.values(quantiles));
      }),
    );
  });

  it('is none where its bytes are another version’s', () => {
    const block = { content: new Uint8Array([1, 2, 3]) } as StoredBlock;
    equal(new StoredWindow(block, 0).current, undefined);
  });
});

describe('NumberWriter', () => {
  it('writes what is read back', () => {
    const counts = fc.array(fc.maxSafeNat(), { maxLength: 2000 });
    const floats = fc.array(fc.double());
    fc.assert(
      fc.property(counts, floats, (counts, floats) => {
        const writer = new NumberWriter();
        for (const count of counts) writer.count(count);
        for (const float of floats) writer.float(float);
        const parse = (numbers: NumberReader): number[][] => [
          counts.map(() => numbers.count()),
          floats.map(() => numbers.float()),
        ];
        const bytes = writer.bytes.subarray(0, writer.length);
        deepEqual(readNumbers(bytes, parse), [counts, floats]);
        if (bytes.length > 0) equal(readNumbers(bytes.subarray(0, -1), parse), undefined);
      }),
      { numRuns: 50 },
    );
  });

  it('takes a byte for a small count', () => {
    const writer = new NumberWriter();
    writer.count(127);
    writer.count(128);
    ok(writer.length === 3);
  });
});

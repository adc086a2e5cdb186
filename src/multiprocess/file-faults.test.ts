import { deepEqual, equal, ok } from 'node:assert/strict';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { forkCounting } from '../../test/processes/fork-counting.ts';
import { count, lines, open } from '../../test/processes/storage.ts';
import { temporaryFolder } from '../../test/processes/temporary-folder.ts';
import { warnings } from '../../test/processes/warnings.ts';
import { parseOpenMetrics, toOpenMetrics, toText } from '../exposition/index.ts';
import { Histogram } from '../metrics/histograms/histogram.ts';
import { Counter } from '../metrics/instruments/counter.ts';
import { Enum } from '../metrics/instruments/enum.ts';
import { Gauge } from '../metrics/instruments/gauge.ts';
import { Info } from '../metrics/instruments/info.ts';
import { Summary } from '../metrics/instruments/summary.ts';
import { CollectorRegistry } from '../metrics/registry/registry.ts';
import { MultiprocessStorage } from './multiprocess-storage.ts';
import { HEADER_BYTES, WORD } from './segment/segment.ts';

/** A file with one of everything that files hold, of a process that has ended. */
function example(context: TestContext): { id: string; bytes: Buffer } {
  const directory = temporaryFolder(context);
  const storage = open(context, { directory, mapper: 'koffi' });
  const registry = new CollectorRegistry({ storage });
  const options = { help: 'H.', registry } as const;
  const labelNames = ['a'] as const;
  const counter = new Counter({ name: 'c', labelNames, ...options });
  counter.labels('x').inc(1, { exemplar: { trace_id: 'abc' } });
  counter.labels('removed').inc();
  counter.remove('removed');
  new Gauge({ name: 'g', multiprocessMode: 'sum', ...options }).set(2);
  new Histogram({ name: 'h', labelNames, buckets: [1], ...options }).labels('x').observe(3);
  new Summary({ name: 's', labelNames, ...options }).labels('x').observe(4);
  new Info({ name: 'i', ...options }).info({ version: '1' });
  new Enum({ name: 'e', states: ['on', 'off'], multiprocessMode: 'mostrecent', ...options }).state(
    'off',
  );
  storage.close();
  const [name] = readdirSync(directory);
  const bytes = readFileSync(join(directory, name!));
  return {
    id: name!.slice(0, 32),
    bytes: bytes.subarray(0, bytes.readInt32LE(WORD.published * 4)),
  };
}

/** The samples of an exposition without their values, which no checksum covers. */
function shape(document: string): string[] {
  const lines = document.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return lines.map((line) => line.slice(0, line.lastIndexOf(' ')));
}

/** What {@linkcode example} holds. */
const WHOLE: readonly string[] = [
  'c_total{a="x"}',
  'e{e="on"}',
  'e{e="off"}',
  'g',
  'h_bucket{a="x",le="1.0"}',
  'h_bucket{a="x",le="+Inf"}',
  'h_sum{a="x"}',
  'h_count{a="x"}',
  'i_info{version="1"}',
  's_sum{a="x"}',
  's_count{a="x"}',
];

const FAULT = /^promethium_/;

describe('A scrape with a file that is broken', () => {
  /** Scrapes a folder that holds these bytes as a file, by a reader that has seen nothing of it before. */
  async function scrape(directory: string, id: string, bytes: Uint8Array): Promise<string[]> {
    const path = join(directory, `${id}.promethium`);
    // A file that is written over is put on the disk at once by ext4, which takes milliseconds.
    rmSync(path, { force: true });
    writeFileSync(path, bytes);
    const storage = new MultiprocessStorage({ directory, mapper: 'write-behind', readOnly: true });
    return shape(await toText(new CollectorRegistry({ storage })));
  }

  it('answers wherever the file ends, and counts it as empty or truncated', async (context) => {
    const { id, bytes } = example(context);
    const directory = temporaryFolder(context);
    deepEqual(await scrape(directory, id, bytes), WHOLE);
    for (let length = 0; length < bytes.length; length++) {
      deepEqual(await scrape(directory, id, bytes.subarray(0, length)), [
        `promethium_unreadable_files{reason="${length === 0 ? 'empty' : 'truncated'}"}`,
      ]);
    }
  });

  it('answers whichever bit of the file is flipped, and shows no series that was not counted', async (context) => {
    const { id, bytes } = example(context);
    const directory = temporaryFolder(context);
    let refused = 0;
    for (let at = 0; at < bytes.length; at++) {
      for (const bit of at < HEADER_BYTES ? [0, 1, 2, 3, 4, 5, 6, 7] : [at % 8]) {
        const flipped = Buffer.from(bytes);
        flipped[at]! ^= 1 << bit;
        const shown = await scrape(directory, id, flipped);
        if (shown.some((sample) => FAULT.test(sample))) refused++;
        const invented = shown.filter((sample) => !FAULT.test(sample) && !WHOLE.includes(sample));
        deepEqual(invented, [], `bit ${bit} of byte ${at}`);
      }
    }
    ok(refused > bytes.length / 2, `${refused} refused`);
  });

  it('counts each kind of fault by its own name, warns of each once, and shows the rest', async (context) => {
    const said = warnings(context);
    const { id, bytes } = example(context);
    const directory = temporaryFolder(context);
    const storage = open(context, { directory, mapper: 'koffi' });
    count(storage, '/', 5);
    const put = (digit: string, contents: Uint8Array): string => {
      const path = join(directory, `${digit.repeat(32)}.promethium`);
      writeFileSync(path, contents);
      return path;
    };
    const changed = (change: (copy: Buffer) => unknown): Buffer => {
      const copy = Buffer.from(bytes);
      change(copy);
      return copy;
    };
    const identified = (digit: string) => (copy: Buffer) => copy.write(digit.repeat(32), 72, 'hex');
    const empty = put('1', Buffer.alloc(0));
    const truncated = put('2', changed(identified('2')).subarray(0, 300));
    const foreign = put('3', Buffer.from('SQLite format 3\0'));
    const copied = put('4', bytes);
    const newer = put(
      '5',
      changed((copy) => copy.writeInt32LE(9, WORD.version * 4)),
    );
    const corrupt = put(
      '6',
      changed((copy) => identified('6')(copy) && copy.writeInt32LE(1, 256)),
    );
    const expected = [
      'promethium_unreadable_files{"reason":"corrupt"} 1',
      'promethium_unreadable_files{"reason":"empty"} 1',
      'promethium_unreadable_files{"reason":"foreign"} 2',
      'promethium_unreadable_files{"reason":"newer"} 1',
      'promethium_unreadable_files{"reason":"truncated"} 1',
      'requests_total{"path":"/"} 5',
    ];
    deepEqual(lines(await storage.collect()), expected);
    deepEqual(lines(await storage.collect()), expected);
    await setImmediate();
    deepEqual(
      said.filter((sentence) => sentence.includes(directory)),
      [
        `FILE_CORRUPT: file "${empty}": is empty, expected a header, got 0 bytes`,
        `FILE_CORRUPT: file "${truncated}": is truncated, expected ${bytes.length} bytes, got 300`,
        `FILE_FOREIGN: file "${foreign}": is not a file of metrics from this machine, expected it to begin with the magic words, got 53514c6974652066`,
        `FILE_FOREIGN: file "${copied}": is a copy, expected the id of its name, got ${id}`,
        `FILE_NEWER: file "${newer}": is of a newer format, expected version 1, got 9`,
        `FILE_CORRUPT: file "${corrupt}": is corrupt at byte 256, expected a record with a length from 8 to ${bytes.length - 256}, got 1`,
      ],
    );
  });
});

describe('A scrape while much happens', () => {
  it('is whole although 2,000 label sets are made during it, which the next one shows', async (context) => {
    const directory = temporaryFolder(context);
    const storage = open(context, { directory, mapper: 'koffi' });
    const registry = new CollectorRegistry({ storage });
    const labelNames = ['path'] as const;
    const sizes = new Histogram({ name: 'size', help: 'S.', labelNames, buckets: [1], registry });
    // So many that a scrape pauses on the way.
    for (let i = 0; i < 20_000; i++) sizes.labels(`/${i}`).observe(1);
    const counting = await forkCounting(context, { directory, mapper: 'koffi' });
    const scraping = toOpenMetrics(registry);
    const spreading = counting.spread(2000);
    let made = 0;
    let isOver = false;
    void scraping.then(() => (isOver = true));
    while (!isOver && made < 2000) {
      for (let i = 0; i < 250; i++) sizes.labels(`/more/${made++}`).observe(2);
      await setImmediate();
    }
    const during = new Set(shape(await scraping));
    equal(made, 2000);
    for (let i = 0; i < 20_000; i += 100) {
      ok(during.has(`size_count{path="/${i}"}`), `/${i}`);
    }
    await spreading;
    const after = parseOpenMetrics(await toOpenMetrics(registry));
    const samplesOf = (name: string) => [
      ...(after.find((one) => one.name === name)?.samples ?? []),
    ];
    equal(samplesOf('requests').length, 2000);
    equal(samplesOf('size').length, 22_000 * 4);
  });

  it('counts on and tells the newest value when the clock is set back', async (context) => {
    const at = 1_800_000_000_000;
    context.mock.timers.enable({ apis: ['Date'], now: at });
    const directory = temporaryFolder(context);
    const [first, later] = [0, 1].map((hours) => {
      context.mock.timers.setTime(at - hours * 3_600_000);
      const registry = new CollectorRegistry({
        storage: open(context, { directory, mapper: 'koffi' }),
      });
      const options = { help: 'H.', registry } as const;
      return {
        registry,
        counter: new Counter({ name: 'c', ...options }),
        recent: new Gauge({ name: 'recent', multiprocessMode: 'mostrecent', ...options }),
        live: new Gauge({ name: 'live', multiprocessMode: 'livesum', ...options }),
      };
    });
    for (const [turn, { counter, recent, live }] of [first!, later!].entries()) {
      counter.inc(5);
      recent.set(turn);
      live.set(1);
    }
    const expected = ['c_total{} 10', 'live{} 2', 'recent{} 1'];
    const shown = async (registry: CollectorRegistry) =>
      lines(parseOpenMetrics(await toOpenMetrics(registry))).filter(
        (line) => !/_created/.test(line),
      );
    deepEqual(await shown(first!.registry), expected);
    deepEqual(await shown(later!.registry), expected);
    first!.recent.set(7);
    deepEqual(await shown(later!.registry), ['c_total{} 10', 'live{} 2', 'recent{} 7']);
  });
});

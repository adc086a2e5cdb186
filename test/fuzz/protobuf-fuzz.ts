/**
 * Throws bytes at the parser of protobuf, random ones and damaged expositions, and holds it to what it
 * promises: families or a `ParseError`, soon, in little memory, and the same from chunks.
 */

import {
  ParseError,
  parseProtobuf,
  parseProtobufChunks,
  toProtobuf,
} from '../../src/exposition/index.ts';
import type { FamilyWriter, HistogramPoint, MetricFamily } from '../../src/index.ts';
import { empty, exemplar, family } from '../decoded-families.ts';
import { nativeBuckets, nativeHistogram } from '../native-buckets.ts';
import { recordFamily } from '../recorded-family.ts';
import type { Tally } from './parser-fuzz.ts';
import { Random } from './random.ts';

/** How long a document of some kilobytes may take, of the processor's time, the best of a few. */
const LIMIT_MS = 10;
const MEASUREMENTS = 12;

/** How much more memory the process may have after a run than before it. */
const LIMIT_BYTES = 256 * 1024 * 1024;

const NATIVE: HistogramPoint = {
  ...empty,
  bounds: [1, 2],
  cells: [1, 2, 6],
  created: 5,
  exemplars: [exemplar, undefined, undefined],
  native: nativeHistogram({
    schema: 3,
    zeroThreshold: 2 ** -128,
    zeroCount: 1,
    positive: nativeBuckets([-3, 2], [1, 3], [2, 1]),
    negative: nativeBuckets([100, 2]),
    exemplars: [exemplar],
  }),
};

const labels = (writer: FamilyWriter): void => {
  writer.label(0, 'x');
  writer.label(1, 'é');
};

const FAMILIES: readonly MetricFamily[] = [
  family(
    { name: 'c', type: 'counter', labelNames: ['a', 'b'], unit: 'seconds' },
    (writer) => {
      labels(writer);
      writer.number(1, 5.5, exemplar);
    },
    (writer) => {
      labels(writer);
      writer.at(7);
      writer.number(2, 5.5);
    },
    (writer) => {
      writer.label(1, 'y');
      writer.number(3, 5.5);
    },
  ),
  family({ name: 'g', type: 'gauge', labelNames: ['a', 'b'] }, (writer) => {
    labels(writer);
    writer.number(Number.NaN);
  }),
  family({ name: 's', type: 'summary' }, (writer) =>
    writer.summary({ quantiles: [0.5, 1], values: [1, 2], count: 3, sum: 4, created: 5 }),
  ),
  family({ name: 'h', type: 'histogram' }, (writer) => writer.histogram(NATIVE)),
  family({ name: 'f', type: 'gaugehistogram' }, (writer) =>
    writer.histogram({ ...NATIVE, cells: [0.5, 2, 6.5], native: undefined }),
  ),
];

/** Lengths and numbers as damage may make them: of what is not there, of gigabytes, of too many bits. */
const SPLINTERS: readonly (readonly number[])[] = [
  [0],
  [0x7f],
  [0xff],
  [0xff, 0xff, 0xff, 0xff, 0x07],
  [0xff, 0xff, 0xff, 0xff, 0x0f],
  [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01],
  [0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80],
  [0x62, 0x06, 0x08, 0x00, 0x10, 0xff, 0xff, 0x03],
  [0xf0, 0x7f],
];

/**
 * Tries documents number `from` to `to` of a seed, that left out.
 *
 * @throws {Error} With the number and the document, when a promise is broken.
 */
export async function fuzzProtobuf(seed: number, from: number, to: number): Promise<Tally> {
  const originals = await Promise.all([...FAMILIES, FAMILIES].map((one) => toProtobuf(one)));
  const before = process.memoryUsage.rss();
  let accepted = 0;
  let slowest = 0;
  for (let number = from; number < to; number++) {
    const random = new Random(Math.imul(seed + number, 0x9e3779b1));
    const document = makeBytes(random, originals);
    try {
      slowest = Math.max(slowest, timed(document));
      const whole = outcome(document);
      if (random.once(8)) {
        const chunked = await inChunks(random, document);
        if (chunked !== whole) throw new Error(`in chunks: expected ${whole}, got ${chunked}`);
      }
      if (whole.startsWith('[')) accepted++;
    } catch (cause) {
      const shown = Buffer.from(document).toString('hex');
      throw new Error(`fuzz document ${number} of seed ${seed}, protobuf: ${shown}`, { cause });
    }
  }
  const more = process.memoryUsage.rss() - before;
  if (more > LIMIT_BYTES)
    throw new Error(`fuzz: ${more} bytes more memory, expected ${LIMIT_BYTES}`);
  return { documents: to - from, accepted, slowest };
}

function makeBytes(random: Random, originals: readonly Uint8Array[]): Uint8Array {
  if (random.once(8)) return Uint8Array.from(random.some(60, () => random.below(256)));
  let bytes = [...random.pick(originals)];
  for (let i = random.below(4); i > 0; i--) bytes = damage(random, bytes);
  return Uint8Array.from(bytes);
}

/** Changes, cuts, repeats or puts something in. */
function damage(random: Random, bytes: readonly number[]): number[] {
  const at = random.below(bytes.length + 1);
  const end = Math.min(bytes.length, at + random.below(12));
  const [head, middle, tail] = [bytes.slice(0, at), bytes.slice(at, end), bytes.slice(end)];
  switch (random.below(6)) {
    case 0:
      return [...head, ...tail];
    case 1:
      return [...head, ...random.pick(SPLINTERS), ...middle, ...tail];
    case 2:
      return [...head, ...random.pick(SPLINTERS), ...tail];
    case 3:
      return [...head, ...middle, ...middle, ...tail];
    case 4:
      return head;
    default:
      return [...head, random.below(256), ...bytes.slice(at + 1)];
  }
}

/** Milliseconds of this thread. */
function timed(document: Uint8Array): number {
  let best = Infinity;
  for (let i = 0; i < MEASUREMENTS && best > LIMIT_MS; i++) {
    const start = process.threadCpuUsage();
    outcome(document);
    const { user, system } = process.threadCpuUsage(start);
    best = Math.min(best, (user + system) / 1000);
  }
  if (best > LIMIT_MS) throw new Error(`slow: ${best} ms for ${document.length} bytes`);
  return best;
}

/** The families as text, or the error. Anything else that is thrown breaks a promise. */
function outcome(document: Uint8Array): string {
  try {
    return textOf(parseProtobuf(document));
  } catch (error) {
    if (error instanceof ParseError) return error.message;
    throw error;
  }
}

async function inChunks(random: Random, document: Uint8Array): Promise<string> {
  const chunks: Uint8Array[] = [];
  for (let at = 0; at < document.length; ) {
    const end = at + 1 + random.below(random.pick([3, 40, 1000]));
    chunks.push(document.slice(at, end));
    at = end;
  }
  const families: MetricFamily[] = [];
  try {
    for await (const one of parseProtobufChunks(chunks)) families.push(one);
  } catch (error) {
    if (error instanceof ParseError) return error.message;
    throw error;
  }
  return textOf(families);
}

function textOf(families: readonly MetricFamily[]): string {
  return JSON.stringify(families.map(recordFamily), (_, value: unknown) =>
    typeof value === 'number' ? `${value}` : value,
  );
}

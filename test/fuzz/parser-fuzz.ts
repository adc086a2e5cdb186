/**
 * Throws documents at the parsers and holds them to what they promise: a family or a `ParseError`,
 * soon, the same from chunks as from a string, and nothing that the writers would not write again.
 */

import {
  ParseError,
  parseOpenMetrics,
  parseOpenMetricsChunks,
  parseText,
  parseTextChunks,
  toOpenMetrics,
  toText,
} from '../../src/exposition/index.ts';
import type { MetricFamily } from '../../src/index.ts';
import { recordFamily } from '../recorded-family.ts';
import { type Format, makeDocument, makeLarge } from './documents.ts';
import { Random } from './random.ts';

/** How long a document of 100 KB, or a smaller one, may take. */
const LIMIT_MS = 10;
const LIMIT_SIZE = 100_000;

/** How often a document is measured that seems too slow: the machine has other things to do. */
const MEASUREMENTS = 12;

/** One document in so many is a large one. */
const LARGE = 500;

/** What a run came to. */
export interface Tally {
  readonly documents: number;
  readonly accepted: number;
  /** The slowest document by its size, in milliseconds for 100 KB. */
  readonly slowest: number;
}

const PARSERS = { text: parseText, openmetrics: parseOpenMetrics };
const CHUNK_PARSERS = { text: parseTextChunks, openmetrics: parseOpenMetricsChunks };

/**
 * Tries documents number `from` to `to` of a seed, that left out.
 *
 * @throws {Error} With the number and the document, when a promise is broken.
 */
export async function fuzz(seed: number, from: number, to: number): Promise<Tally> {
  let accepted = 0;
  let slowest = 0;
  for (let number = from; number < to; number++) {
    const random = new Random(Math.imul(seed + number, 0x9e3779b1));
    const format = number % 2 === 0 ? 'text' : 'openmetrics';
    const large = number % LARGE < 2;
    const document = large ? makeLarge(random, format, LIMIT_SIZE) : makeDocument(random, format);
    try {
      slowest = Math.max(slowest, timed(format, document, large));
      if (await holds(random, format, document, large)) accepted++;
    } catch (cause) {
      const shown = JSON.stringify(document.slice(0, 2000));
      throw new Error(`fuzz document ${number} of seed ${seed}, ${format}: ${shown}`, { cause });
    }
  }
  return { documents: to - from, accepted, slowest };
}

/** Milliseconds of this thread for 100 KB; for the small documents, which a clock cannot tell apart, 0. */
function timed(format: Format, document: string, large: boolean): number {
  let best = Infinity;
  for (let i = 0; i < MEASUREMENTS; i++) {
    const start = process.threadCpuUsage();
    outcome(format, document);
    const { user, system } = process.threadCpuUsage(start);
    best = Math.min(best, (user + system) / 1000);
    if (best <= LIMIT_MS) break;
  }
  const scaled = best / Math.max(1, document.length / LIMIT_SIZE);
  if (scaled > LIMIT_MS) throw new Error(`slow: ${best} ms for ${document.length} characters`);
  return large ? scaled : 0;
}

/** The families, or the error. Anything else that is thrown breaks a promise. */
function outcome(format: Format, document: string): MetricFamily[] | ParseError {
  try {
    return PARSERS[format](document);
  } catch (error) {
    if (error instanceof ParseError) return error;
    throw error;
  }
}

async function holds(
  random: Random,
  format: Format,
  document: string,
  large: boolean,
): Promise<boolean> {
  const result = outcome(format, document);
  const whole = result instanceof ParseError ? result.message : JSON.stringify(record(result));
  if (random.once(8)) {
    const chunked = await inChunks(random, format, document);
    if (chunked !== whole) throw new Error(`in chunks: expected ${whole}, got ${chunked}`);
  }
  if (result instanceof ParseError) return false;
  // Where each line has labels of its own, writing takes the square of them.
  if (large) return true;
  const source = { collect: () => result };
  const written =
    format === 'text'
      ? await toText(source, { escaping: 'allow-utf-8' })
      : await toOpenMetrics(source, { escaping: 'allow-utf-8', created: true });
  const again = outcome(format, written);
  const read = again instanceof ParseError ? again.message : JSON.stringify(record(again));
  if (read !== whole) throw new Error(`written as ${written}\nexpected ${whole}\ngot ${read}`);
  return true;
}

async function inChunks(random: Random, format: Format, document: string): Promise<string> {
  const bytes = Buffer.from(document);
  // Half a surrogate pair becomes another character in bytes.
  const whole = bytes.toString() === document ? bytes : document;
  const chunks: (string | Uint8Array)[] = [];
  for (let at = 0; at < whole.length; ) {
    const end = at + 1 + random.below(random.pick([3, 40, 100_000]));
    chunks.push(whole.slice(at, end));
    at = end;
  }
  const families: MetricFamily[] = [];
  try {
    for await (const family of CHUNK_PARSERS[format](chunks)) families.push(family);
  } catch (error) {
    if (error instanceof ParseError) return error.message;
    throw error;
  }
  return JSON.stringify(record(families));
}

function record(families: readonly MetricFamily[]): unknown {
  return families.map((family) => {
    const { points, ...header } = recordFamily(family);
    return { ...header, points: points.map((point) => numbered(point)) };
  });
}

/** JSON has neither infinities nor the sign of zero. */
function numbered(value: unknown): unknown {
  if (typeof value === 'number') return Object.is(value, -0) ? '-0' : String(value);
  if (Array.isArray(value)) return value.map(numbered);
  if (typeof value !== 'object' || value === null) return value;
  return Object.entries(value)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, inner]) => [key, numbered(inner)]);
}

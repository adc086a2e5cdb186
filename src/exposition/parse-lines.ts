/** A document as lines: from one string, or from the chunks in which it arrives. */

import type { MetricFamily } from '../model/family.ts';
import { Block } from './parse-block.ts';
import type { LineCursor } from './parse-cursor.ts';
import type { LineSample } from './parse-sample.ts';
import { Utf8Chunks } from './parse-utf8.ts';

/** Half of a surrogate pair, which no document has: it is UTF-8. */
const LONE_SURROGATE = /\p{Surrogate}/u;

/** What reads a document line by line. */
export interface LineParser {
  /** Where the line at hand is set. */
  readonly cursor: LineCursor;
  /** What samples are read with. */
  readonly sample: LineSample;
  /** Takes what the sample holds, which bears the name and label names of the one before. */
  acceptAgain(): void;
  /** Reads the line that the cursor was opened on. */
  readLine(): void;
  /** Reads the end of the document. */
  end(): void;
  /** Takes the families that are complete. */
  take(): MetricFamily[];
}

/** A document, or a part of it: text, or UTF-8. */
export type DocumentChunk = string | Uint8Array;

/** A document in parts, which end wherever they do. */
export type DocumentChunks = Iterable<DocumentChunk> | AsyncIterable<DocumentChunk>;

/** Reads a whole document. */
export function parseWhole(parser: LineParser, document: string): MetricFamily[] {
  if (typeof document !== 'string') refuseDocument(parser, document);
  const { cursor } = parser;
  checkText(cursor, document);
  const rest = readLines(parser, document);
  if (rest < document.length) readLine(parser, document, rest, document.length);
  parser.end();
  return parser.take();
}

/** Reads a document that arrives in parts, and yields each family as soon as it is complete. */
export async function* parseParts(
  parser: LineParser,
  chunks: DocumentChunks,
): AsyncGenerator<MetricFamily, void, undefined> {
  const { cursor } = parser;
  const utf8 = new Utf8Chunks(cursor);
  // What has no line feed is only kept: joining it each time would take the square of its length.
  let begun: string[] = [];
  let begunLength = 0;
  for await (const chunk of chunks) {
    const text = typeof chunk === 'string' ? chunk : utf8.decode(chunk, begunLength);
    const end = text.lastIndexOf('\n') + 1;
    if (end > 0) {
      const lines = begun.join('') + text.slice(0, end);
      begun = [];
      begunLength = 0;
      checkText(cursor, lines);
      readLines(parser, lines);
      yield* parser.take();
    }
    begun.push(text.slice(end));
    begunLength += text.length - end;
  }
  utf8.end(begunLength);
  const last = begun.join('');
  checkText(cursor, last);
  if (last !== '') readLine(parser, last, 0, last.length);
  parser.end();
  yield* parser.take();
}

/** Reads the lines that end in `text`, and returns where the next one begins. */
function readLines(parser: LineParser, text: string): number {
  const block = new Block();
  const end = text.lastIndexOf('\n') + 1;
  for (let start = 0; start < end; )
    start = readBlock(parser, block, start, block.load(text, start, end));
  return end;
}

function readBlock(parser: LineParser, block: Block, from: number, end: number): number {
  const { cursor, sample } = parser;
  const { text, base, isAscii } = block;
  for (let start = from; start < end; ) {
    const again = isAscii ? sample.readAgain(cursor, block, start - base) : -1;
    if (again >= 0) {
      parser.acceptAgain();
      start = base + again + 1;
      continue;
    }
    const feed = text.indexOf('\n', start);
    readLine(parser, text, start, feed);
    start = feed + 1;
  }
  return end;
}

function readLine(parser: LineParser, text: string, start: number, end: number): void {
  parser.cursor.open(text, start, end);
  parser.readLine();
}

function checkText(cursor: LineCursor, text: string): void {
  const at = text.search(LONE_SURROGATE);
  if (at < 0) return;
  let start = 0;
  for (let feed = text.indexOf('\n'); feed >= 0 && feed < at; feed = text.indexOf('\n', start)) {
    cursor.line++;
    start = feed + 1;
  }
  cursor.open(text, start, text.length);
  cursor.refuse('half a surrogate pair', 'text that UTF-8 can hold', at);
}

function refuseDocument({ cursor }: LineParser, document: unknown): never {
  throw new TypeError(
    `${cursor.format} "document": no text, expected a string, got ${document === null ? 'null' : typeof document}`,
  );
}

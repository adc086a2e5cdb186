/** A document as lines: from one string, or from the chunks in which it arrives. */

import { show } from '../../model/error.ts';
import type { MetricFamily } from '../../model/family.ts';
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
  const rest = readLines(parser, document);
  if (rest < document.length) readAnyLine(parser, document, rest, document.length);
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
      readLines(parser, lines);
      yield* parser.take();
    }
    begun.push(text.slice(end));
    begunLength += text.length - end;
  }
  utf8.end(begunLength);
  const last = begun.join('');
  if (last !== '') readAnyLine(parser, last, 0, last.length);
  parser.end();
  yield* parser.take();
}

/** The one block that there is: nobody else has a turn while it is in use. */
let block: Block | undefined;

/** Reads the lines that end in `text`, and returns where the next one begins. */
function readLines(parser: LineParser, text: string): number {
  block ??= new Block();
  const end = text.lastIndexOf('\n') + 1;
  try {
    for (let start = 0; start < end; ) {
      start = readBlock(parser, block, start, block.load(text, start, end));
    }
  } finally {
    block.unload();
  }
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
    if (isAscii) readLine(parser, text, start, feed);
    else readAnyLine(parser, text, start, feed);
    start = feed + 1;
  }
  return end;
}

function readLine(parser: LineParser, text: string, start: number, end: number): void {
  parser.cursor.open(text, start, end);
  parser.readLine();
}

// Before the line is read, so that it does not matter where chunks end.
function readAnyLine(parser: LineParser, text: string, start: number, end: number): void {
  const half = text.slice(start, end).search(LONE_SURROGATE);
  if (half >= 0) {
    const { cursor } = parser;
    cursor.open(text, start, end);
    cursor.refuse('half a surrogate pair', 'text that UTF-8 can hold', start + half);
  }
  readLine(parser, text, start, end);
}

function refuseDocument({ cursor }: LineParser, document: unknown): never {
  throw new TypeError(
    `${cursor.format} "document": no text, expected a string, got ${show(document)}`,
  );
}

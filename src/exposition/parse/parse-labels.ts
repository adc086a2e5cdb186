/** Labels between braces, of samples and of exemplars. */

import type { Block } from './parse-block.ts';
import { type LineCursor, unescapeQuoted } from './parse-cursor.ts';

const LINE_FEED = 10;
const QUOTE = 34;
const COMMA = 44;
const EQUALS = 61;
const BACKSLASH = 92;
const CLOSE = 125;

/** How many values are kept to be found again, a power of two: methods, statuses, bounds. */
const KEPT_VALUES = 256;

/** Where in the text a label stands. */
export interface LabelPlace {
  readonly name: string;
  /** Where its name begins, or the quote before that. */
  readonly nameAt: number;
  /** Where the quote stands that opens its value. */
  readonly valueAt: number;
}

/** Names and values of labels, in the order of a line; the first `count` are meant. */
export interface WrittenLabels {
  readonly names: readonly string[];
  readonly values: readonly string[];
  readonly count: number;
}

/**
 * The labels of one line after the other.
 *
 * Most lines begin as the line before does, and those labels are kept as they were read: neither
 * scanned nor made again. Whoever reads them can compare names and values by identity first.
 */
export class LineLabels implements WrittenLabels {
  /** The names; the first {@linkcode count} are this line's. */
  readonly names: string[] = [];
  /** The values, unescaped; the first {@linkcode count} are this line's. */
  readonly values: string[] = [];
  /** How many labels the line has. */
  count = 0;
  /** The metric's name, where it stands in quotes among the labels; '' where it does not. */
  metricName = '';
  /** Where in the text that name stands, its opening quote included. */
  metricNameAt = 0;
  /** Where each label stands, of those that were made to know: nobody asks but for a fault. */
  readonly places: LabelPlace[] | undefined;
  /** Values that were read, each where its hash says: what comes again is the same string. */
  readonly #kept: string[] = new Array<string>(KEPT_VALUES).fill('');
  /** Where each label ends, counted from the beginning of the line. */
  readonly #ends: number[] = [];

  /** Begins without a line. */
  constructor({ placed = false }: { readonly placed?: boolean } = {}) {
    this.places = placed ? [] : undefined;
  }

  /** Reads labels up to the closing brace, from behind the opening one. */
  read(cursor: LineCursor): void {
    this.count = 0;
    this.metricName = '';
    cursor.blanks();
    if (cursor.code === CLOSE) {
      cursor.at++;
      return;
    }
    do this.#item(cursor);
    while (!atEnd(cursor));
  }

  /**
   * Reads the labels of a line that has the same names as the line before, `labelsAt` characters
   * from its beginning, and begins with the same `shared` characters. Returns where in the block the
   * labels end, the brace included, or -1 where they are not of that kind; what is held then is no
   * line's.
   */
  readAgain(block: Block, start: number, labelsAt: number, shared: number): number {
    const { bytes } = block;
    const { count } = this;
    let kept = 0;
    while (kept < count && this.#ends[kept]! <= shared) kept++;
    let at = start + (kept === 0 ? labelsAt : this.#ends[kept - 1]!);
    for (let place = kept; place < count; place++) {
      at = this.#readValueAgain(block, at, place);
      if (at < 0) return -1;
      this.#ends[place] = at - start;
    }
    return bytes[at] === CLOSE ? at + 1 : -1;
  }

  #readValueAgain({ bytes, base, text }: Block, from: number, place: number): number {
    const name = this.names[place]!;
    let at = from;
    if (place > 0 && bytes[at++] !== COMMA) return -1;
    for (let i = 0; i < name.length; i++) {
      if (bytes[at++] !== name.charCodeAt(i)) return -1;
    }
    if (bytes[at++] !== EQUALS || bytes[at++] !== QUOTE) return -1;
    const start = at;
    let hash = 0;
    for (; ; at++) {
      const byte = bytes[at]!;
      if (byte === QUOTE) break;
      if (byte === BACKSLASH || byte === LINE_FEED) return -1;
      hash = (Math.imul(hash, 31) + byte) | 0;
    }
    const slot = (hash ^ (hash >>> 8)) & (KEPT_VALUES - 1);
    let value = this.#kept[slot]!;
    if (!isAt(bytes, start, at, value)) {
      value = text.slice(base + start, base + at);
      this.#kept[slot] = value;
    }
    this.values[place] = value;
    return at + 1;
  }

  #item(cursor: LineCursor): void {
    const { count } = this;
    const { at } = cursor;
    if (!this.#sameName(cursor, count)) {
      const { quoted } = cursor;
      const name = quoted ? cursor.quotedName() : readName(cursor);
      cursor.blanks();
      if (quoted && cursor.code !== EQUALS) {
        if (this.metricName !== '') cursor.refuse('a second name', 'one metric name', at);
        this.metricName = name;
        this.metricNameAt = at;
        return;
      }
      this.names[count] = name;
    }
    cursor.expect(EQUALS, 'a label without a value', 'an equals sign');
    cursor.blanks();
    this.places?.push({ name: this.names[count]!, nameAt: at, valueAt: cursor.at });
    cursor.expect(QUOTE, 'a value without quotes', 'an opening quote');
    this.values[count] = readValue(cursor);
    this.#ends[count] = cursor.at - cursor.start;
    this.count = count + 1;
  }

  // True, with the cursor behind it, where the name is the one that the line before has here.
  #sameName(cursor: LineCursor, place: number): boolean {
    const name = this.names[place];
    if (name === undefined) return false;
    const { text, at } = cursor;
    // One that stood in quotes may have characters that need them.
    if (
      text.charCodeAt(at + name.length) !== EQUALS ||
      cursor.nameEnd(false) !== at + name.length
    ) {
      return false;
    }
    for (let i = 0; i < name.length; i++) {
      if (text.charCodeAt(at + i) !== name.charCodeAt(i)) return false;
    }
    cursor.at = at + name.length;
    return true;
  }
}

/** Which of the first `count` names is the first that stands before already; -1 where none is. */
export function placeOfSecond(names: readonly string[], count: number): number {
  const seen = new Set<string>();
  for (let place = 0; place < count; place++) {
    if (seen.has(names[place]!)) return place;
    seen.add(names[place]!);
  }
  return -1;
}

function isAt(bytes: Uint8Array, start: number, end: number, text: string): boolean {
  if (text.length !== end - start) return false;
  for (let i = 0; i < text.length; i++) {
    if (bytes[start + i] !== text.charCodeAt(i)) return false;
  }
  return true;
}

/** Passes over what stands behind a label. True where that is the end of the labels. */
function atEnd(cursor: LineCursor): boolean {
  cursor.blanks();
  const { code } = cursor;
  if (code !== COMMA && code !== CLOSE) {
    cursor.refuse('labels without an end', 'a comma or a closing brace');
  }
  cursor.at++;
  if (code === CLOSE) return true;
  cursor.blanks();
  if (cursor.strict || cursor.code !== CLOSE) return false;
  cursor.at++;
  return true;
}

/** Reads a value from behind its opening quote to behind its closing one. */
function readValue(cursor: LineCursor): string {
  const { text, at, end } = cursor;
  for (let i = at; i < end; i++) {
    const code = text.charCodeAt(i);
    if (code === QUOTE) {
      cursor.at = i + 1;
      return text.slice(at, i);
    }
    if (code === BACKSLASH) break;
  }
  const quote = cursor.closingQuote();
  cursor.at = quote + 1;
  return unescapeQuoted(text.slice(at, quote));
}

function readName(cursor: LineCursor): string {
  const { at } = cursor;
  const end = cursor.nameEnd(false);
  if (end === at) cursor.refuse('no label name', 'a letter, "_" or a quote');
  cursor.at = end;
  return cursor.text.slice(at, end);
}

/** Labels between braces, of samples and of exemplars. */

import { type LineCursor, unescapeQuoted } from './parse-cursor.ts';

const QUOTE = 34;
const COMMA = 44;
const EQUALS = 61;
const BACKSLASH = 92;
const CLOSE = 125;

/**
 * The labels of one line after the other.
 *
 * Most lines begin as the line before does, and those labels are kept as they were read: neither
 * scanned nor made again. Whoever reads them can compare names and values by identity first.
 */
export class LineLabels {
  /** The names; the first {@linkcode count} are this line's. */
  readonly names: string[] = [];
  /** The values, unescaped; the first {@linkcode count} are this line's. */
  readonly values: string[] = [];
  /** How many labels the line has. */
  count = 0;
  /** The metric's name, where it stands in quotes among the labels; '' where it does not. */
  metricName = '';
  /** Where each label ends, counted from the beginning of the line. */
  readonly #ends: number[] = [];

  /**
   * Reads labels up to the closing brace, from behind the opening one. `shared` is how many
   * characters the line has in common with the line before.
   */
  read(cursor: LineCursor, shared: number): void {
    let kept = 0;
    if (this.metricName === '') while (kept < this.count && this.#ends[kept]! <= shared) kept++;
    this.count = kept;
    this.metricName = '';
    if (kept > 0) {
      cursor.at = cursor.start + this.#ends[kept - 1]!;
      if (atEnd(cursor)) return;
    } else {
      cursor.blanks();
      if (cursor.code === CLOSE) {
        cursor.at++;
        return;
      }
    }
    do this.#item(cursor);
    while (!atEnd(cursor));
  }

  #item(cursor: LineCursor): void {
    const { count } = this;
    if (!this.#sameName(cursor, count)) {
      const { at, quoted } = cursor;
      const name = quoted ? cursor.quotedName() : readName(cursor);
      cursor.blanks();
      if (quoted && cursor.code !== EQUALS) {
        if (this.metricName !== '') cursor.refuse('a second name', 'one metric name', at);
        this.metricName = name;
        return;
      }
      this.names[count] = name;
    }
    cursor.expect(EQUALS, 'a label without a value', 'an equals sign');
    cursor.blanks();
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

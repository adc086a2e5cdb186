/** A place that moves along a line: what both parsers read with, and what names the place of a fault. */

import { type Fault, type ParsedFormat, ParseError, type Place, showRest } from './parse-error.ts';

const TAB = 9;
const SPACE = 32;
const QUOTE = 34;
const COLON = 58;
const BACKSLASH = 92;

/** What an ASCII character may do in a name that is not quoted. */
const BEGINS = 1;
const GOES_ON = 2;
const NAME_PARTS: Uint8Array = /* @__PURE__ */ nameParts();

function nameParts(): Uint8Array {
  return Uint8Array.from({ length: 128 }, (_, code) => {
    const character = String.fromCharCode(code);
    if (/[a-zA-Z_]/.test(character)) return BEGINS | GOES_ON;
    return /[0-9]/.test(character) ? GOES_ON : 0;
  });
}

/**
 * Reads a line of a document where it lies, without a copy of the line.
 *
 * `strict` is OpenMetrics: single spaces where its grammar has them, and none elsewhere.
 */
export class LineCursor {
  readonly format: ParsedFormat;
  readonly strict: boolean;
  /** What the line is a part of. */
  text = '';
  /** Where the line begins in {@linkcode text}. */
  start = 0;
  /** Where the line ends, its line feed left out. */
  end = 0;
  /** What is read next. */
  at = 0;
  /** The line's number, from 1. */
  line = 0;

  /** Begins before the first line. */
  constructor(format: ParsedFormat) {
    this.format = format;
    this.strict = format === 'openmetrics';
  }

  /** Goes to the next line. */
  open(text: string, start: number, end: number): void {
    this.text = text;
    this.start = start;
    this.end = end;
    this.at = start;
    this.line++;
  }

  /** The character at hand, or -1 at the end of the line. */
  get code(): number {
    return this.at < this.end ? this.text.charCodeAt(this.at) : -1;
  }

  /** Passes over blanks where the format lets them stand anywhere. */
  blanks(): void {
    if (this.strict) return;
    const { text, end } = this;
    let { at } = this;
    for (; at < end; at++) {
      const code = text.charCodeAt(at);
      if (code !== SPACE && code !== TAB) break;
    }
    this.at = at;
  }

  /** Passes over what has to stand between two tokens: one space, or any blanks. */
  gap(expected: string): void {
    const code = this.code;
    if (code !== SPACE && (this.strict || code !== TAB)) {
      this.refuse(`nothing between two words`, expected);
    }
    this.at++;
    this.blanks();
  }

  /** Where the token at hand ends: at a blank, or at the end of the line. */
  tokenEnd(): number {
    const { text, end, strict } = this;
    let { at } = this;
    for (; at < end; at++) {
      const code = text.charCodeAt(at);
      if (code === SPACE || (code === TAB && !strict)) break;
    }
    return at;
  }

  /** Where the name at hand ends; here, where none begins. Metric names may have colons. */
  nameEnd(colons: boolean): number {
    const { text, end } = this;
    let { at } = this;
    let wanted = BEGINS;
    for (; at < end; at++) {
      const code = text.charCodeAt(at);
      if ((NAME_PARTS[code]! & wanted) === 0 && !(colons && code === COLON)) break;
      wanted = GOES_ON;
    }
    return at;
  }

  /** Passes over `code`, or refuses what stands there. */
  expect(code: number, problem: string, expected: string): void {
    if (this.code !== code) this.refuse(problem, expected);
    this.at++;
  }

  /** Reads a name in quotes, the opening one at hand. */
  quotedName(): string {
    const start = this.at;
    this.at++;
    const name = unescapeQuoted(this.text.slice(this.at, this.closingQuote()));
    if (name === '') this.refuse('an empty name', 'a name', start);
    this.at = this.closingQuote() + 1;
    return name;
  }

  /** Where the string ends whose first character is at hand. */
  closingQuote(): number {
    const { text, end, at } = this;
    for (let quote = text.indexOf('"', at); ; quote = text.indexOf('"', quote + 1)) {
      if (quote < 0 || quote >= end) {
        this.refuse('a string without an end', 'a closing quote', at - 1);
      }
      let before = quote;
      while (before > at && text.charCodeAt(before - 1) === BACKSLASH) before--;
      if ((quote - before) % 2 === 0) return quote;
    }
  }

  /** True where a quote is at hand. */
  get quoted(): boolean {
    return this.code === QUOTE;
  }

  /** Refuses what stands at `at`. */
  refuse(problem: string, expected: string, at: number = this.at): never {
    const place = { line: this.line, column: at - this.start + 1 };
    const got = showRest(this.text, at, this.end);
    throw new ParseError(this.format, place, { problem, expected, got });
  }

  /** Refuses what has been read of a line before, which may be gone from the text. */
  refuseEarlier(place: Place, fault: Fault): never {
    throw new ParseError(this.format, place, fault);
  }
}

/** Undoes the escapes of a string in quotes. Others than the three that there are stay as they are. */
export function unescapeQuoted(text: string): string {
  if (!text.includes('\\')) return text;
  return text.replaceAll(/\\(["\\n])/g, (_, character) => (character === 'n' ? '\n' : character));
}

/** Undoes the escapes of a help text of the text format, where quotes are like any other character. */
export function unescapeHelp(text: string): string {
  if (!text.includes('\\')) return text;
  return text.replaceAll(/\\([\\n])/g, (_, character) => (character === 'n' ? '\n' : character));
}

/** What the parsers throw: a document that is not what it says it is, and where. */

import { MetricsError, show } from '../../model/error.ts';

/** The format that a document is read as, in the words that errors begin with. */
export type ParsedFormat = 'text' | 'openmetrics' | 'protobuf';

/** A place in a document. */
export interface Place {
  /** The line, from 1. */
  readonly line: number;
  /** The column, from 1, in UTF-16 units, as editors count. */
  readonly column: number;
}

/** A place in a document of bytes. */
export interface Offset {
  /** How many bytes stand before it. */
  readonly offset: number;
}

/** What stands at a place, and what should. */
export interface Fault {
  /** What is wrong. */
  readonly problem: string;
  /** What was expected. */
  readonly expected: string;
  /** What stands there instead, as `show` renders it. */
  readonly got: string;
}

/**
 * A document that breaks its format. `code` is `DOCUMENT_INVALID`; `message` reads
 * `openmetrics "line 3, column 7": no number, expected a value, got "1x"`, of protobuf
 * `protobuf "byte 12": …`.
 */
export class ParseError extends MetricsError {
  /** The line, from 1; 0 in protobuf, which has none. */
  readonly line: number;
  /** The column, from 1, in UTF-16 units, as editors count; 0 in protobuf. */
  readonly column: number;
  /** How many bytes of protobuf stand before the place; `undefined` in text. */
  readonly offset: number | undefined;

  /** Made by the parsers; programs catch it. */
  constructor(format: ParsedFormat, place: Place | Offset, { problem, expected, got }: Fault) {
    const inBytes = 'offset' in place;
    const shown = inBytes ? `byte ${place.offset}` : `line ${place.line}, column ${place.column}`;
    super('DOCUMENT_INVALID', `${format} "${shown}": ${problem}, expected ${expected}, got ${got}`);
    this.name = 'ParseError';
    this.line = inBytes ? 0 : place.line;
    this.column = inBytes ? 0 : place.column;
    this.offset = inBytes ? place.offset : undefined;
  }
}

/** Renders what stands between two places of a line: short, or that nothing does. */
export function showRest(text: string, at: number, end: number): string {
  return at < end ? show(text.slice(at, Math.min(end, at + 80))) : 'the end of the line';
}

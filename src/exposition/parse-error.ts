/** What the parsers throw: a document that is not what it says it is, and where. */

import { MetricsError, show } from '../model/error.ts';

/** The format that a document is read as, in the words that errors begin with. */
export type ParsedFormat = 'text' | 'openmetrics';

/** A place in a document. */
export interface Place {
  /** The line, from 1. */
  readonly line: number;
  /** The column, from 1, in UTF-16 units, as editors count. */
  readonly column: number;
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
 * `openmetrics "line 3, column 7": no number, expected a value, got "1x"`.
 */
export class ParseError extends MetricsError {
  /** The line, from 1. */
  readonly line: number;
  /** The column, from 1, in UTF-16 units, as editors count. */
  readonly column: number;

  /** Made by the parsers; programs catch it. */
  constructor(format: ParsedFormat, { line, column }: Place, { problem, expected, got }: Fault) {
    super(
      'DOCUMENT_INVALID',
      `${format} "line ${line}, column ${column}": ${problem}, expected ${expected}, got ${got}`,
    );
    this.name = 'ParseError';
    this.line = line;
    this.column = column;
  }
}

/** Renders what stands between two places of a line: short, or that nothing does. */
export function showRest(text: string, at: number, end: number): string {
  return at < end ? show(text.slice(at, Math.min(end, at + 80))) : 'the end of the line';
}

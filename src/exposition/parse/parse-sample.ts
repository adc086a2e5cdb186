/** A sample as one line says it, in the text format and in OpenMetrics. */

import type { Exemplar } from '../../model/exemplar.ts';
import type { Timestamp } from '../../model/timestamp.ts';
import type { Block } from './parse-block.ts';
import type { LineCursor } from './parse-cursor.ts';
import { LineLabels, placeOfSecond } from './parse-labels.ts';
import { EXACT_DIGITS, parseMilliseconds, parseNumber, parseSeconds } from './parse-number.ts';

const LINE_FEED = 10;
const SPACE = 32;
const HASH = 35;
const ZERO = 48;
const OPEN = 123;

/** The most code points that the names and values of an exemplar's labels may have together. */
const MAX_CODE_POINTS = 128;

/** The sample on one line after the other: what it holds is true until the next line is read. */
export class LineSample {
  /** The name, with any suffix. */
  name = '';
  /** The labels. */
  readonly labels: LineLabels;
  /** What was counted or measured. */
  value = 0;
  /** The time, where the line gives one. */
  time: Timestamp | undefined;
  /** The exemplar, where the line has one. */
  exemplar: Exemplar | undefined;
  /** Where in the text the value begins. */
  valueAt = 0;
  /** Where in the text the time begins, where there is one. */
  timeAt = 0;
  /** Where in the text the exemplar begins, where there is one. */
  exemplarAt = 0;
  readonly #exemplarLabels = new LineLabels();
  /** Where the last line lies that had labels behind its name. */
  #text = '';
  #start = 0;
  /** Where its labels begin and end, counted from its beginning; the end is 0 where there is none. */
  #labelsAt = 0;
  #labelsEnd = 0;

  /** Begins without a line; `placed` is for {@linkcode LineLabels.places}. */
  constructor({ placed = false }: { readonly placed?: boolean } = {}) {
    this.labels = new LineLabels({ placed });
  }

  /** Where in the text of the line at hand the name begins, the quote before it included. */
  nameAt({ text, start }: LineCursor): number {
    return text.charCodeAt(start) === OPEN ? this.labels.metricNameAt : start;
  }

  /**
   * Reads the line.
   *
   * @throws {ParseError} When it is not a sample of the format.
   */
  read(cursor: LineCursor): void {
    this.#readName(cursor);
    const { strict } = cursor;
    if (strict) cursor.gap('a space and a value');
    else cursor.blanks();
    this.#readNumbers(cursor);
  }

  #readNumbers(cursor: LineCursor): void {
    this.#readValue(cursor);
    this.time = undefined;
    this.exemplar = undefined;
    if (cursor.at === cursor.end) return;
    if (cursor.strict) this.#readStrictRest(cursor);
    else this.#readRest(cursor);
  }

  /**
   * Reads a line that bears the name and the label names of the line before, as most do, and returns
   * where its line feed stands in the block; -1 where it is another one, of which nothing is read.
   *
   * @throws {ParseError} When it is not a sample of the format.
   */
  readAgain(cursor: LineCursor, block: Block, start: number): number {
    const { bytes, base, text } = block;
    const last = this.#start - base;
    const length = this.#text === text && last >= 0 ? this.#labelsEnd : 0;
    const shared = block.shared(start, last, length);
    if (shared < this.#labelsAt || length === 0) return -1;
    const end = this.labels.readAgain(block, start, this.#labelsAt, shared);
    this.#labelsEnd = 0;
    if (end < 0 || bytes[end] !== SPACE) return -1;
    this.#start = base + start;
    this.#labelsEnd = end - start;
    this.valueAt = base + end + 1;
    return this.#readNumberAgain(cursor, block, start, end + 1);
  }

  #readNumberAgain(cursor: LineCursor, block: Block, start: number, from: number): number {
    const { bytes, base, text } = block;
    let at = from;
    let whole = 0;
    for (; ; at++) {
      const digit = bytes[at]! - ZERO;
      if (!(digit >= 0 && digit <= 9)) break;
      whole = whole * 10 + digit;
    }
    if (bytes[at] === LINE_FEED && at > from && at - from <= EXACT_DIGITS) {
      this.value = whole;
      this.time = undefined;
      this.exemplar = undefined;
      cursor.open(text, base + start, base + at);
      return at;
    }
    while (bytes[at] !== LINE_FEED) at++;
    cursor.open(text, base + start, base + at);
    cursor.at = base + from;
    cursor.blanks();
    this.#readNumbers(cursor);
    return at;
  }

  #readName(cursor: LineCursor): void {
    const { labels } = this;
    const { at } = cursor;
    const end = cursor.nameEnd(true);
    this.name = cursor.text.slice(at, end);
    this.#labelsEnd = 0;
    cursor.at = end;
    cursor.blanks();
    labels.count = 0;
    if (cursor.code === OPEN) {
      cursor.at++;
      const labelsAt = cursor.at;
      labels.read(cursor);
      this.#readQuotedName(cursor, at);
      if (end > at) this.#remember(cursor, labelsAt);
    } else if (end === at) {
      cursor.refuse('no metric name', 'a letter, "_", ":" or labels', at);
    } else if (cursor.at === end && end < cursor.end && !cursor.strict) {
      cursor.refuse('a name without an end', 'a blank or labels');
    }
  }

  #remember({ text, start, at }: LineCursor, labelsAt: number): void {
    this.#text = text;
    this.#start = start;
    this.#labelsAt = labelsAt - start;
    this.#labelsEnd = at - start;
  }

  #readQuotedName(cursor: LineCursor, at: number): void {
    const { metricName } = this.labels;
    if (metricName === '') {
      if (this.name === '') cursor.refuse('no metric name', 'a name or one in quotes', at);
    } else {
      if (this.name !== '') {
        cursor.refuse('a second name', 'one metric name', this.labels.metricNameAt);
      }
      this.name = metricName;
    }
  }

  #readValue(cursor: LineCursor): void {
    const { at } = cursor;
    const end = cursor.tokenEnd();
    const value = parseNumber(cursor.text, at, end);
    if (value === undefined) {
      if (cursor.strict && cursor.code === OPEN) refuseVersion2(cursor);
      cursor.refuse('no value', 'a number');
    }
    this.value = value;
    this.valueAt = at;
    cursor.at = end;
  }

  #readRest(cursor: LineCursor): void {
    cursor.blanks();
    if (cursor.at === cursor.end) return;
    const { at } = cursor;
    const end = cursor.tokenEnd();
    this.time = parseMilliseconds(cursor.text.slice(at, end));
    if (this.time === undefined) cursor.refuse('no time', 'whole milliseconds');
    this.timeAt = at;
    cursor.at = end;
    cursor.blanks();
    if (cursor.at < cursor.end) cursor.refuse('more than a sample', 'the end of the line');
  }

  #readStrictRest(cursor: LineCursor): void {
    cursor.gap('a space');
    if (cursor.code !== HASH) {
      this.timeAt = cursor.at;
      this.time = readSeconds(cursor);
      if (cursor.at === cursor.end) return;
      cursor.gap('a space');
      if (cursor.code !== HASH && beginsStart(cursor)) refuseVersion2(cursor);
    }
    this.exemplarAt = cursor.at;
    this.exemplar = this.#readExemplar(cursor);
    if (cursor.at === cursor.end) return;
    if (cursor.text.startsWith(' # {', cursor.at)) refuseVersion2(cursor);
    cursor.refuse('more than a sample', 'the end of the line');
  }

  #readExemplar(cursor: LineCursor): Exemplar {
    cursor.expect(HASH, 'no exemplar', '"# {"');
    cursor.expect(SPACE, 'no exemplar', '" {"');
    cursor.expect(OPEN, 'no exemplar', '"{"');
    const found = this.#exemplarLabels;
    found.read(cursor);
    if (found.metricName !== '') {
      cursor.refuse('a name in an exemplar', 'labels alone', found.metricNameAt);
    }
    const labels = this.#exemplarRecord(cursor);
    cursor.gap('a space and a value');
    const end = cursor.tokenEnd();
    const value = parseNumber(cursor.text, cursor.at, end);
    if (value === undefined) cursor.refuse('no value of an exemplar', 'a number');
    cursor.at = end;
    if (cursor.at === cursor.end) return { labels, value };
    cursor.gap('a space and a time');
    return { labels, value, timestamp: readSeconds(cursor) };
  }

  #exemplarRecord(cursor: LineCursor): Readonly<Record<string, string>> {
    const { names, values, count } = this.#exemplarLabels;
    const pairs: [string, string][] = [];
    let length = 0;
    for (let i = 0; i < count; i++) {
      pairs.push([names[i]!, values[i]!]);
      length += codePoints(names[i]!) + codePoints(values[i]!);
      if (length > MAX_CODE_POINTS) {
        const expected = `at most ${MAX_CODE_POINTS} characters`;
        cursor.refuse('long labels of an exemplar', expected, this.#exemplarLabelAt(cursor, i));
      }
    }
    // fromEntries defines properties, so that a label named __proto__ stays a label.
    const labels = Object.fromEntries(pairs);
    if (Object.keys(labels).length < count) {
      const at = this.#exemplarLabelAt(cursor, placeOfSecond(names, count));
      cursor.refuse('a label twice in an exemplar', 'different labels', at);
    }
    return labels;
  }

  // Read again, since only a fault needs it.
  #exemplarLabelAt(cursor: LineCursor, place: number): number {
    const found = new LineLabels({ placed: true });
    cursor.at = this.exemplarAt + '# {'.length;
    found.read(cursor);
    return found.places![place]!.nameAt;
  }
}

function readSeconds(cursor: LineCursor): Timestamp {
  const end = cursor.tokenEnd();
  const time = parseSeconds(cursor.text.slice(cursor.at, end));
  if (time === undefined) {
    if (beginsStart(cursor)) refuseVersion2(cursor);
    cursor.refuse('no time', 'finite seconds');
  }
  cursor.at = end;
  return time;
}

/** True where a start time stands, as lines of OpenMetrics 2.0 have it. */
function beginsStart({ text, at }: LineCursor): boolean {
  return text.startsWith('st@', at);
}

function refuseVersion2(cursor: LineCursor): never {
  cursor.refuse('what OpenMetrics 2.0 has', 'OpenMetrics 1.0');
}

// Strings too long to pass are not counted to their end.
function codePoints(text: string): number {
  return text.length > 2 * MAX_CODE_POINTS ? text.length : [...text].length;
}

/** A sample as one line says it, in the text format and in OpenMetrics. */

import type { Exemplar } from '../model/exemplar.ts';
import type { Timestamp } from '../model/family.ts';
import type { LineCursor } from './parse-cursor.ts';
import { LineLabels } from './parse-labels.ts';
import { parseMilliseconds, parseNumber, parseSeconds } from './parse-number.ts';

const SPACE = 32;
const HASH = 35;
const OPEN = 123;

/** The most code points that the names and values of an exemplar's labels may have together. */
const MAX_CODE_POINTS = 128;

/** The sample on one line after the other: what it holds is true until the next line is read. */
export class LineSample {
  /** The name, with any suffix. */
  name = '';
  /** The labels. */
  readonly labels: LineLabels = new LineLabels();
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
  /** Where the last line lies. */
  #text = '';
  #start = 0;
  #length = 0;
  /** Where the labels of the last line begin, counted from its beginning; 0 where there are none. */
  #labelsAt = 0;

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
    this.#readValue(cursor);
    this.time = undefined;
    this.exemplar = undefined;
    if (cursor.at === cursor.end) return;
    if (strict) this.#readStrictRest(cursor);
    else this.#readRest(cursor);
  }

  #readName(cursor: LineCursor): void {
    const { labels } = this;
    const shared = this.#shared(cursor);
    if (shared > 0) {
      cursor.at = cursor.start + this.#labelsAt;
      labels.read(cursor, shared);
      // Shared is a name outside of the braces.
      if (labels.metricName !== '') cursor.refuse('a second name', 'one metric name', cursor.start);
      return;
    }
    const { at } = cursor;
    const end = cursor.nameEnd(true);
    this.name = cursor.text.slice(at, end);
    this.#labelsAt = 0;
    cursor.at = end;
    cursor.blanks();
    labels.count = 0;
    if (cursor.code === OPEN) {
      cursor.at++;
      if (end > at) this.#labelsAt = cursor.at - cursor.start;
      labels.read(cursor, 0);
      this.#readQuotedName(cursor, at);
    } else if (end === at) {
      cursor.refuse('no metric name', 'a letter, "_", ":" or labels', at);
    } else if (cursor.at === end && end < cursor.end && !cursor.strict) {
      cursor.refuse('a name without an end', 'a blank or labels');
    }
  }

  #readQuotedName(cursor: LineCursor, at: number): void {
    const { metricName } = this.labels;
    if (metricName === '') {
      if (this.name === '') cursor.refuse('no metric name', 'a name or one in quotes', at);
    } else {
      if (this.name !== '') cursor.refuse('a second name', 'one metric name', at);
      this.name = metricName;
    }
  }

  /**
   * How many characters the line has in common with the line before, its labels at most; 0 where
   * they do not reach to the labels.
   */
  #shared(cursor: LineCursor): number {
    const { text, start } = cursor;
    const last = this.#start;
    const length = text === this.#text ? Math.min(this.#length, cursor.end - start) : 0;
    this.#text = text;
    this.#start = start;
    this.#length = cursor.end - start;
    let shared = 0;
    while (shared < length && text.charCodeAt(start + shared) === text.charCodeAt(last + shared)) {
      shared++;
    }
    return shared >= this.#labelsAt ? this.#labelsAt && shared : 0;
  }

  #readValue(cursor: LineCursor): void {
    const { at } = cursor;
    const end = cursor.tokenEnd();
    const value = parseNumber(cursor.text, at, end);
    if (value === undefined) cursor.refuse('no value', 'a number');
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
    }
    this.exemplarAt = cursor.at;
    this.exemplar = this.#readExemplar(cursor);
    if (cursor.at < cursor.end) cursor.refuse('more than a sample', 'the end of the line');
  }

  #readExemplar(cursor: LineCursor): Exemplar {
    cursor.expect(HASH, 'no exemplar', '"# {"');
    cursor.expect(SPACE, 'no exemplar', '" {"');
    cursor.expect(OPEN, 'no exemplar', '"{"');
    const found = this.#exemplarLabels;
    found.read(cursor, 0);
    if (found.metricName !== '') {
      cursor.refuse('a name in an exemplar', 'labels alone', this.exemplarAt);
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
        cursor.refuse('long labels of an exemplar', expected, this.exemplarAt);
      }
    }
    // fromEntries defines properties, so that a label named __proto__ stays a label.
    const labels = Object.fromEntries(pairs);
    if (Object.keys(labels).length < count) {
      cursor.refuse('a label twice in an exemplar', 'different labels', this.exemplarAt);
    }
    return labels;
  }
}

function readSeconds(cursor: LineCursor): Timestamp {
  const end = cursor.tokenEnd();
  const time = parseSeconds(cursor.text.slice(cursor.at, end));
  if (time === undefined) cursor.refuse('no time', 'finite seconds');
  cursor.at = end;
  return time;
}

// Strings too long to pass are not counted to their end.
function codePoints(text: string): number {
  return text.length > 2 * MAX_CODE_POINTS ? text.length : [...text].length;
}

/**
 * The series of a family that has one number each, as what a text is made of: label values as bytes,
 * one row after the other, and where the numbers lie. A writer goes through them without meeting a
 * tree, a child or a string, in which most of the time of a scrape would go.
 *
 * Rows stand in the order of a walk through the tree that they were recorded on. They say nothing of
 * a format: label values are UTF-8 and hold nothing that any format would have to escape.
 */

import type { FamilyWriter } from './family.ts';
import { readCount, readStartTime } from './packed-count.ts';

/**
 * A row: a byte with the depth of the first label that differs from the row before, and this bit where
 * its number does not lie behind the one before; then each label from there on, its length in a byte and
 * its bytes; then, with the bit, the place of the number: page and cell, 2 and 3 bytes of 7 bits each.
 *
 * No byte of it is F0 or more but in UTF-8, so that eight bytes at once are never a NaN and can be copied
 * as a float64.
 */
export const ELSEWHERE = 0x40;

/** The most labels that rows can have. */
export const MOST_LABELS: number = ELSEWHERE;

/** The longest value of a label in a row, in bytes. */
export const LONGEST_VALUE = 0xef;

/** Bytes past the last row of a page that may be read, since they are copied 8 at once. */
export const ROW_SLACK = 8;

/** How the number of a series lies in its bytes: as a float64, or as {@linkcode readCount} reads it. */
export interface NumberLayout {
  /** How far the numbers of two series lie apart that were made one after the other, in bytes. */
  readonly stride: number;
  readonly isPacked: boolean;
  /** True where a start time lies with it: in the next cell, or as {@linkcode readStartTime} reads it. */
  readonly hasStartTime: boolean;
}

/** A buffer that numbers lie in. */
export interface NumberPage {
  readonly cells: Float64Array;
  readonly view: DataView;
}

/** All rows of a family, which never change. */
export interface NumberRows extends NumberLayout {
  /** How many labels each row has. */
  readonly depth: number;
  /** The rows, a page at a time, each with {@linkcode ROW_SLACK} behind it. */
  readonly pages: readonly DataView[];
  /** Where the numbers lie. */
  readonly numbers: readonly NumberPage[];
}

/** A writer that takes rows, as this library's own do. */
export interface RowWriter extends FamilyWriter {
  /**
   * Writes the next series of a family until the writer is full or none is left: in place of `label` and
   * `number` for each of them, and with no more to say. Absent for as long as it cannot.
   *
   * Not called `rows`: a program's own writer may well have those, and mean something else.
   */
  readonly numberRows: ((cursor: RowCursor) => void) | undefined;
}

/** The rows of a family one by one. Writers read it, and the label values from {@linkcode bytes}. */
export class RowCursor {
  readonly rows: NumberRows;
  /** The page that the row is in. */
  bytes: DataView;
  /** The depth of the first label that the row has. */
  from = 0;
  /** Where that label's length is in the page; its value, and the labels deeper than it, follow. */
  at = 0;
  /** True when no row is left. */
  isAtEnd = false;
  #page = 0;
  #end: number;
  #isElsewhere = false;
  #numbers: NumberPage | undefined;
  #offset = 0;
  #dropped: Map<NumberPage, Set<number>> | undefined;

  constructor(rows: NumberRows) {
    this.rows = rows;
    this.bytes = rows.pages[0]!;
    this.#end = this.bytes.byteLength - ROW_SLACK;
  }

  /** Goes to the next row. False when there is none. */
  next(): boolean {
    if (this.at === this.#end && !this.#turn()) return false;
    const head = this.bytes.getUint8(this.at++);
    this.from = head & ~ELSEWHERE;
    this.#isElsewhere = head >= ELSEWHERE;
    return true;
  }

  /**
   * Goes to the number of the row, of which the labels end at `at`. False where it is to be left out.
   *
   * Apart from {@linkcode number}, which would make an object of a number that may be none: 100,000 counters
   * to text take 3.5 ms, and 3.7 with one method; to protobuf 3.8 and 4.2 (Node 24).
   */
  findNumber(at: number): boolean {
    this.at = at;
    if (this.#isElsewhere) this.#goElsewhere();
    else this.#offset += this.rows.stride;
    return this.#dropped?.get(this.#numbers!)?.has(this.#offset) !== true;
  }

  /** The number that was found last. */
  number(): number {
    const { view, cells } = this.#numbers!;
    return this.rows.isPacked ? readCount(view, this.#offset) : cells[this.#offset >> 3]!;
  }

  /** When the number that was found last began, where there are start times. */
  startTime(): number {
    const { view, cells } = this.#numbers!;
    return this.rows.isPacked ? readStartTime(view, this.#offset) : cells[(this.#offset >> 3) + 1]!;
  }

  /** Leaves out the series whose number lies there from now on. */
  drop(numbers: NumberPage, offset: number): void {
    this.#dropped ??= new Map();
    const dropped = this.#dropped.get(numbers) ?? new Set();
    this.#dropped.set(numbers, dropped.add(offset));
  }

  #goElsewhere(): void {
    const { bytes, at } = this;
    this.#numbers = this.rows.numbers[bytes.getUint8(at) | (bytes.getUint8(at + 1) << 7)]!;
    const cell = bytes.getUint8(at + 2) | (bytes.getUint8(at + 3) << 7);
    this.#offset = (cell | (bytes.getUint8(at + 4) << 14)) << 3;
    this.at = at + 5;
  }

  #turn(): boolean {
    const bytes = this.rows.pages[this.#page + 1];
    this.isAtEnd = bytes === undefined;
    if (bytes === undefined) return false;
    this.#page++;
    this.bytes = bytes;
    this.at = 0;
    this.#end = bytes.byteLength - ROW_SLACK;
    return true;
  }
}

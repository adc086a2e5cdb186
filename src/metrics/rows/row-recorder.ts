/** Recording of rows: how a walk through a family's children becomes one that needs none of them. */

import type { Labelled } from '../../model/label-walk.ts';
import {
  ELSEWHERE,
  LONGEST_VALUE,
  MOST_LABELS,
  type NumberLayout,
  type NumberPage,
  type NumberRows,
  ROW_SLACK,
} from '../../model/number-rows.ts';

/** What the rows of a page take at most: more than the longest row of the most labels. */
const PAGE_BYTES = 16 * 1024;

/** What the place of a number takes. */
const PLACE_BYTES = 5;

const QUOTE = 34;
const BACKSLASH = 92;
const LINE_FEED = 10;

// Declared here, since this ring is built without the types of any runtime: all of them have it.
declare class TextEncoder {
  encodeInto(text: string, bytes: Uint8Array): { readonly written: number };
}

const encoder = /* @__PURE__ */ new TextEncoder();

/** Where the number of a series lies. */
export interface NumberPlace {
  readonly buffer: ArrayBufferLike;
  /** In bytes, from the beginning of the buffer, a multiple of 8. */
  readonly offset: number;
}

/** Where a cell lies. */
export function placeOfCell({ buffer, byteOffset }: Float64Array, index: number): NumberPlace {
  return { buffer, offset: byteOffset + index * Float64Array.BYTES_PER_ELEMENT };
}

/** Takes the labels and numbers that a walk passes, in its order, and gives the labels on to a writer. */
export class RowRecorder implements Labelled {
  readonly #writer: Labelled;
  readonly #depth: number;
  readonly #layout: NumberLayout;
  readonly #pages: DataView[] = [];
  #page: Uint8Array = new Uint8Array(PAGE_BYTES + ROW_SLACK);
  /** Where the rows of the page end, and the row that is not complete. */
  #length = 0;
  #end = 1;
  /** The depth of the first label of that row, and of the next one that is missing. */
  #from = 0;
  #to = 0;
  /** Where the label at each depth begins, from the beginning of that row. */
  readonly #starts: number[] = [];
  readonly #numbers: NumberPage[] = [];
  readonly #numbersOf = new Map<ArrayBufferLike, number>();
  #lastBuffer: ArrayBufferLike | undefined;
  #lastNumbers = -1;
  #lastOffset = 0;
  #isPossible: boolean;

  /** Makes a recorder of rows of `depth` labels, whose numbers lie as `layout` says. */
  constructor(writer: Labelled, depth: number, layout: NumberLayout) {
    this.#writer = writer;
    this.#depth = depth;
    this.#layout = layout;
    this.#isPossible = depth <= MOST_LABELS;
  }

  get full(): boolean {
    return this.#writer.full;
  }

  label(depth: number, value: string): void {
    this.#writer.label(depth, value);
    if (!this.#isPossible) return;
    if (depth <= this.#from || this.#from === this.#to) {
      this.#from = depth;
      this.#end = this.#length + 1;
    } else if (depth < this.#to) {
      // Another value of this label: there was no series below the one before.
      this.#end = this.#length + this.#starts[depth]!;
    }
    this.#starts[depth] = this.#end - this.#length;
    this.#to = depth + 1;
    this.#isPossible = this.#put(value);
  }

  /** Ends a row: the number of the series whose labels were given. */
  number({ buffer, offset }: NumberPlace): void {
    const isWhole = this.#from < this.#to && this.#to === this.#depth;
    if (!isWhole) this.#isPossible = false;
    if (!this.#isPossible) return;
    const isBehind =
      buffer === this.#lastBuffer && offset === this.#lastOffset + this.#layout.stride;
    this.#page[this.#length] = isBehind ? this.#from : this.#from | ELSEWHERE;
    if (!isBehind) this.#place(buffer, offset);
    this.#lastOffset = offset;
    this.#length = this.#end;
    this.#end++;
    this.#from = this.#to;
  }

  /** The rows; nothing where some series cannot be one, or there is none. */
  finish(): NumberRows | undefined {
    if (!this.#isPossible || this.#lastBuffer === undefined) return undefined;
    this.#turn();
    const { stride, isPacked, hasStartTime } = this.#layout;
    const numbers = this.#numbers;
    return { depth: this.#depth, pages: this.#pages, numbers, stride, isPacked, hasStartTime };
  }

  #place(buffer: ArrayBufferLike, offset: number): void {
    if (buffer !== this.#lastBuffer) {
      this.#lastBuffer = buffer;
      this.#lastNumbers = this.#numbersAt(buffer);
    }
    const numbers = this.#lastNumbers;
    const cell = offset >> 3;
    const page = this.#page;
    for (const bits of [numbers, numbers >> 7, cell, cell >> 7, cell >> 14]) {
      page[this.#end++] = bits & 0x7f;
    }
    // More than 16,384 buffers, or a buffer of more than 16 MiB.
    if (numbers >> 14 > 0 || cell >> 21 > 0) this.#isPossible = false;
  }

  #numbersAt(buffer: ArrayBufferLike): number {
    const known = this.#numbersOf.get(buffer);
    if (known !== undefined) return known;
    const cells = new Float64Array(buffer, 0, Math.floor(buffer.byteLength / 8));
    const numbers = this.#numbers.push({ cells, view: new DataView(buffer) }) - 1;
    this.#numbersOf.set(buffer, numbers);
    return numbers;
  }

  /** Puts a label into the row. False where it cannot stand there. */
  #put(value: string): boolean {
    if (value.length > LONGEST_VALUE) return false;
    // Three bytes for a character at most.
    const room = 1 + 3 * value.length + PLACE_BYTES;
    if (this.#end + room > PAGE_BYTES) this.#turnOver();
    const page = this.#page;
    const start = this.#end + 1;
    let { length } = value;
    for (let i = 0; i < value.length; i++) {
      const code = value.charCodeAt(i);
      if (code === QUOTE || code === BACKSLASH || code === LINE_FEED) return false;
      page[start + i] = code;
      if (code <= 127) continue;
      if (/["\\\n]/.test(value)) return false;
      length = encoder.encodeInto(value, page.subarray(start)).written;
      break;
    }
    page[start - 1] = length;
    this.#end = start + length;
    return length <= LONGEST_VALUE;
  }

  /** Goes on in another page with the row that is not complete, for which there is always room. */
  #turnOver(): void {
    const row = this.#page.slice(this.#length, this.#end);
    this.#turn();
    this.#page.set(row);
    this.#length = 0;
    this.#end = row.length;
  }

  #turn(): void {
    if (this.#length === 0) return;
    const page = this.#page.slice(0, this.#length + ROW_SLACK);
    // What lies there is older than the rows, and with the last of them it might be a NaN.
    page.fill(0, this.#length);
    this.#pages.push(new DataView(page.buffer));
  }
}

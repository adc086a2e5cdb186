/** The wire format of protobuf, read: fields one after the other, within the message that is open. */

import { ParseError } from '../parse/parse-error.ts';
import { KEPT_LENGTH, type KeptTexts } from './protobuf-texts.ts';

/** How a field is encoded: the last three bits of its tag. */
const VARINT = 0;
const FIXED64 = 1;
const BYTES = 2;
const FIXED32 = 5;

/** Bits of a number above those of an int32. */
const TWO_32 = 2 ** 32;

/** The most bytes of a varint. */
const VARINT_ROOM = 10;

/** Below this, a byte is a varint of its own. */
const ONE_BYTE = 128;

const decoder = /* @__PURE__ */ new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * A place in bytes. Read {@linkcode field} after {@linkcode next}, then take the field's value by one
 * of the other methods, which refuse a field that is encoded otherwise.
 *
 * @see {@link https://protobuf.dev/programming-guides/encoding/ | Encoding}
 */
export class ProtobufCursor {
  /** Where the next byte is read. */
  at: number;
  /** Where the message ends that is open. */
  end: number;
  /** The number of the field at hand. */
  field = 0;
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  /** Where in the document the first byte stands. */
  readonly #offset: number;
  readonly #texts: KeptTexts;
  #wire = 0;
  /** Where the tag of the field at hand stands. */
  #tagAt = 0;
  /** The last varint: its lower and its upper 32 bits, unsigned. */
  #low = 0;
  #high = 0;

  /**
   * Opens the bytes from `at` to `end` as a message; the first byte stands at `offset`. `texts` are
   * those of the whole document.
   */
  constructor(bytes: Uint8Array, at: number, end: number, offset: number, texts: KeptTexts) {
    this.#texts = texts;
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#offset = offset;
    this.at = at;
    this.end = end;
  }

  /** Where the field at hand begins. */
  get fieldAt(): number {
    return this.#tagAt;
  }

  /** Passes over the bytes that come next where they are those from `start` to `end`. Else false. */
  repeats(start: number, end: number): boolean {
    const count = end - start;
    const { at } = this;
    if (count > this.end - at) return false;
    const view = this.#view;
    let i = 0;
    for (; i + 4 <= count; i += 4) {
      if (view.getInt32(at + i) !== view.getInt32(start + i)) return false;
    }
    for (; i < count; i++) if (view.getInt8(at + i) !== view.getInt8(start + i)) return false;
    this.at = at + count;
    return true;
  }

  /** Reads the next tag. False at the end of the message. */
  next(): boolean {
    if (this.at >= this.end) return false;
    this.#tagAt = this.at;
    const byte = this.#bytes[this.at]!;
    if (byte < ONE_BYTE) {
      this.at++;
      this.field = byte >>> 3;
      this.#wire = byte & 7;
      if (this.field === 0) this.refuse('no field', 'a number from 1', '0');
      return true;
    }
    this.#varint();
    this.field = this.#high * 2 ** 29 + (this.#low >>> 3);
    this.#wire = this.#low & 7;
    if (this.field === 0) this.refuse('no field', 'a number from 1', '0');
    return true;
  }

  /**
   * Passes over the field at hand. Readers do so with every field that they do not know, as the format
   * asks of them: a newer program may write more than this version understands.
   *
   * @see {@link https://protobuf.dev/programming-guides/proto3/#unknowns | Unknown fields}
   */
  passOver(): void {
    switch (this.#wire) {
      case VARINT:
        this.#varint();
        return;
      case FIXED64:
        this.#advance(8);
        return;
      case BYTES:
        this.#advance(this.#length());
        return;
      case FIXED32:
        this.#advance(4);
        return;
      default:
        this.refuse('an unknown encoding', 'a varint, bytes or a fixed number', `${this.#wire}`);
    }
  }

  /** The field as a uint64; one above 2^53 as the nearest float64. */
  unsigned(): number {
    this.#expect(VARINT, 'a varint');
    this.#varint();
    return this.#high * TWO_32 + this.#low;
  }

  /** The field as an int32, an int64 or an enum. */
  signed(): number {
    this.#expect(VARINT, 'a varint');
    this.#varint();
    return (this.#high | 0) * TWO_32 + this.#low;
  }

  /** The field as a sint32 or sint64. */
  zigzag(): number {
    this.#expect(VARINT, 'a varint');
    return this.#zigzag();
  }

  /** The field as a double. */
  double(): number {
    this.#expect(FIXED64, 'a double');
    return this.#double();
  }

  /** Adds the field to sint64s: one, or several in one field. */
  zigzags(to: number[]): void {
    if (this.#wire !== BYTES) {
      to.push(this.zigzag());
      return;
    }
    const outer = this.open();
    while (this.at < this.end) to.push(this.#zigzag());
    this.close(outer);
  }

  /** Adds the field to doubles: one, or several in one field. */
  doubles(to: number[]): void {
    if (this.#wire !== BYTES) {
      to.push(this.double());
      return;
    }
    const outer = this.open();
    while (this.at < this.end) to.push(this.#double());
    this.close(outer);
  }

  /** The field as text; `guess` itself where it reads so, which costs no new string. */
  text(guess = ''): string {
    this.#expect(BYTES, 'text');
    const length = this.#length();
    const start = this.at;
    this.#advance(length);
    if (length === guess.length && this.#reads(start, guess)) return guess;
    if (length <= KEPT_LENGTH) {
      const text = this.#texts.read(this.#bytes, start, this.at);
      if (text !== undefined) return text;
    }
    try {
      return decoder.decode(this.#bytes.subarray(start, this.at));
    } catch {
      return this.refuse('no UTF-8', 'text', `${length} bytes`);
    }
  }

  /** Opens the field as a message, and returns what {@linkcode close} needs. */
  open(): number {
    this.#expect(BYTES, 'a message');
    const length = this.#length();
    if (length > this.end - this.at) this.#cutShort(length);
    const outer = this.end;
    this.end = this.at + length;
    return outer;
  }

  /** Goes on behind the message that is open, in the one around it. */
  close(outer: number): void {
    this.at = this.end;
    this.end = outer;
  }

  /**
   * Refuses the field at hand.
   *
   * @throws {ParseError} Always.
   */
  refuse(problem: string, expected: string, got: string): never {
    this.refuseAt(this.#tagAt, problem, expected, got);
  }

  /**
   * Refuses what stands at a place that {@linkcode at} had.
   *
   * @throws {ParseError} Always.
   */
  refuseAt(at: number, problem: string, expected: string, got: string): never {
    throw new ParseError('protobuf', { offset: this.#offset + at }, { problem, expected, got });
  }

  #expect(wire: number, expected: string): void {
    if (this.#wire === wire) return;
    this.refuse(`field ${this.field} in another encoding`, expected, `encoding ${this.#wire}`);
  }

  #varint(): void {
    const bytes = this.#bytes;
    let low = 0;
    let high = 0;
    const start = this.at;
    for (let i = 0; i < VARINT_ROOM; i++) {
      if (this.at >= this.end) this.#endsEarly('a varint');
      const byte = bytes[this.at++]!;
      const bits = byte & 127;
      if (i < 4) low |= bits << (7 * i);
      else if (i > 4) high |= bits << (7 * i - 32);
      else {
        low |= bits << 28;
        high = bits >> 4;
      }
      if (byte >= 128) continue;
      if (i === VARINT_ROOM - 1 && byte > 1) break;
      this.#low = low >>> 0;
      this.#high = high >>> 0;
      return;
    }
    this.refuseAt(start, 'a varint of more than 64 bits', 'at most 64', 'more');
  }

  #zigzag(): number {
    this.#varint();
    const odd = this.#low % 2;
    const half = this.#high * (TWO_32 / 2) + (this.#low - odd) / 2;
    return odd === 0 ? half : -half - 1;
  }

  #double(): number {
    const { at } = this;
    if (this.end - at < 8) this.#endsEarly('a double');
    this.at = at + 8;
    return this.#view.getFloat64(at, true);
  }

  #length(): number {
    const byte = this.at < this.end ? this.#bytes[this.at]! : ONE_BYTE;
    if (byte < ONE_BYTE) {
      this.at++;
      return byte;
    }
    this.#varint();
    return this.#high * TWO_32 + this.#low;
  }

  #advance(count: number): void {
    if (count > this.end - this.at) this.#cutShort(count);
    this.at += count;
  }

  #reads(start: number, text: string): boolean {
    const bytes = this.#bytes;
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i);
      if (code !== bytes[start + i] || code > 127) return false;
    }
    return true;
  }

  #cutShort(count: number): never {
    this.refuse(`field ${this.field} is cut short`, `${count} bytes`, `${this.end - this.at}`);
  }

  #endsEarly(expected: string): never {
    this.refuseAt(this.at, 'a value is cut short', expected, 'the end of the message');
  }
}

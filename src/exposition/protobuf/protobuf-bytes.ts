/**
 * The wire format of protobuf, written: tags, varints, doubles and what has a length before it. Not a
 * library: the dozen messages of an exposition are written field by field by who knows them. It grows as
 * a `ByteBuffer` does, and shares no code with it: each keeps its view private for its own hot loops, and
 * bytes of protobuf may look like a NaN, which copying as float64 need not leave as it is.
 */

/** Bytes past the end that {@linkcode ProtobufBytes.copy} may read and write. */
const SLACK = 8;

/** The most bytes of a varint. */
const VARINT_ROOM = 10;

/** Up to here copying by 8 bytes beats the fixed cost of `TypedArray.set`. */
const SHORT_COPY = 256;

/** The tag of a double that is field 1. */
const DOUBLE = 0x09;

/** Below this, a varint is one byte. */
const ONE_BYTE = 128;

/** Up to here numbers are int32s, whose bits V8 takes apart faster. */
const MAX_INT = 2 ** 31 - 1;

const encoder = /* @__PURE__ */ new TextEncoder();

/**
 * A growing run of bytes. Tags are given as they stand there: the field's number times 8, plus 1
 * before a double, 2 before a length, 0 before a varint.
 *
 * @see {@link https://protobuf.dev/programming-guides/encoding/ | Encoding}
 */
export class ProtobufBytes {
  /** The storage. Another array after anything that made it grow: do not keep it. */
  bytes: Uint8Array;
  /** How many bytes are written. Set it lower to take back what was written last. */
  length = 0;
  /** The same bytes. */
  view: DataView;

  /** Begins with room for `capacity` bytes. */
  constructor(capacity: number) {
    this.bytes = new Uint8Array(capacity + SLACK);
    this.view = new DataView(this.bytes.buffer);
  }

  /** Writes one byte. */
  byte(byte: number): void {
    this.reserve(1);
    this.bytes[this.length++] = byte;
  }

  /** Writes a whole number >= 0 as a varint; one above 2^53 as the float64 that it is. */
  varint(value: number): void {
    this.reserve(VARINT_ROOM);
    const { bytes } = this;
    let at = this.length;
    let high = value;
    while (high > MAX_INT) {
      bytes[at++] = (high % ONE_BYTE) + ONE_BYTE;
      high = Math.floor(high / ONE_BYTE);
    }
    let rest = high | 0;
    while (rest >= ONE_BYTE) {
      bytes[at++] = (rest & 127) | ONE_BYTE;
      rest >>= 7;
    }
    bytes[at++] = rest;
    this.length = at;
  }

  /** Writes a whole number as an int64, which takes 10 bytes where it is negative. */
  integer(value: number): void {
    if (value >= 0) {
      this.varint(value);
      return;
    }
    let rest = BigInt.asUintN(64, BigInt(value));
    for (; rest >= 128n; rest >>= 7n) this.byte(Number(rest & 127n) + ONE_BYTE);
    this.byte(Number(rest));
  }

  /** Writes a whole number as a sint32 or sint64, which is short on both sides of 0. */
  zigzag(value: number): void {
    this.varint(value >= 0 ? value * 2 : value * -2 - 1);
  }

  /** Writes a field that is a double. */
  double(tag: number, value: number): void {
    this.reserve(9);
    this.bytes[this.length] = tag;
    this.view.setFloat64(this.length + 1, value, true);
    this.length += 9;
  }

  /** Writes a field that is text, as UTF-8; a surrogate without its other half becomes U+FFFD. */
  text(tag: number, text: string): void {
    // No UTF-16 unit takes more than three bytes.
    this.reserve(1 + VARINT_ROOM + text.length * 3);
    this.bytes[this.length++] = tag;
    if (text.length < ONE_BYTE && this.ascii(text)) return;
    const at = this.length + VARINT_ROOM;
    const { written } = encoder.encodeInto(text, this.bytes.subarray(at));
    this.varint(written);
    this.bytes.copyWithin(this.length, at, at + written);
    this.length += written;
  }

  /**
   * Writes text shorter than 128 characters behind its length. False, with nothing written, where a
   * character is not ASCII. The room has to be reserved.
   */
  ascii(text: string): boolean {
    const { bytes, length } = this;
    const count = text.length;
    const start = length + 1;
    for (let i = 0; i < count; i++) {
      const code = text.charCodeAt(i);
      if (code > 127) return false;
      bytes[start + i] = code;
    }
    bytes[length] = count;
    this.length = start + count;
    return true;
  }

  /**
   * Writes text over as many bytes that end at `end`, where all then ends. False, with the length not
   * changed, where a character is not ASCII.
   */
  replaceEnd(end: number, text: string): boolean {
    const { bytes } = this;
    const count = text.length;
    const start = end - count;
    for (let i = 0; i < count; i++) {
      const code = text.charCodeAt(i);
      if (code > 127) return false;
      bytes[start + i] = code;
    }
    this.length = end;
    return true;
  }

  /**
   * Writes, from `start` on, a field whose message is a key and text shorter than 128 characters
   * behind its length. The key is already there where `kept` is true. False, with the length not
   * changed, where a character is not ASCII.
   */
  keyed(start: number, tag: number, key: ProtobufBytes, kept: boolean, text: string): boolean {
    const keyLength = key.length;
    const count = text.length;
    this.length = start;
    this.reserve(keyLength + count + 3);
    const { bytes } = this;
    let at = start + 2;
    if (!kept) {
      const from = key.bytes;
      for (let i = 0; i < keyLength; i++) bytes[at + i] = from[i]!;
    }
    at += keyLength;
    bytes[start] = tag;
    bytes[start + 1] = keyLength + 1 + count;
    bytes[at++] = count;
    for (let i = 0; i < count; i++) {
      const code = text.charCodeAt(i);
      if (code > 127) return false;
      bytes[at + i] = code;
    }
    this.length = at + count;
    return true;
  }

  /** Writes a field that is a message, of which `message` is the inside. */
  message(tag: number, message: ProtobufBytes): void {
    this.byte(tag);
    this.varint(message.length);
    this.copy(message, 0, message.length);
  }

  /**
   * Copies the bytes of `source` from `start` to `end`.
   *
   * Four at a time as int32, twice: text is copied by float64, which is not exact for any bytes.
   */
  copy(source: ProtobufBytes, start: number, end: number): void {
    const count = end - start;
    this.reserve(count);
    const at = this.length;
    if (count <= SHORT_COPY) {
      const to = this.view;
      const from = source.view;
      for (let i = 0; i < count; i += 8) {
        to.setInt32(at + i, from.getInt32(start + i, true), true);
        to.setInt32(at + i + 4, from.getInt32(start + i + 4, true), true);
      }
    } else {
      this.bytes.set(source.bytes.subarray(start, end), at);
    }
    this.length = at + count;
  }

  /**
   * Writes a field whose message is `source` and, in a field of its own, a message of a double with
   * `rest` behind it: a metric of one number, whole. The inner message takes at most 127 bytes, the
   * outer one 16,383. No eight bytes of `source` and of `rest`, nor those behind their ends, may be a NaN.
   *
   * In one go, since it is what most of an exposition is: 100,000 counters took 10.4 ms field by
   * field where they took 8.6 so. With values that stay in place ({@linkcode replaceEnd}) they take 5.4 ms
   * where text takes 6.0, both without the walk (Node 24, medians of interleaved processes).
   */
  nestedDouble(
    tag: number,
    source: ProtobufBytes,
    innerTag: number,
    value: number,
    rest: ProtobufBytes,
  ): void {
    const count = source.length;
    const inner = 9 + rest.length;
    const outer = count + 2 + inner;
    this.reserve(outer + 3);
    const view = this.view;
    let at = this.length;
    // Several bytes in one int32; what is too much of it is written over by what comes next.
    if (outer < ONE_BYTE) {
      view.setInt32(at, tag | (outer << 8), true);
      at += 2;
    } else {
      view.setInt32(at, tag | ((outer & 127) << 8) | 0x8000 | ((outer >> 7) << 16), true);
      at += 3;
    }
    const from = source.view;
    for (let i = 0; i < count; i += 8) {
      view.setFloat64(at + i, from.getFloat64(i, true), true);
    }
    at += count;
    view.setInt32(at, innerTag | (inner << 8) | (DOUBLE << 16), true);
    view.setFloat64(at + 3, value, true);
    at += 11;
    const fromRest = rest.view;
    const restCount = rest.length;
    for (let i = 0; i < restCount; i += 8) {
      view.setFloat64(at + i, fromRest.getFloat64(i, true), true);
    }
    this.length = at + restCount;
  }

  /** True where copying all of it by float64 is exact, up to eight bytes behind the end: none are a NaN. */
  isPlain(): boolean {
    const view = this.view;
    for (let i = 0; i < this.length; i += 8) {
      if (Number.isNaN(view.getFloat64(i, true))) return false;
    }
    return true;
  }

  /**
   * Writes the length of the last `count` bytes before them, where `gap` bytes were left free for
   * it, so that it takes no more than it needs.
   */
  prefix(count: number, gap: number): void {
    this.reserve(VARINT_ROOM);
    const size = varintSize(count);
    const end = this.length;
    const start = end - count;
    this.length = start - gap;
    if (size !== gap) this.bytes.copyWithin(this.length + size, start, end);
    this.varint(count);
    this.length += count;
  }

  /** Makes room for `count` more bytes. */
  reserve(count: number): void {
    if (this.length + count + SLACK > this.bytes.length) this.#grow(count);
  }

  #grow(count: number): void {
    const bytes = new Uint8Array(Math.max(this.bytes.length * 2, this.length + count + SLACK));
    // What lies behind the length as well: who lowered it may go on with what is there.
    bytes.set(this.bytes);
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer);
  }
}

/** How many bytes a whole number >= 0 takes as a varint. */
export function varintSize(value: number): number {
  let size = 1;
  for (let rest = value; rest >= ONE_BYTE; rest = Math.floor(rest / ONE_BYTE)) size++;
  return size;
}

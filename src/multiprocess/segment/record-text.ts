/**
 * The text of a record: strings one after another, each as its length in UTF-8 bytes (LEB128) and
 * those bytes. A series holds its label values; what follows them are the pairs of an info metric.
 */

/** Joins the strings of one record after another, in a buffer that is used again for each. */
export class RecordTextWriter {
  /** The bytes of the text, from the first one up to {@linkcode length}. */
  bytes: Uint8Array = new Uint8Array(4096);
  /** How many bytes the text has so far: 0 again for the next record's. */
  length = 0;
  readonly #encoder = new TextEncoder();

  /** Leaves room for `length` bytes, which hold what they held. */
  skip(length: number): void {
    if (this.length + length > this.bytes.length) this.#grow(length);
    this.length += length;
  }

  /** Appends bytes without a length, for a record that holds one string alone. */
  raw(text: string): void {
    if (this.length + text.length * 3 > this.bytes.length) this.#grow(text.length * 3);
    this.length += this.#encoder.encodeInto(text, this.bytes.subarray(this.length)).written;
  }

  /** Appends a string. A lone surrogate becomes U+FFFD, as it will in any exposition. */
  string(text: string): void {
    // Three bytes a UTF-16 unit is the most there can be, and five for the length before them.
    if (this.length + text.length * 3 + 5 > this.bytes.length) this.#grow(text.length * 3 + 5);
    if (text.length >= 0x80) {
      this.#encoded(text);
      return;
    }
    // Short and plain is what almost every label value is: one call to the encoder costs more.
    const { bytes } = this;
    let at = this.length;
    bytes[at++] = text.length;
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i);
      if (code >= 0x80) {
        this.#encoded(text);
        return;
      }
      bytes[at++] = code;
    }
    this.length = at;
  }

  #encoded(text: string): void {
    const begin = this.length + 5;
    let { written } = this.#encoder.encodeInto(text, this.bytes.subarray(begin));
    const end = begin + written;
    while (written >= 0x80) {
      this.bytes[this.length++] = (written & 0x7f) | 0x80;
      written >>>= 7;
    }
    this.bytes[this.length++] = written;
    this.bytes.copyWithin(this.length, begin, end);
    this.length += end - begin;
  }

  /** Makes room for so many bytes more. */
  #grow(more: number): void {
    const larger = new Uint8Array(Math.max(this.length + more, this.bytes.length * 2));
    larger.set(this.bytes.subarray(0, this.length));
    this.bytes = larger;
  }
}

/**
 * Reads the strings of a text that begins at `begin` and ends before `end`, or returns `undefined`
 * where the lengths do not add up.
 */
export function readStrings(bytes: Buffer, begin: number, end: number): string[] | undefined {
  const strings: string[] = [];
  let at = begin;
  while (at < end) {
    let length = 0;
    for (let shift = 0; ; shift += 7) {
      if (at >= end || shift > 28) return undefined;
      const byte = bytes[at++]!;
      length += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) break;
    }
    if (at + length > end) return undefined;
    strings.push(bytes.toString('utf8', at, at + length));
    at += length;
  }
  return strings;
}

/**
 * Some lines of a document as bytes, where they are ASCII: a character read from an array of bytes
 * costs half of one read from a string, and nearly all of a document is passed over by looking at it.
 */

/** Few enough that the bytes are still in the processor's cache when the lines are read. */
const BLOCK_SIZE = 64 * 1024;

const encoder = /* @__PURE__ */ new TextEncoder();

/** A part of a text. Characters have the same places in both, {@linkcode base} aside. */
export class Block {
  /** The text that the block is a part of. */
  text = '';
  /** Where in the text the block begins. */
  base = 0;
  /** True where {@linkcode bytes} holds the block. */
  isAscii = false;
  /** The block's characters, where they are all ASCII. */
  readonly bytes: Uint8Array = new Uint8Array(BLOCK_SIZE);
  readonly #view = new DataView(this.bytes.buffer);

  /**
   * Goes on to the lines that begin at `base`, `end` being where lines end at all; returns where the
   * block ends. `isAscii` then says whether there are bytes.
   */
  load(text: string, base: number, end: number): number {
    this.text = text;
    this.base = base;
    let blockEnd = Math.min(base + BLOCK_SIZE, end);
    if (blockEnd < end) blockEnd = text.lastIndexOf('\n', blockEnd - 1) + 1;
    // One line is longer than that: it goes without bytes.
    if (blockEnd <= base) blockEnd = text.indexOf('\n', base) + 1;
    const length = blockEnd - base;
    // Other characters take more bytes than they are UTF-16 units.
    const { read, written } = encoder.encodeInto(text.slice(base, blockEnd), this.bytes);
    this.isAscii = read === length && written === length;
    return blockEnd;
  }

  /** Lets go of the text. */
  unload(): void {
    this.text = '';
  }

  /**
   * How many of the `length` characters at `a` are those at `b`, which is before.
   *
   * Eight at a time as float64, which tells bytes apart where none is a NaN: those have a byte that
   * is not ASCII.
   */
  shared(a: number, b: number, length: number): number {
    const { bytes } = this;
    const view = this.#view;
    const end = Math.min(length, BLOCK_SIZE - a);
    let count = 0;
    while (count + 8 <= end && view.getFloat64(a + count) === view.getFloat64(b + count))
      count += 8;
    while (count < end && bytes[a + count] === bytes[b + count]) count++;
    return count;
  }
}

/** Numbers as bytes: counts as LEB128, a byte or two where they are small, and floats as they are. */

/** Writes numbers one after another, into a buffer that is used again. */
export class NumberWriter {
  /** The bytes, from the first one up to {@linkcode length}. */
  bytes: Uint8Array<ArrayBuffer> = new Uint8Array(4096);
  /** How many bytes there are so far. */
  length = 0;
  #view: DataView = new DataView(this.bytes.buffer);

  /** Forgets what was written. */
  clear(): void {
    this.length = 0;
  }

  /** Appends a whole number from 0 to 2^53. */
  count(value: number): void {
    this.#reserve();
    let rest = value;
    while (rest >= 0x80) {
      this.bytes[this.length++] = (rest % 0x80) | 0x80;
      rest = Math.floor(rest / 0x80);
    }
    this.bytes[this.length++] = rest;
  }

  /** Appends any number. */
  float(value: number): void {
    this.#reserve();
    this.#view.setFloat64(this.length, value, true);
    this.length += 8;
  }

  /** Eight bytes are the most that a number takes. */
  #reserve(): void {
    if (this.length + 8 <= this.bytes.length) return;
    const larger = new Uint8Array(this.bytes.length * 2);
    larger.set(this.bytes);
    this.bytes = larger;
    this.#view = new DataView(larger.buffer);
  }
}

/** Reads numbers one after another. */
export interface NumberReader {
  /** The next number, a count. */
  count(): number;
  /** The next number, a float. */
  float(): number;
}

/** Reads `bytes` by `parse`, or returns `undefined` where they end before it has what it asks for. */
export function readNumbers<Result>(
  bytes: Uint8Array,
  parse: (numbers: NumberReader) => Result,
): Result | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  let at = 0;
  try {
    return parse({
      count() {
        let value = 0;
        for (let factor = 1; ; factor *= 0x80) {
          const byte = view.getUint8(at++);
          value += (byte & 0x7f) * factor;
          if (byte < 0x80) return value;
        }
      },
      float() {
        at += 8;
        return view.getFloat64(at - 8, true);
      },
    });
  } catch (error) {
    // Of an index behind the end, or of a list that long.
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

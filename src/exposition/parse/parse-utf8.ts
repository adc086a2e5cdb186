/** UTF-8 that arrives in chunks, which end in the middle of a character as well. */

import type { LineCursor } from './parse-cursor.ts';
import { ParseError } from './parse-error.ts';

const LINE_FEED = 10;

/** Turns chunks into text, and says where they are no UTF-8. A byte order mark stays what it is. */
export class Utf8Chunks {
  readonly #cursor: LineCursor;
  readonly #decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  /** The bytes of a character whose last ones have not come yet. */
  #begun: Uint8Array = new Uint8Array();

  /** Begins; errors name the line after the cursor's. */
  constructor(cursor: LineCursor) {
    this.#cursor = cursor;
  }

  /**
   * Returns the characters that are complete; `column` is how long the line is that they go on with.
   *
   * @throws {ParseError} When the bytes are no UTF-8.
   */
  decode(chunk: Uint8Array, column: number): string {
    const bytes = join(this.#begun, chunk);
    const end = bytes.length - incomplete(bytes);
    // A copy, since the chunk may be written over.
    this.#begun = Uint8Array.from(bytes.subarray(end));
    const complete = bytes.subarray(0, end);
    try {
      return this.#decoder.decode(complete);
    } catch {
      return this.#refuse(complete, column);
    }
  }

  /** @throws {ParseError} When the document ends within a character. */
  end(column: number): void {
    if (this.#begun.length > 0) this.#refuse(this.#begun, column);
  }

  // Byte by byte, since the decoder does not say how far it came.
  #refuse(bytes: Uint8Array, columnBefore: number): never {
    const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
    let { line } = this.#cursor;
    let column = columnBefore;
    let bad = 0;
    try {
      for (let i = 0; i < bytes.length; i++) {
        bad = bytes[i]!;
        column += decoder.decode(bytes.subarray(i, i + 1), { stream: true }).length;
        if (bad !== LINE_FEED) continue;
        line++;
        column = 0;
      }
    } catch {}
    throw new ParseError(
      this.#cursor.format,
      { line: line + 1, column: column + 1 },
      { problem: 'no UTF-8', expected: 'a character', got: `byte 0x${bad.toString(16)}` },
    );
  }
}

function join(begun: Uint8Array, chunk: Uint8Array): Uint8Array {
  if (begun.length === 0) return chunk;
  const bytes = new Uint8Array(begun.length + chunk.length);
  bytes.set(begun);
  bytes.set(chunk, begun.length);
  return bytes;
}

/** How many bytes at the end begin a character without completing it. */
function incomplete(bytes: Uint8Array): number {
  for (let count = 1; count <= 3 && count <= bytes.length; count++) {
    const byte = bytes[bytes.length - count]!;
    if (byte < 0x80) return 0;
    if (byte < 0xc0) continue;
    const length = byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4;
    return length > count ? count : 0;
  }
  return 0;
}

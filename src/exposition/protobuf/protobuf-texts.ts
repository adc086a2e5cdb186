/**
 * Texts that were read lately: methods, statuses, names. To find one again costs a fifth of a call into
 * the decoder, and a document takes no more room than the texts that differ.
 */

/** How many are kept, a power of two. */
const KEPT = 256;

/** The longest that are kept, in bytes. */
export const KEPT_LENGTH = 32;

/** Gives texts of ASCII characters, the same string for the same text where it can. */
export class KeptTexts {
  readonly #kept: string[] = new Array<string>(KEPT).fill('');

  /** The text from `start` to `end`; `undefined` where a byte is not ASCII. At most {@linkcode KEPT_LENGTH}. */
  read(bytes: Uint8Array, start: number, end: number): string | undefined {
    let hash = end - start;
    let all = 0;
    for (let at = start; at < end; at++) {
      const byte = bytes[at]!;
      all |= byte;
      hash = Math.imul(hash, 31) + byte;
    }
    if (all > 127) return undefined;
    const slot = (hash ^ (hash >>> 8)) & (KEPT - 1);
    const kept = this.#kept[slot]!;
    if (isAt(bytes, start, end, kept)) return kept;
    const text = String.fromCharCode.apply(undefined, bytes.subarray(start, end) as never);
    this.#kept[slot] = text;
    return text;
  }
}

function isAt(bytes: Uint8Array, start: number, end: number, text: string): boolean {
  if (text.length !== end - start) return false;
  for (let i = 0; i < text.length; i++) {
    if (text.charCodeAt(i) !== bytes[start + i]) return false;
  }
  return true;
}

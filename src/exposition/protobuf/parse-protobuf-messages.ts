/** A document of protobuf as messages, each behind its length, from the chunks in which it arrives. */

import { ParseError } from '../parse/parse-error.ts';
import { ProtobufCursor } from './protobuf-cursor.ts';
import { KeptTexts } from './protobuf-texts.ts';

/** The most bytes of a length: one of more would be of a message of 4 GiB. */
const LENGTH_ROOM = 5;

/** What is left free when a message has begun that is longer than what came of it. */
const GROWTH = 2;

/** Gathers bytes and opens the messages in them as soon as they are complete. */
export class MessageStream {
  #bytes: Uint8Array = new Uint8Array();
  /** Where the bytes begin that were not read, and where all end. */
  #start = 0;
  #end = 0;
  /** Where in the document `#bytes[0]` stands. */
  #offset = 0;
  /** False while `#bytes` is the chunk that came last. */
  #owned = true;
  readonly #texts = new KeptTexts();

  /** Adds bytes, which stay those of the caller until {@linkcode keep}. */
  push(chunk: Uint8Array): void {
    if (this.#start === this.#end) {
      this.#offset += this.#end;
      this.#bytes = chunk;
      this.#owned = false;
      this.#start = 0;
      this.#end = chunk.length;
      return;
    }
    const rest = this.#end - this.#start;
    this.#offset += this.#start;
    if (this.#start > 0) this.#bytes.copyWithin(0, this.#start, this.#end);
    if (rest + chunk.length > this.#bytes.length) {
      const bytes = new Uint8Array((rest + chunk.length) * GROWTH);
      bytes.set(this.#bytes.subarray(0, rest));
      this.#bytes = bytes;
    }
    this.#bytes.set(chunk, rest);
    this.#start = 0;
    this.#end = rest + chunk.length;
  }

  /**
   * Opens the next message; `undefined` where it is not complete.
   *
   * @throws {ParseError} When its length is none.
   */
  next(): ProtobufCursor | undefined {
    const length = this.#length();
    if (length === undefined || length.end + length.count > this.#end) return undefined;
    this.#start = length.end + length.count;
    return new ProtobufCursor(this.#bytes, length.end, this.#start, this.#offset, this.#texts);
  }

  /** Copies what was not read, since the chunk that it stands in may be written over. */
  keep(): void {
    if (this.#owned) return;
    this.#owned = true;
    const rest = this.#bytes.slice(this.#start, this.#end);
    this.#offset += this.#start;
    this.#bytes = rest;
    this.#start = 0;
    this.#end = rest.length;
  }

  /** @throws {ParseError} When the document ends within a message. */
  finish(): void {
    if (this.#start === this.#end) return;
    const length = this.#length();
    const got = length === undefined ? 'a part of its length' : `${this.#end - length.end}`;
    const expected = length === undefined ? 'a message' : `${length.count} bytes`;
    this.#refuse('the last message is cut short', expected, got);
  }

  #length(): { readonly count: number; readonly end: number } | undefined {
    let count = 0;
    for (let i = 0; i < LENGTH_ROOM; i++) {
      const at = this.#start + i;
      if (at >= this.#end) return undefined;
      const byte = this.#bytes[at]!;
      count += (byte & 127) * 128 ** i;
      if (byte < 128) return { count, end: at + 1 };
    }
    return this.#refuse('no length', 'that of a message', `${LENGTH_ROOM} bytes of more to come`);
  }

  #refuse(problem: string, expected: string, got: string): never {
    const offset = this.#offset + this.#start;
    throw new ParseError('protobuf', { offset }, { problem, expected, got });
  }
}

/**
 * Segments in ordinary memory that are copied to a file now and then, for where nothing can map.
 * The file has the same format; what a process counted since the last pass dies with a SIGKILL.
 */

import { HEADER_BYTES, WORD } from '../segment/segment.ts';
import type { FileSpace, SegmentFile } from './segment-file.ts';

/** What is compared and written at a time. On Node 24 comparing 1 MiB takes about 0.03 ms. */
const CHUNK_BYTES = 65_536;

/** A stretch of the file that is written whole when anything in it changed. */
interface Chunk {
  readonly offset: number;
  readonly live: Uint8Array;
  /** What the file holds. */
  readonly written: Uint8Array;
}

/** Grows in memory and in a file, and copies the one to the other. */
export class WriteBehindSpace implements FileSpace {
  #file: SegmentFile;
  readonly #chunks: Chunk[] = [];
  #header: Chunk | undefined;

  /** Writes to `file`, which nobody else writes. */
  constructor(file: SegmentFile) {
    this.#file = file;
  }

  /** {@inheritDoc Space.grow} */
  grow(length: number): ArrayBuffer {
    const offset = this.#file.size;
    // The room is taken now, so that a full disk is known before something is counted.
    this.#file.grow(length);
    const live = new Uint8Array(length);
    const written = new Uint8Array(length);
    const cut = (begin: number, end: number): Chunk => ({
      offset: offset + begin,
      live: live.subarray(begin, end),
      written: written.subarray(begin, end),
    });
    let begin = 0;
    if (this.#header === undefined) {
      this.#header = cut(0, HEADER_BYTES);
      begin = HEADER_BYTES;
    }
    while (begin < length) {
      const end = Math.min(length, begin + CHUNK_BYTES);
      this.#chunks.push(cut(begin, end));
      begin = end;
    }
    return live.buffer;
  }

  /** {@inheritDoc FileSpace.copyTo} */
  copyTo(file: SegmentFile): void {
    for (const { live, offset } of this.#all()) file.write(live, offset);
  }

  /** {@inheritDoc FileSpace.moveTo} */
  moveTo(file: SegmentFile): void {
    for (const { live, written } of this.#all()) written.set(live);
    this.#file = file;
  }

  #all(): readonly Chunk[] {
    return this.#header === undefined ? [] : [...this.#chunks, this.#header];
  }

  /**
   * Writes what changed since the last pass.
   *
   * @throws The error of the system. The next pass tries the same again.
   */
  flush(): void {
    const header = this.#header;
    if (header === undefined) return;
    const epoch = epochOf(header.live);
    // Records are about to change places: an odd epoch tells readers to wait until it is done.
    if (epoch !== epochOf(header.written)) {
      const between = new Int32Array([epoch - 1]);
      this.#file.write(new Uint8Array(between.buffer), WORD.epoch * 4);
    }
    for (const chunk of this.#chunks) this.#write(chunk);
    // The published length last, since all that it covers has to be there.
    this.#write(header);
  }

  #write({ offset, live, written }: Chunk): void {
    if (Buffer.compare(live, written) === 0) return;
    this.#file.write(live, offset);
    written.set(live);
  }
}

function epochOf(header: Uint8Array): number {
  return new Int32Array(header.buffer, header.byteOffset, HEADER_BYTES / 4)[WORD.epoch]!;
}

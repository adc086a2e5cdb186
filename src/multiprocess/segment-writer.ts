/**
 * Lays records into segments and hands out the cells in them. It does not know whether a segment is
 * a mapped file, a file written behind, or plain memory: that is the {@linkcode Space}.
 */

import { cellCount, type StoredFamily } from '../model/cells.ts';
import { MetricsError } from '../model/error.ts';
import type { Pairs } from '../model/labels.ts';
import type { Cells } from '../storage/storage.ts';
import { RecordTextWriter } from './record-text.ts';
import {
  align,
  emptyRecordWord,
  FLOAT,
  KIND,
  RECORD_HEADER_BYTES,
  recordWord,
  type SegmentHeader,
  WORD,
  writeHeader,
} from './segment.ts';

/** Where segments come from. */
export interface Space {
  /**
   * Adds a segment of `length` zeros behind the last one. It stays where it is for ever.
   *
   * @throws {MetricsError} When there is no more room; nothing has changed then.
   */
  grow(length: number): ArrayBuffer;
}

/** One segment, and how far it is filled. */
interface Segment {
  /** Its first byte's place in the file. */
  readonly offset: number;
  readonly words: Int32Array<ArrayBuffer>;
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly cells: Float64Array<ArrayBuffer>;
  /** Bytes in use, counted in the segment. */
  used: number;
}

/** The first segment: 56 bytes a series leave room for about a thousand. */
const FIRST_SEGMENT_BYTES = 65_536;
/** The largest step, so that growing never stops a program for long: it writes as many zeros. */
const LARGEST_SEGMENT_BYTES = 1_048_576;
/** Lengths are signed 32-bit integers. */
const LARGEST_FILE_BYTES = 0x7fff_0000;

/** Writes the records of one file. */
export class SegmentWriter {
  readonly #space: Space;
  readonly #segments: Segment[] = [];
  /** The segment of each array that was handed out, for taking cells back. */
  readonly #owners = new Map<Float64Array, Segment>();
  /** The records of families that were written, by their JSON. */
  readonly #families = new Map<string, number>();
  /** Places of removed series, by the length of the record. */
  readonly #free = new Map<number, { segment: Segment; at: number }[]>();
  readonly #text = new RecordTextWriter();

  /**
   * Writes the header into the first segment.
   *
   * @throws {MetricsError} When there is no room even for that.
   */
  constructor(space: Space, header: SegmentHeader) {
    this.#space = space;
    const first = this.#grow(FIRST_SEGMENT_BYTES);
    writeHeader(first.bytes.buffer, header);
    first.used = this.published;
  }

  /** How many bytes are complete. */
  get published(): number {
    return this.#segments[0]!.words[WORD.published]!;
  }

  /** The structure epoch: another number means that a reader's picture of the file is outdated. */
  get epoch(): number {
    return this.#segments[0]!.words[WORD.epoch]!;
  }

  /**
   * Writes a family, unless it was written before, and returns the place of its record.
   *
   * @throws {MetricsError} When there is no room for it.
   */
  declare(family: StoredFamily): number {
    const json = JSON.stringify(family);
    const known = this.#families.get(json);
    if (known !== undefined) return known;
    this.#text.clear();
    this.#text.raw(json);
    const length = align(RECORD_HEADER_BYTES + this.#text.length);
    const { segment, at } = this.#take(length);
    this.#fillRecord(segment, at, length, KIND.family, 0, 0);
    this.#publish(segment);
    this.#families.set(json, segment.offset + at);
    return segment.offset + at;
  }

  /**
   * Writes a series of the family whose record is at `ref` and returns its cells, all 0.
   *
   * @throws {MetricsError} When there is no room for it.
   */
  allocate(
    ref: number,
    family: StoredFamily,
    labelValues: readonly string[],
    pairs: Pairs | undefined,
  ): Cells {
    this.#text.clear();
    for (const value of labelValues) this.#text.string(value);
    for (const [name, value] of pairs ?? []) {
      this.#text.string(name);
      this.#text.string(value);
    }
    const cellBytes = cellCount(family) * 8;
    const length = align(RECORD_HEADER_BYTES + cellBytes + this.#text.length);
    const reused = this.#free.get(length)?.pop();
    const { segment, at } = reused ?? this.#take(length);
    this.#fillRecord(segment, at, length, KIND.series, ref, cellBytes);
    if (reused === undefined) this.#publish(segment);
    else this.#nextEpoch();
    return { cells: segment.cells, index: (at + RECORD_HEADER_BYTES) / 8 };
  }

  /** Takes back what `allocate` returned. False when it was not this writer that handed it out. */
  release({ cells, index }: Cells): boolean {
    const segment = this.#owners.get(cells);
    if (segment === undefined) return false;
    const at = index * 8 - RECORD_HEADER_BYTES;
    const length = segment.words[at / 4]!;
    // In this order: a reader that still saw the series sees the epoch move and reads again, so
    // that it never takes the zeros, or what follows them, for the removed series' numbers.
    Atomics.store(segment.words, at / 4 + 1, emptyRecordWord(KIND.tombstone, length));
    this.#nextEpoch();
    segment.bytes.fill(0, at + 8, at + length);
    const free = this.#free.get(length);
    if (free === undefined) this.#free.set(length, [{ segment, at }]);
    else free.push({ segment, at });
    return true;
  }

  /** Shows that the writer lives: `seconds` of the host's clock. */
  beat(seconds: number): void {
    this.#segments[0]!.cells[FLOAT.heartbeat] = seconds;
  }

  /** Copies everything that is complete into `target`, as a reader would read it from the file. */
  copyTo(target: Uint8Array): void {
    const { published } = this;
    for (const { offset, bytes } of this.#segments) {
      target.set(bytes.subarray(0, Math.min(bytes.length, published - offset)), offset);
    }
  }

  /** Writes all of a record but its cells, which hold 0 already; the word with its kind last. */
  #fillRecord(
    { words, bytes }: Segment,
    at: number,
    length: number,
    kind: number,
    family: number,
    cellBytes: number,
  ): void {
    const text = this.#text;
    const textAt = at + RECORD_HEADER_BYTES + cellBytes;
    for (let i = 0; i < text.length; i++) bytes[textAt + i] = text.bytes[i]!;
    words[at / 4] = length;
    words[at / 4 + 2] = family;
    words[at / 4 + 3] = text.length;
    const word = recordWord(kind, length, family, text.bytes, 0, text.length);
    Atomics.store(words, at / 4 + 1, word);
  }

  /** Finds room at the end. A record lies in one segment whole; what is left of the last is filled. */
  #take(length: number): { segment: Segment; at: number } {
    const last = this.#segments.at(-1)!;
    let segment = last;
    if (last.used + length > last.bytes.length) {
      const total = last.offset + last.bytes.length;
      const doubled = Math.min(total, LARGEST_SEGMENT_BYTES);
      const needed = Math.ceil(length / FIRST_SEGMENT_BYTES) * FIRST_SEGMENT_BYTES;
      segment = this.#grow(Math.max(doubled, needed));
      this.#fill(last);
    }
    const at = segment.used;
    segment.used += length;
    return { segment, at };
  }

  #fill(segment: Segment): void {
    const at = segment.used;
    const length = segment.bytes.length - at;
    if (length === 0) return;
    segment.words[at / 4] = length;
    segment.words[at / 4 + 1] = emptyRecordWord(KIND.fill, length);
    segment.used = segment.bytes.length;
  }

  #grow(length: number): Segment {
    const last = this.#segments.at(-1);
    const offset = last === undefined ? 0 : last.offset + last.bytes.length;
    if (offset + length > LARGEST_FILE_BYTES) {
      throw new MetricsError(
        'DIRECTORY_UNUSABLE',
        `file of metrics: cannot grow, expected at most ${LARGEST_FILE_BYTES} bytes, got ${offset + length}`,
      );
    }
    const buffer = this.#space.grow(length);
    const segment: Segment = {
      offset,
      words: new Int32Array(buffer),
      bytes: new Uint8Array(buffer),
      cells: new Float64Array(buffer),
      used: 0,
    };
    this.#segments.push(segment);
    this.#owners.set(segment.cells, segment);
    return segment;
  }

  #publish(segment: Segment): void {
    Atomics.store(this.#segments[0]!.words, WORD.published, segment.offset + segment.used);
  }

  // By two, since an odd epoch says that the file itself is being written (see write-behind).
  #nextEpoch(): void {
    const { words } = this.#segments[0]!;
    Atomics.store(words, WORD.epoch, (words[WORD.epoch]! + 2) | 0);
  }
}

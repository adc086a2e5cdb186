/**
 * Where the records of one file lie: in segments that never move, one behind another, or where a
 * removed one of the same length was. What a record means is the {@linkcode SegmentWriter}'s affair.
 */

import { MetricsError } from '../../model/error.ts';
import {
  align,
  emptyRecordWord,
  FLOAT,
  HEADER_BYTES,
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
export interface Segment {
  /** Its first byte's place in the file. */
  readonly offset: number;
  readonly words: Int32Array<ArrayBuffer>;
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly cells: Float64Array<ArrayBuffer>;
  /** Bytes in use, counted in the segment. */
  used: number;
}

/** Where a record is: a byte of a segment. */
export interface Place {
  readonly segment: Segment;
  readonly at: number;
}

/** What a record is made of. */
export interface RecordParts {
  /** One of {@linkcode KIND}. */
  readonly kind: number;
  /** The third word: a family's number, or whatever else the kind has there. */
  readonly family: number;
  /** How much room there is between header and text; it holds zeros. */
  readonly cellBytes: number;
  /** What it holds in place of zeros, from its first cell on. */
  readonly cells?: Float64Array | undefined;
  /** The text, up to its `length`. */
  readonly text: { readonly bytes: Uint8Array; readonly length: number };
}

/** The first segment: 56 bytes a series leave room for about a thousand. */
const FIRST_SEGMENT_BYTES = 65_536;
/** The largest step, so that growing never stops a program for long: it writes as many zeros. */
const LARGEST_SEGMENT_BYTES = 1_048_576;
/** From here on a text is copied by the engine. */
const LONG_TEXT_BYTES = 64;
/** Lengths are signed 32-bit integers. */
const LARGEST_FILE_BYTES = 0x7fff_0000;

/** Puts records into segments, and takes them out. */
export class RecordPlaces {
  readonly #space: Space;
  readonly #segments: Segment[] = [];
  /** The segment of each array that was handed out, for taking cells back. */
  readonly #owners = new Map<Float64Array, Segment>();
  /** Places of removed records, by their length. */
  readonly #free = new Map<number, Place[]>();

  /**
   * Writes the header into the first segment.
   *
   * @throws {MetricsError} When there is no room even for that.
   */
  constructor(space: Space, header: SegmentHeader) {
    this.#space = space;
    const first = this.#grow(FIRST_SEGMENT_BYTES);
    writeHeader(first.bytes.buffer, header);
    first.used = HEADER_BYTES;
  }

  /** How many bytes are complete. */
  get published(): number {
    return this.#segments[0]!.words[WORD.published]!;
  }

  /** The structure epoch: another number means that a reader's picture of the file is outdated. */
  get epoch(): number {
    return this.#segments[0]!.words[WORD.epoch]!;
  }

  /** Shows that the writer lives: `seconds` of the host's clock. */
  beat(seconds: number): void {
    this.#segments[0]!.cells[FLOAT.heartbeat] = seconds;
  }

  /** The segment whose cells these are; `undefined` where they are none of this file. */
  segmentOf(cells: Float64Array): Segment | undefined {
    return this.#owners.get(cells);
  }

  /** Copies everything that is complete into `target`, as a reader would read it from the file. */
  copyTo(target: Uint8Array): void {
    const { published } = this;
    for (const { offset, bytes } of this.#segments) {
      target.set(bytes.subarray(0, Math.min(bytes.length, published - offset)), offset);
    }
  }

  /**
   * Writes a record where one of its length was, else at the end.
   *
   * @throws {MetricsError} When there is no room for it.
   */
  write(parts: RecordParts): Place {
    const length = align(RECORD_HEADER_BYTES + parts.cellBytes + parts.text.length);
    const reused = this.#free.get(length)?.pop();
    if (reused !== undefined) {
      fillRecord(reused, length, parts);
      this.#nextEpoch();
      return reused;
    }
    let segment = this.#segments.at(-1)!;
    if (segment.used + length > segment.bytes.length) segment = this.#begin(length);
    const place = { segment, at: segment.used };
    segment.used += length;
    fillRecord(place, length, parts);
    const { offset, used } = segment;
    Atomics.store(this.#segments[0]!.words, WORD.published, offset + used);
    return place;
  }

  /** Takes a record out. Its place is used again for one of the same length. */
  retire(place: Place): void {
    const { segment, at } = place;
    const length = segment.words[at / 4]!;
    // In this order: a reader that still saw the record sees the epoch move and reads again, so
    // that it never takes the zeros, or what follows them, for the removed record's contents. It
    // moves before as well: where another record stands for it already, behind the length that a
    // reader knew, none of the two would be found otherwise.
    this.#nextEpoch();
    Atomics.store(segment.words, at / 4 + 1, emptyRecordWord(KIND.tombstone, length));
    this.#nextEpoch();
    segment.bytes.fill(0, at + 8, at + length);
    const free = this.#free.get(length);
    if (free === undefined) this.#free.set(length, [place]);
    else free.push(place);
  }

  /** Begins a segment for a record, which lies in one whole; what is left of the last is filled. */
  #begin(length: number): Segment {
    const last = this.#segments.at(-1)!;
    const total = last.offset + last.bytes.length;
    const doubled = Math.min(total, LARGEST_SEGMENT_BYTES);
    const needed = Math.ceil(length / FIRST_SEGMENT_BYTES) * FIRST_SEGMENT_BYTES;
    const segment = this.#grow(Math.max(doubled, needed));
    this.#fill(last);
    return segment;
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
        'WRITE_FAILED',
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

  // By two, since an odd epoch says that the file itself is being written (see write-behind).
  #nextEpoch(): void {
    const { words } = this.#segments[0]!;
    Atomics.store(words, WORD.epoch, (words[WORD.epoch]! + 2) | 0);
  }
}

/** Writes all of a record, whose cells hold 0 already; the word with its kind last. */
function fillRecord(
  { segment: { words, bytes, cells }, at }: Place,
  length: number,
  { kind, family, cellBytes, text, cells: content }: RecordParts,
): void {
  if (content !== undefined) cells.set(content, (at + RECORD_HEADER_BYTES) / 8);
  const textAt = at + RECORD_HEADER_BYTES + cellBytes;
  // A call costs more than the few bytes of label values, and a loop more than a family's text.
  if (text.length > LONG_TEXT_BYTES) bytes.set(text.bytes.subarray(0, text.length), textAt);
  else for (let i = 0; i < text.length; i++) bytes[textAt + i] = text.bytes[i]!;
  words[at / 4] = length;
  words[at / 4 + 2] = family;
  words[at / 4 + 3] = text.length;
  Atomics.store(words, at / 4 + 1, recordWord(kind, length, family, text.bytes, 0, text.length));
}

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

/** One declaration of a family, and the place of its record while it has one. */
export interface FamilyRecord {
  readonly family: StoredFamily;
  readonly json: string;
  /** Its own in this file for ever. Among the declarations of one name the larger is the newer. */
  readonly number: number;
  readonly cellBytes: number;
  /** Where its record is; `undefined` while no reader has any use for it. */
  place: Place | undefined;
  /** How many series it has in the file. */
  series: number;
}

/** Where a record is: a byte of a segment. */
interface Place {
  readonly segment: Segment;
  readonly at: number;
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
  /** The newest declaration of each name. */
  readonly #newest = new Map<string, FamilyRecord>();
  /** The declarations that have a record, by their numbers. */
  readonly #families = new Map<number, FamilyRecord>();
  /** Places of removed records, by their length. */
  readonly #free = new Map<number, Place[]>();
  #lastNumber = 0;
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
   * Declares a family and writes its record, unless the newest declaration of its name is the same.
   * Declarations of one name go by `number`: a larger one takes the place of those before it, whose
   * records are removed with their last series. One that is older already is written with its first.
   *
   * @throws {MetricsError} When there is no room for it.
   */
  declare(family: StoredFamily, number: number = this.#lastNumber + 1): FamilyRecord {
    const json = JSON.stringify(family);
    const newest = this.#newest.get(family.name);
    if (newest?.json === json) return newest;
    this.#lastNumber = Math.max(this.#lastNumber, number);
    const cellBytes = cellCount(family) * 8;
    const record: FamilyRecord = { family, json, number, cellBytes, place: undefined, series: 0 };
    if (newest !== undefined && newest.number > number) return record;
    this.#writeFamily(record);
    this.#newest.set(family.name, record);
    if (newest !== undefined) this.#retireUnused(newest);
    return record;
  }

  /**
   * Writes a series of a family and returns its cells, all 0.
   *
   * @throws {MetricsError} When there is no room for it.
   */
  allocate(record: FamilyRecord, labelValues: readonly string[], pairs: Pairs | undefined): Cells {
    if (record.place === undefined) this.#writeFamily(record);
    this.#text.clear();
    for (const value of labelValues) this.#text.string(value);
    for (const [name, value] of pairs ?? []) {
      this.#text.string(name);
      this.#text.string(value);
    }
    const { segment, at } = this.#write(KIND.series, record.number, record.cellBytes);
    record.series++;
    return { cells: segment.cells, index: (at + RECORD_HEADER_BYTES) / 8 };
  }

  /** Takes back what `allocate` returned. False when it was not this writer that handed it out. */
  release({ cells, index }: Cells): boolean {
    const segment = this.#owners.get(cells);
    if (segment === undefined) return false;
    const at = index * 8 - RECORD_HEADER_BYTES;
    const record = this.#families.get(segment.words[at / 4 + 2]!);
    // Taken back before: its place is free, and to free it twice would give it to two series.
    if (record === undefined) return true;
    this.#retire({ segment, at });
    record.series--;
    this.#retireUnused(record);
    return true;
  }

  /** Takes a declaration out, at once or, where it still has series, with the last of them. */
  withdraw(record: FamilyRecord): void {
    const { name } = record.family;
    if (this.#newest.get(name) === record) this.#newest.delete(name);
    this.#retireUnused(record);
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

  #writeFamily(record: FamilyRecord): void {
    this.#text.clear();
    this.#text.raw(record.json);
    record.place = this.#write(KIND.family, record.number, 0);
    this.#families.set(record.number, record);
  }

  /** Removes the record of a declaration that is not the newest of its name and has no series. */
  #retireUnused(record: FamilyRecord): void {
    const { place, series, family } = record;
    if (place === undefined || series > 0 || this.#newest.get(family.name) === record) return;
    this.#families.delete(record.number);
    record.place = undefined;
    this.#retire(place);
  }

  #retire(place: Place): void {
    const { segment, at } = place;
    const length = segment.words[at / 4]!;
    // In this order: a reader that still saw the record sees the epoch move and reads again, so
    // that it never takes the zeros, or what follows them, for the removed record's contents.
    Atomics.store(segment.words, at / 4 + 1, emptyRecordWord(KIND.tombstone, length));
    this.#nextEpoch();
    segment.bytes.fill(0, at + 8, at + length);
    const free = this.#free.get(length);
    if (free === undefined) this.#free.set(length, [place]);
    else free.push(place);
  }

  /** Writes a record with the text that is ready, where one of its length was, else at the end. */
  #write(kind: number, family: number, cellBytes: number): Place {
    const length = align(RECORD_HEADER_BYTES + cellBytes + this.#text.length);
    const reused = this.#free.get(length)?.pop();
    const place = reused ?? this.#take(length);
    this.#fillRecord(place, length, kind, family, cellBytes);
    if (reused === undefined) this.#publish(place.segment);
    else this.#nextEpoch();
    return place;
  }

  /** Writes all of a record but its cells, which hold 0 already; the word with its kind last. */
  #fillRecord(
    { segment: { words, bytes }, at }: Place,
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
  #take(length: number): Place {
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

  #publish(segment: Segment): void {
    Atomics.store(this.#segments[0]!.words, WORD.published, segment.offset + segment.used);
  }

  // By two, since an odd epoch says that the file itself is being written (see write-behind).
  #nextEpoch(): void {
    const { words } = this.#segments[0]!;
    Atomics.store(words, WORD.epoch, (words[WORD.epoch]! + 2) | 0);
  }
}

/**
 * Writes families, series and blocks as records and hands out the cells in them. It does not know
 * whether they go to a mapped file, a file written behind, or plain memory: that is the
 * {@linkcode Space}.
 */

import { cellCount, type StoredFamily } from '../../model/cells.ts';
import type { Pairs } from '../../model/labels.ts';
import type { Cells } from '../../storage/storage.ts';
import { NativeRecord } from './native-record.ts';
import { type Place, RecordPlaces, type Space } from './record-places.ts';
import { RecordTextWriter } from './record-text.ts';
import { KIND, RECORD_HEADER_BYTES, type SegmentHeader } from './segment.ts';
import { type BlockOptions, type BlockOwner, SegmentBlock } from './segment-block.ts';

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

/** Writes the records of one file. */
export class SegmentWriter {
  readonly #places: RecordPlaces;
  /** The newest declaration of each name. */
  readonly #newest = new Map<string, FamilyRecord>();
  /** The declarations that have a record, by their numbers. */
  readonly #families = new Map<number, FamilyRecord>();
  /** What lies beside the cells of each series that has any, by the series' place in the file. */
  readonly #blocks = new Map<number, BlockOwner['blocks']>();
  #lastNumber = 0;
  readonly #text = new RecordTextWriter();

  /**
   * Writes the header into the first segment.
   *
   * @throws {MetricsError} When there is no room even for that.
   */
  constructor(space: Space, header: SegmentHeader) {
    this.#places = new RecordPlaces(space, header);
  }

  /** How many bytes are complete. */
  get published(): number {
    return this.#places.published;
  }

  /** The structure epoch: another number means that a reader's picture of the file is outdated. */
  get epoch(): number {
    return this.#places.epoch;
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
    this.#text.length = 0;
    for (const value of labelValues) this.#text.string(value);
    for (const [name, value] of pairs ?? []) {
      this.#text.string(name);
      this.#text.string(value);
    }
    const { segment, at } = this.#places.write({
      kind: KIND.series,
      family: record.number,
      cellBytes: record.cellBytes,
      text: this.#text,
    });
    record.series++;
    return { cells: segment.cells, index: (at + RECORD_HEADER_BYTES) / 8 };
  }

  /** Takes back what `allocate` returned. False when it was not this writer that handed it out. */
  release({ cells, index }: Cells): boolean {
    const segment = this.#places.segmentOf(cells);
    if (segment === undefined) return false;
    const at = index * 8 - RECORD_HEADER_BYTES;
    // Before the series, so that none of them is ever found with another one in its place.
    const blocks = this.#blocks.get(segment.offset + at);
    if (blocks !== undefined) this.#releaseBlocks(blocks, segment.offset + at);
    const record = this.#families.get(segment.words[at / 4 + 2]!);
    // Taken back before: its place is free, and to free it twice would give it to two series.
    if (record === undefined) return true;
    this.#places.retire({ segment, at });
    record.series--;
    this.#retireUnused(record);
    return true;
  }

  /**
   * Makes a block: bytes of any length that can be written anew at any time, for what no cell can
   * hold. See {@linkcode BlockOptions} for what it is found by, {@linkcode SegmentBlock} for writing.
   *
   * It goes with the series it belongs to. Of several blocks with the same kind, key and series, the
   * one that was written most often is read: make one and keep it.
   *
   * @throws {MetricsError} When there is no room for it.
   * @throws {RangeError} When the cells of `series` are none of this file.
   */
  allocateBlock(options: BlockOptions): SegmentBlock {
    if (options.series === undefined) return new SegmentBlock(this.#places, options, undefined);
    const owner = this.#ownerOf(options.kind, options.series);
    const block = new SegmentBlock(this.#places, options, owner);
    this.#blocks.set(owner.offset, owner.blocks.add(block));
    return block;
  }

  /**
   * Makes what holds the native buckets of a series: there is nothing in it yet. It goes with the
   * series.
   *
   * @throws {RangeError} When the cells of `series` are none of this file.
   */
  allocateNative(series: Cells): NativeRecord {
    const owner = this.#ownerOf('native', series);
    const record = new NativeRecord(this.#places, owner);
    this.#blocks.set(owner.offset, owner.blocks.add(record));
    return record;
  }

  #ownerOf(kind: string, { cells, index }: Cells): BlockOwner {
    const segment = this.#places.segmentOf(cells);
    if (segment === undefined) {
      throw new RangeError(
        `block "${kind}": its series is in another file, expected cells of this one, got others`,
      );
    }
    const at = index * 8 - RECORD_HEADER_BYTES;
    const offset = segment.offset + at;
    const blocks = this.#blocks.get(offset) ?? new Set();
    return { offset, word: segment.words[at / 4 + 1]!, blocks };
  }

  /** True when `cells` are those of a series that this writer has handed out. */
  owns(cells: Float64Array): boolean {
    return this.#places.segmentOf(cells) !== undefined;
  }

  /** Takes a declaration out, at once or, where it still has series, with the last of them. */
  withdraw(record: FamilyRecord): void {
    const { name } = record.family;
    if (this.#newest.get(name) === record) this.#newest.delete(name);
    this.#retireUnused(record);
  }

  /** How many series it holds. */
  get series(): number {
    let count = 0;
    for (const { series } of this.#families.values()) count += series;
    return count;
  }

  /** Shows that the writer lives: `seconds` of the host's clock. */
  beat(seconds: number): void {
    this.#places.beat(seconds);
  }

  /** Copies everything that is complete into `target`, as a reader would read it from the file. */
  copyTo(target: Uint8Array): void {
    this.#places.copyTo(target);
  }

  #releaseBlocks(blocks: BlockOwner['blocks'], offset: number): void {
    for (const block of blocks) block.release();
    this.#blocks.delete(offset);
  }

  #writeFamily(record: FamilyRecord): void {
    this.#text.length = 0;
    this.#text.raw(record.json);
    const { number: family } = record;
    record.place = this.#places.write({
      kind: KIND.family,
      family,
      cellBytes: 0,
      text: this.#text,
    });
    this.#families.set(record.number, record);
  }

  /** Removes the record of a declaration that is not the newest of its name and has no series. */
  #retireUnused(record: FamilyRecord): void {
    const { place, series, family } = record;
    if (place === undefined || series > 0 || this.#newest.get(family.name) === record) return;
    this.#families.delete(record.number);
    record.place = undefined;
    this.#places.retire(place);
  }
}

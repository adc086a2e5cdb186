/**
 * The native buckets of one series in a shared file: a record whose cells are counts, one for each
 * bucket that was hit, each of which is increased where it lies. What buckets there may be, their
 * resolution, never changes: another one is another record, written whole and valid by one store, so
 * that a reader, and whoever comes after a SIGKILL, finds the one or the other.
 *
 * ```
 *  record header, 16 │ zero bucket │ count × n, float64 │ bucket × n, int32 │ text, 16
 * ```
 *
 * A bucket is its index and its sign in one word that is never 0 ({@linkcode bucketWord}), so that a
 * pair of which only one half was read is told from a whole one. The text has the sequence, which
 * says which of two records is the newer, the schema, and the zero threshold.
 */

import { GREATEST_SCHEMA, LEAST_SCHEMA } from '../../model/native-bounds.ts';
import type { NativeNumbers } from '../../model/native-counts.ts';
import type { Place, RecordPlaces } from './record-places.ts';
import { KIND, RECORD_HEADER_BYTES } from './segment.ts';
import type { BlockOwner } from './segment-block.ts';

/** Bytes of the text. */
export const NATIVE_TEXT_BYTES = 16;

/** What never changes of a record. */
export interface NativeShape {
  /** The larger is the newer. */
  readonly sequence: number;
  readonly schema: number;
  readonly zeroThreshold: number;
}

/** How many bytes the cells and the words of `capacity` buckets take, an even number of them. */
export function nativeCellBytes(capacity: number): number {
  return 8 + capacity * 12;
}

/** How many buckets there are in so many bytes; `undefined` where it is no such number. */
export function nativeCapacity(cellBytes: number): number | undefined {
  const capacity = (cellBytes - 8) / 12;
  return capacity >= 0 && capacity % 2 === 0 ? capacity : undefined;
}

/** The word of a bucket: odd, so that 0 is none. */
export function bucketWord(index: number, isNegative: boolean): number {
  return index * 4 + (isNegative ? 3 : 1);
}

/** The content of a record with room for `capacity` buckets, those above 0 in the first slots. */
export function nativeContent(numbers: NativeNumbers, capacity: number): Float64Array {
  const content = new Float64Array(nativeCellBytes(capacity) / 8);
  const words = new Int32Array(content.buffer, 8 + capacity * 8);
  content[0] = numbers.zeroCount;
  let used = 0;
  for (const isNegative of [false, true]) {
    const { length, indices, counts } = isNegative ? numbers.negative : numbers.positive;
    for (let i = 0; i < length; i++) {
      words[used++] = bucketWord(indices[i]!, isNegative);
      content[used] = counts[i]!;
    }
  }
  return content;
}

/** The bytes of a text, as the numbers that are in it. */
const TEXT: ArrayBuffer = new ArrayBuffer(NATIVE_TEXT_BYTES);
const TEXT_WORDS: Int32Array = new Int32Array(TEXT);
const TEXT_FLOATS: Float64Array = new Float64Array(TEXT);
const TEXT_BYTES = { bytes: new Uint8Array(TEXT), length: NATIVE_TEXT_BYTES } as const;

/** Reads the text that begins at byte `at`, a multiple of 8; `undefined` where it makes no sense. */
export function readNativeShape(
  words: Int32Array,
  values: Float64Array,
  at: number,
): NativeShape | undefined {
  const shape = {
    sequence: words[at / 4]!,
    schema: words[at / 4 + 1]!,
    zeroThreshold: values[at / 8 + 1]!,
  };
  const isKnown =
    shape.schema >= LEAST_SCHEMA &&
    shape.schema <= GREATEST_SCHEMA &&
    shape.zeroThreshold >= 0 &&
    shape.zeroThreshold < Infinity;
  return isKnown ? shape : undefined;
}

/** The record of one series of this process's file: one after another, of which one is there. */
export class NativeRecord {
  readonly #places: RecordPlaces;
  readonly #owner: BlockOwner;
  #place: Place | undefined;
  #sequence = 0;
  #isReleased = false;

  /** There is none yet. */
  constructor(places: RecordPlaces, owner: BlockOwner) {
    this.#places = places;
    this.#owner = owner;
  }

  /**
   * Puts another record in the place of the one there is, and returns where its zero bucket lies:
   * counts and words lie behind it, in the same segment.
   *
   * @param content - The cells and the words, as many as {@linkcode nativeCellBytes} says.
   * @throws {MetricsError} When there is no room for it. The one before is there still.
   */
  replace({ schema, zeroThreshold }: Omit<NativeShape, 'sequence'>, content: Float64Array): Place {
    TEXT_WORDS[0] = this.#sequence + 1;
    TEXT_WORDS[1] = schema;
    TEXT_FLOATS[1] = zeroThreshold;
    const { segment, at } = this.#places.write({
      kind: KIND.native,
      family: this.#owner.offset,
      cellBytes: content.length * 8,
      cells: content,
      text: TEXT_BYTES,
    });
    this.#sequence = (this.#sequence + 1) | 0;
    // Not before: whoever reads both takes the newer one, and one of them is always there.
    if (this.#place !== undefined) this.#places.retire(this.#place);
    this.#place = { segment, at };
    return { segment, at: at + RECORD_HEADER_BYTES };
  }

  /** True once it is out of the file, with its series. */
  get isReleased(): boolean {
    return this.#isReleased;
  }

  /** Takes it out of the file. */
  release(): void {
    this.#isReleased = true;
    if (this.#place !== undefined) this.#places.retire(this.#place);
    this.#place = undefined;
    this.#owner.blocks.delete(this);
  }
}

/**
 * What has been read of one file: a copy of its bytes, and the families and series found in them.
 * Records are parsed once; later scrapes copy the bytes anew and find the numbers where they were.
 */

import type { ContributedBlock, ContributedFamily } from '../../aggregate/contribution.ts';
import type { Pair } from '../../model/labels.ts';
import { BlockContents, type Reread } from './block-contents.ts';
import { NATIVE_TEXT_BYTES, nativeCapacity, readNativeShape } from './native-record.ts';
import { type OpenFamily, openFamily, shownFamilies } from './open-family.ts';
import { readStrings } from './record-text.ts';
import {
  align,
  BLOCK_COPY_BYTES,
  checksumText,
  emptyRecordWord,
  KIND,
  RECORD_HEADER_BYTES,
  recordWord,
} from './segment.ts';
import { parseStoredFamily } from './stored-family.ts';
import { UnreadableError } from './unreadable.ts';

/** How many records are parsed between two looks at the clock. */
const RECORDS_PER_STEP = 512;

/** A stretch of the bytes. */
interface Text {
  readonly begin: number;
  readonly end: number;
}

/** The parsed contents of one file. */
export class SegmentContents {
  /** The whole file's bytes, to be filled by whoever reads it. */
  bytes: Buffer<ArrayBuffer> = Buffer.from(new ArrayBuffer(0));
  /** The same bytes as numbers, for merging. */
  values: Float64Array<ArrayBuffer> = new Float64Array(0);
  /** Another number whenever families or series came or went. */
  revision = 0;
  /** True when something was passed over that a newer version wrote. */
  hasUnknown = false;
  readonly #path: string;
  #blocks = new BlockContents();
  #words: Int32Array<ArrayBuffer> = new Int32Array(0);
  /** By their numbers. */
  #families = new Map<number, OpenFamily | undefined>();
  /** Series whose family lies behind them: the places of removed records are used again. */
  #early: number[] = [];
  #shown: ContributedFamily[] | undefined;
  #parsed = 0;
  #epoch: number | undefined;

  /** `path` is for the sentences of errors alone. */
  constructor(path: string) {
    this.#path = path;
  }

  /**
   * The families, in the order they were declared. Declarations that have no series are left out
   * where the process has declared the same name again.
   */
  get families(): ContributedFamily[] {
    this.#shown ??= shownFamilies(this.#families.values());
    return this.#shown;
  }

  /** The same bytes as words. */
  get words(): Int32Array {
    return this.#words;
  }

  /** Makes {@linkcode bytes} hold at least `length` bytes. What they held is gone. */
  reserve(length: number): void {
    if (length <= this.bytes.length) return;
    // A quarter more than is needed, since what grows by a record a scrape is a growing service.
    const buffer = new ArrayBuffer(Math.ceil((length * 1.25) / 4096) * 4096);
    this.bytes = Buffer.from(buffer);
    this.values = new Float64Array(buffer);
    this.#words = new Int32Array(buffer);
  }

  /**
   * Parses the records between `begin` and `end` that were not parsed before, all of them where the
   * epoch is another one. Yields after every few hundred, to be resumed when it suits.
   *
   * `undefined` stands for an epoch that moved while the bytes were copied: records that make no
   * sense are then taken for ones that were being replaced, and passed over.
   *
   * @throws {UnreadableError} When a record makes no sense. The contents are empty then.
   */
  *parse(begin: number, end: number, epoch: number | undefined): Generator<undefined, void> {
    if (epoch === undefined || epoch !== this.#epoch || this.#parsed === 0 || end < this.#parsed) {
      this.forget();
      this.#epoch = epoch;
      this.#parsed = begin;
    }
    if (this.#parsed === end) return;
    const isMoving = epoch === undefined;
    try {
      for (let count = 1; this.#parsed < end; count++) {
        this.#parsed += this.#record(this.#parsed, end, isMoving);
        if (count % RECORDS_PER_STEP === 0) yield;
      }
      this.#parseEarly(end, isMoving);
      this.#blocks.resolve(this.#words, begin, end, (number) => this.#families.get(number));
    } catch (error) {
      this.forget();
      throw error;
    }
  }

  /** Lets go of everything parsed, so that the next `parse` begins anew. */
  forget(): void {
    this.#families = new Map();
    this.hasUnknown = false;
    this.#early = [];
    this.#blocks = new BlockContents();
    this.#parsed = 0;
    this.#changed();
  }

  /** The blocks that belong to no series, with the contents of the last `refreshBlocks`. */
  get blocks(): readonly ContributedBlock[] {
    return this.#blocks.ofProcess;
  }

  /**
   * Takes the contents of all blocks from {@linkcode bytes}, after `parse`. A block that is being
   * written at the moment is read anew by `reread`, if given, which puts its bytes where they were.
   * Yields after every few hundred.
   */
  refreshBlocks(reread?: Reread): Generator<undefined, void> {
    return this.#blocks.refresh(this.bytes, this.#words, reread);
  }

  /** Steps over the record at `at`, parsing it, and returns its length. */
  #record(at: number, end: number, isMoving: boolean): number {
    // A place keeps its length whatever becomes of it, so that this much is always right.
    const length = this.#words[at / 4]!;
    if (length < 8 || length % 8 !== 0 || at + length > end) {
      throw this.#corrupt(at, `a length from 8 to ${end - at}, got ${length}`);
    }
    try {
      this.#parseRecord(at, length);
    } catch (error) {
      if (!isMoving) throw error;
    }
    return length;
  }

  #parseEarly(end: number, isMoving: boolean): void {
    for (const at of this.#early) {
      const number = this.#words[at / 4 + 2]!;
      if (this.#families.has(number)) this.#record(at, end, isMoving);
      else if (!isMoving) throw this.#corrupt(at, `a family that is declared, got ${number}`);
    }
    this.#early = [];
  }

  #parseRecord(at: number, length: number): void {
    const word = this.#words[at / 4 + 1]!;
    const kind = word & 0xff;
    if (kind === KIND.fill || kind === KIND.tombstone) {
      this.#requireWord(at, emptyRecordWord(kind, length), word);
      return;
    }
    // Kinds that are not known yet are built like the others, so that they can be told from rubbish.
    const text = this.#text(at, length, word);
    if (kind === KIND.family) this.#family(at, text);
    else if (kind === KIND.series) this.#series(at, text);
    else if (kind === KIND.block) this.#block(at, text);
    else if (kind === KIND.native) this.#native(at, text);
    else this.hasUnknown = true;
  }

  #changed(): void {
    this.revision++;
    this.#shown = undefined;
  }

  #family(at: number, { begin, end }: Text): void {
    const number = this.#words[at / 4 + 2]!;
    const family = parseStoredFamily(this.bytes.toString('utf8', begin, end));
    // Of a type that this version does not know: it and its series are passed over.
    if (family === undefined) this.hasUnknown = true;
    const open = family && openFamily(family, number);
    this.#families.set(number, open);
    this.#changed();
  }

  #series(at: number, { begin, end }: Text): void {
    const number = this.#words[at / 4 + 2]!;
    const open = this.#families.get(number);
    if (open === undefined) {
      if (!this.#families.has(number)) this.#early.push(at);
      return;
    }
    const cellBytes = begin - at - RECORD_HEADER_BYTES;
    if (cellBytes !== open.cellBytes) {
      throw this.#corrupt(at, `${open.cellBytes} bytes of cells, got ${cellBytes}`);
    }
    const strings = readStrings(this.bytes, begin, end);
    const names = open.family.labelNames.length;
    if (strings === undefined || strings.length < names || (strings.length - names) % 2 !== 0) {
      throw this.#corrupt(at, `${names} label values, got ${strings?.length ?? 'a broken text'}`);
    }
    open.series.push({
      labelValues: strings.slice(0, names),
      pairs: pairsFrom(strings, names),
      index: (at + RECORD_HEADER_BYTES) / 8,
    });
    this.#changed();
  }

  #block(at: number, { begin, end }: Text): void {
    const [kind, key] = readStrings(this.bytes, begin, end) ?? [];
    const room = begin - at - RECORD_HEADER_BYTES;
    if (kind === undefined || key === undefined || room < 2 * BLOCK_COPY_BYTES || room % 16 !== 0) {
      throw this.#corrupt(at, `a block with kind, key and two copies, got ${room} bytes of them`);
    }
    this.#blocks.add(kind, key, this.#words[at / 4 + 2]!, { at, end: begin });
  }

  #native(at: number, { begin, end }: Text): void {
    const room = begin - at - RECORD_HEADER_BYTES;
    const capacity = nativeCapacity(room);
    if (capacity === undefined) {
      throw this.#corrupt(at, `native buckets of 12 bytes each, got ${room} bytes of them`);
    }
    const isKnown = end - begin === NATIVE_TEXT_BYTES;
    const shape = isKnown ? readNativeShape(this.#words, this.values, begin) : undefined;
    // As a newer version may have them.
    if (shape === undefined) this.hasUnknown = true;
    else this.#blocks.addNative(this, this.#words[at / 4 + 2]!, { ...shape, at, capacity });
  }

  /** Where a record's text lies, which is at its end, once its checksum is found right. */
  #text(at: number, length: number, word: number): Text {
    const family = this.#words[at / 4 + 2]!;
    const textLength = this.#words[at / 4 + 3]!;
    if (
      length < RECORD_HEADER_BYTES ||
      textLength < 0 ||
      textLength > length - RECORD_HEADER_BYTES
    ) {
      throw this.#corrupt(at, `a text within its ${length} bytes, got ${textLength}`);
    }
    const begin = at + length - align(textLength);
    const end = begin + textLength;
    this.#requireWord(at, recordWord(word & 0xff, length, family, this.bytes, begin, end), word);
    return { begin, end };
  }

  #requireWord(at: number, expected: number, word: number): void {
    if (word === expected) return;
    throw this.#corrupt(at, `checksum ${checksumText(expected)}, got ${checksumText(word)}`);
  }

  #corrupt(at: number, expected: string): UnreadableError {
    return new UnreadableError(
      'corrupt',
      this.#path,
      `is corrupt at byte ${at}, expected a record with ${expected}`,
    );
  }
}

const NO_PAIRS: readonly Pair[] = [];

function pairsFrom(strings: readonly string[], begin: number): readonly Pair[] {
  if (strings.length === begin) return NO_PAIRS;
  const pairs: Pair[] = [];
  for (let i = begin; i < strings.length; i += 2) pairs.push([strings[i]!, strings[i + 1]!]);
  return pairs;
}

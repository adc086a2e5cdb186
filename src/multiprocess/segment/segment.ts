/**
 * The format of the files that processes share: a header, then records one after another. The
 * picture is in `docs/segment-format.md`; this file is the only one that knows the numbers.
 *
 * Integers and floats are in the machine's own byte order, since they are read and written through
 * typed arrays over a mapping; a file from a machine of the other order is foreign.
 */

import type { ProcessIdentity } from '../system/process-identity.ts';
import { UnreadableError } from './unreadable.ts';

/** The ending of a file that is complete and may be read. All other names are left alone. */
export const FILE_SUFFIX = '.promethium';
/** What follows {@linkcode FILE_SUFFIX} as long as a file is being made. */
export const HIDDEN_SUFFIX = '.new';
/** The version of the format that is written, and the newest that is read. */
export const FORMAT_VERSION = 1;
/** The size of the header that is written. Records begin where the header itself says. */
export const HEADER_BYTES = 256;
/** What comes before a record's cells: length, kind, family, length of the text. */
export const RECORD_HEADER_BYTES = 16;

/** The machine's own order, in which everything is written. */
export const IS_LITTLE: boolean =
  /* @__PURE__ */ new Uint8Array(/* @__PURE__ */ new Uint16Array([1]).buffer)[0] === 1;

/** "PMSG" and "FILE", as words of the machine that wrote them. */
const MAGIC_1 = 0x504d5347;
const MAGIC_2 = 0x46494c45;

/** Places in the header, counted in 32-bit words. */
export const WORD = {
  magic1: 0,
  magic2: 1,
  version: 2,
  headerBytes: 3,
  /** How many bytes, header included, are complete. Stored last, atomically. */
  published: 4,
  /** Changes when a record is retired or its place used again; odd while a slow writer is at it. */
  epoch: 5,
  flags: 6,
  pid: 7,
  threadId: 8,
  kernelThread: 9,
} as const;

/** Places in the header, counted in 64-bit floats. */
export const FLOAT = {
  startTime: 5,
  processStart: 6,
  heartbeat: 7,
  pidNamespace: 8,
  threadStart: 13,
  begun: 14,
} as const;

const ID_OFFSET = 72;
const BOOT_ID_OFFSET = 88;

/** The writer holds an exclusive lock on the file for as long as it lives. */
const FLAG_LOCKED = 1;

/** What a record is. A reader skips the kinds that it does not know. */
export const KIND = {
  /** Nothing, up to the next segment. */
  fill: 1,
  /** A family, as JSON. */
  family: 2,
  /** A series: its cells, then its label values. */
  series: 3,
  /** A series that was removed, whose place waits for another of the same size. */
  tombstone: 4,
  /** Bytes that are written anew at any time, twice over: see {@linkcode BLOCK_COPY_BYTES}. */
  block: 5,
  /** The native buckets of a series: see `native-record.ts`. */
  native: 6,
} as const;

/**
 * What comes before the contents of each of the two copies in a block: how often the block was
 * written when this copy was, a checksum, and the length of the contents.
 */
export const BLOCK_COPY_BYTES = 16;

/** Places in what comes before a copy's contents, counted in 32-bit words. */
export const COPY_WORD = { sequence: 0, checksum: 1, length: 2 } as const;

/** What a header says. */
export interface SegmentHeader extends ProcessIdentity {
  /** 32 hexadecimal digits, random, never used again. */
  readonly id: string;
  /** When the file was made, in Unix seconds. */
  readonly startTime: number;
  /** The same in seconds of the host's clock, which nobody sets back; 0 unless given. */
  readonly begun?: number;
  /** The host's clock when the writer shows for the first time that it lives; 0 unless given. */
  readonly heartbeat?: number;
  /** True when the writer holds a lock that the kernel drops at its death. */
  readonly locked: boolean;
}

/** What a header says, with the words that change while the file is written. */
export interface ReadHeader extends SegmentHeader {
  /** When the file was made, in seconds of the host's clock; 0 where nobody says. */
  readonly begun: number;
  /** Where the records begin. */
  readonly headerBytes: number;
  /** How many bytes are complete. */
  readonly published: number;
  /** The structure epoch. */
  readonly epoch: number;
  /** The host's clock when the writer last showed that it lives, in seconds. */
  readonly heartbeat: number;
}

/** Writes a header over the first bytes of a segment. Nothing is published yet but itself. */
export function writeHeader(buffer: ArrayBuffer, header: SegmentHeader): void {
  const words = new Int32Array(buffer, 0, HEADER_BYTES / 4);
  const floats = new Float64Array(buffer, 0, HEADER_BYTES / 8);
  const bytes = new Uint8Array(buffer, 0, HEADER_BYTES);
  words[WORD.magic1] = MAGIC_1;
  words[WORD.magic2] = MAGIC_2;
  words[WORD.version] = FORMAT_VERSION;
  words[WORD.headerBytes] = HEADER_BYTES;
  words[WORD.flags] = header.locked ? FLAG_LOCKED : 0;
  words[WORD.pid] = header.pid;
  words[WORD.threadId] = header.threadId;
  words[WORD.kernelThread] = header.kernelThread;
  floats[FLOAT.startTime] = header.startTime;
  floats[FLOAT.processStart] = header.processStart;
  floats[FLOAT.pidNamespace] = header.pidNamespace;
  floats[FLOAT.threadStart] = header.threadStart;
  floats[FLOAT.begun] = header.begun ?? 0;
  floats[FLOAT.heartbeat] = header.heartbeat ?? 0;
  bytes.set(Buffer.from(header.id, 'hex'), ID_OFFSET);
  bytes.set(Buffer.from(header.bootId, 'hex'), BOOT_ID_OFFSET);
  Atomics.store(words, WORD.published, HEADER_BYTES);
}

/**
 * Reads a header from the first `length` bytes of `buffer`. `path` is for the sentence alone.
 *
 * @throws {UnreadableError} When it is empty, truncated, foreign, newer or corrupt.
 */
export function readHeader(buffer: ArrayBuffer, length: number, path: string): ReadHeader {
  if (length === 0)
    throw new UnreadableError('empty', path, 'is empty, expected a header, got 0 bytes');
  const words = new Int32Array(buffer, 0, HEADER_BYTES / 4);
  refuseOthers(words, length, path);
  const floats = new Float64Array(buffer, 0, HEADER_BYTES / 8);
  const bytes = Buffer.from(buffer, 0, HEADER_BYTES);
  const headerBytes = words[WORD.headerBytes]!;
  const published = words[WORD.published]!;
  if (
    headerBytes < HEADER_BYTES ||
    headerBytes % 8 !== 0 ||
    published < headerBytes ||
    published % 8 !== 0
  ) {
    throw new UnreadableError(
      'corrupt',
      path,
      `has a corrupt header, expected ${HEADER_BYTES} bytes of it and records behind, got ${headerBytes} of ${published}`,
    );
  }
  return {
    headerBytes,
    published,
    epoch: words[WORD.epoch]!,
    locked: (words[WORD.flags]! & FLAG_LOCKED) !== 0,
    pid: words[WORD.pid]!,
    threadId: words[WORD.threadId]!,
    kernelThread: words[WORD.kernelThread]!,
    startTime: floats[FLOAT.startTime]!,
    processStart: floats[FLOAT.processStart]!,
    heartbeat: floats[FLOAT.heartbeat]!,
    pidNamespace: floats[FLOAT.pidNamespace]!,
    threadStart: floats[FLOAT.threadStart]!,
    begun: floats[FLOAT.begun]!,
    id: bytes.toString('hex', ID_OFFSET, ID_OFFSET + 16),
    bootId: bytes.toString('hex', BOOT_ID_OFFSET, BOOT_ID_OFFSET + 16),
  };
}

function refuseOthers(words: Int32Array, length: number, path: string): void {
  const magic = length >= 8 && words[WORD.magic1] === MAGIC_1 && words[WORD.magic2] === MAGIC_2;
  if (length >= 8 && !magic) {
    throw new UnreadableError(
      'foreign',
      path,
      `is not a file of metrics from this machine, expected it to begin with the magic words, got ${Buffer.from(words.buffer, words.byteOffset, 8).toString('hex')}`,
    );
  }
  if (length >= 12 && words[WORD.version]! > FORMAT_VERSION) {
    throw new UnreadableError(
      'newer',
      path,
      `is of a newer format, expected version ${FORMAT_VERSION}, got ${words[WORD.version]}`,
    );
  }
  if (length < HEADER_BYTES) {
    throw new UnreadableError(
      'truncated',
      path,
      `is truncated, expected a header of ${HEADER_BYTES} bytes, got ${length}`,
    );
  }
  if (words[WORD.version]! < 1) {
    throw new UnreadableError(
      'corrupt',
      path,
      `has a corrupt header, expected version 1 or later, got ${words[WORD.version]}`,
    );
  }
}

/**
 * The second word of a record: its kind, and 24 bits of a checksum over all that does not change.
 * Cells change under the reader's eyes and have none.
 */
export function recordWord(
  kind: number,
  length: number,
  family: number,
  text: Uint8Array,
  begin: number,
  end: number,
): number {
  // FNV-1a, a word or a byte at a time: 24 bits are for accidents, not for adversaries.
  let hash = Math.imul(0x811c9dc5 ^ kind, 0x01000193);
  hash = Math.imul(hash ^ length, 0x01000193);
  hash = Math.imul(hash ^ family, 0x01000193);
  hash = Math.imul(hash ^ (end - begin), 0x01000193);
  for (let i = begin; i < end; i++) hash = Math.imul(hash ^ text[i]!, 0x01000193);
  return ((hash ^ (hash >>> 15)) << 8) | kind;
}

/**
 * The checksum of one copy of a block's contents, which begin at word `begin` and end with zeros up
 * to a whole word. `seed` tells the block from others, so that what was left by one is never another's.
 *
 * 32 bits, since a copy is taken for whole by this alone, and hot blocks are often read half written.
 */
export function copyChecksum(
  words: Int32Array,
  begin: number,
  length: number,
  sequence: number,
  seed: number,
): number {
  let hash = Math.imul(0x811c9dc5 ^ seed, 0x01000193);
  hash = Math.imul(hash ^ sequence, 0x01000193);
  hash = Math.imul(hash ^ length, 0x01000193);
  const end = begin + ((length + 3) >>> 2);
  // The shift brings high bits down, which a product never does by itself.
  for (let i = begin; i < end; i++) {
    hash = Math.imul(hash ^ words[i]!, 0x01000193);
    hash ^= hash >>> 15;
  }
  return hash;
}

/** The second word of a record that has no text: a fill or a tombstone. */
export function emptyRecordWord(kind: number, length: number): number {
  return recordWord(kind, length, 0, NO_TEXT, 0, 0);
}

const NO_TEXT = new Uint8Array(0);

/** The checksum in the second word of a record, as sentences show it. */
export function checksumText(word: number): string {
  return (word >>> 8).toString(16).padStart(6, '0');
}

/** Rounds up to a multiple of 8, at which every record and every cell begins. */
export function align(bytes: number): number {
  return (bytes + 7) & ~7;
}

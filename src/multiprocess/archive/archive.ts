/**
 * The format of an archive: what ended processes counted, folded into few parts. It is written once,
 * whole, and never changed, so that one checksum covers all of it, the numbers too. The picture is
 * in `docs/segment-format.md`.
 */

import { IS_LITTLE } from '../segment/segment.ts';
import { UnreadableError } from '../segment/unreadable.ts';

/** The version of the format that is written, and the newest that is read. */
export const ARCHIVE_VERSION = 1;
/** What comes before the ids. */
export const ARCHIVE_HEADER_BYTES = 96;

/** "PMSG" and "ARCH", as words of the machine that wrote them. */
const MAGIC_1 = 0x504d5347;
const MAGIC_2 = 0x41524348;

/** Places in the header, counted in 32-bit words. */
const WORD = { magic1: 0, magic2: 1, version: 2, headerBytes: 3, ids: 8, parts: 9 } as const;
/** Places in the header, counted in 64-bit floats. */
const FLOAT = { length: 2, foldedAt: 3 } as const;
const BOOT_ID_OFFSET = 40;
const DIGEST_OFFSET = 64;
const DIGEST_BYTES = 32;
const ID_BYTES = 16;
/** Where a file of a process says how long it is, which is what each part is. */
const PART_LENGTH_OFFSET = 16;

/** What an archive holds. */
export interface ArchiveContents {
  /** The processes whose files are no longer to be read: 32 hexadecimal digits each. */
  readonly ids: ReadonlySet<string>;
  /** Up to when what was removed is known to be missing in it, in seconds of the host's clock. */
  readonly foldedAt: number;
  /** The run of the machine that this time and those in the parts are of: 32 hexadecimal digits. */
  readonly bootId: string;
  /** What they counted: each part is in the format of one process's file. */
  readonly parts: readonly Uint8Array[];
}

/** Lays an archive out as bytes. The parts are multiples of 8 bytes long. */
export function encodeArchive({ ids, foldedAt, bootId, parts }: ArchiveContents): Uint8Array {
  let length = ARCHIVE_HEADER_BYTES + ids.size * ID_BYTES;
  for (const part of parts) length += part.length;
  const buffer = new ArrayBuffer(length);
  const words = new Int32Array(buffer, 0, ARCHIVE_HEADER_BYTES / 4);
  const floats = new Float64Array(buffer, 0, ARCHIVE_HEADER_BYTES / 8);
  const bytes = new Uint8Array(buffer);
  words[WORD.magic1] = MAGIC_1;
  words[WORD.magic2] = MAGIC_2;
  words[WORD.version] = ARCHIVE_VERSION;
  words[WORD.headerBytes] = ARCHIVE_HEADER_BYTES;
  words[WORD.ids] = ids.size;
  words[WORD.parts] = parts.length;
  floats[FLOAT.length] = length;
  floats[FLOAT.foldedAt] = foldedAt;
  bytes.set(Buffer.from(bootId, 'hex'), BOOT_ID_OFFSET);
  let at = ARCHIVE_HEADER_BYTES;
  for (const id of ids) {
    bytes.set(Buffer.from(id, 'hex'), at);
    at += ID_BYTES;
  }
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  bytes.set(digestOf(bytes), DIGEST_OFFSET);
  return bytes;
}

/**
 * Reads an archive from all its bytes. The parts share them. `path` is for the sentence alone.
 *
 * @throws {UnreadableError} When it is empty, truncated, foreign, newer or corrupt.
 */
export function decodeArchive(bytes: Buffer<ArrayBuffer>, path: string): ArchiveContents {
  refuseOthers(bytes, path);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const words = (place: number): number => view.getInt32(place * 4, IS_LITTLE);
  const floats = (place: number): number => view.getFloat64(place * 8, IS_LITTLE);
  const length = floats(FLOAT.length);
  if (length !== bytes.length) {
    const detail = `is truncated, expected ${length} bytes, got ${bytes.length}`;
    throw new UnreadableError('truncated', path, detail);
  }
  const expected = digestOf(bytes).toString('hex');
  const digest = bytes.toString('hex', DIGEST_OFFSET, DIGEST_OFFSET + DIGEST_BYTES);
  if (digest !== expected) {
    const detail = `is corrupt, expected a digest of ${expected}, got ${digest}`;
    throw new UnreadableError('corrupt', path, detail);
  }
  const ids = new Set<string>();
  let at = words(WORD.headerBytes);
  for (let i = words(WORD.ids); i > 0; i--, at += ID_BYTES) {
    ids.add(bytes.toString('hex', at, at + ID_BYTES));
  }
  const parts: Uint8Array[] = [];
  for (let i = words(WORD.parts); i > 0; i--) {
    const partLength = view.getInt32(at + PART_LENGTH_OFFSET, IS_LITTLE);
    parts.push(bytes.subarray(at, at + partLength));
    at += partLength;
  }
  const bootId = bytes.toString('hex', BOOT_ID_OFFSET, BOOT_ID_OFFSET + ID_BYTES);
  return { ids, foldedAt: floats(FLOAT.foldedAt), bootId, parts };
}

/** The digest in a header, by which an archive that was read before is known again. */
export function archiveDigest(header: Buffer): string {
  return header.toString('hex', DIGEST_OFFSET, DIGEST_OFFSET + DIGEST_BYTES);
}

/** Over everything but the digest itself. */
function digestOf(bytes: Uint8Array): Buffer {
  // Loaded with the first archive: see `newId`.
  const { createHash } = process.getBuiltinModule('node:crypto');
  return createHash('sha256')
    .update(bytes.subarray(0, DIGEST_OFFSET))
    .update(bytes.subarray(DIGEST_OFFSET + DIGEST_BYTES))
    .digest();
}

function refuseOthers(bytes: Buffer, path: string): void {
  const { length } = bytes;
  if (length === 0) {
    throw new UnreadableError('empty', path, 'is empty, expected a header, got 0 bytes');
  }
  const word = (place: number): number =>
    IS_LITTLE ? bytes.readInt32LE(place * 4) : bytes.readInt32BE(place * 4);
  if (length >= 8 && (word(WORD.magic1) !== MAGIC_1 || word(WORD.magic2) !== MAGIC_2)) {
    const detail = `is not an archive from this machine, expected it to begin with the magic words, got ${bytes.toString('hex', 0, 8)}`;
    throw new UnreadableError('foreign', path, detail);
  }
  if (length >= 12 && word(WORD.version) > ARCHIVE_VERSION) {
    const detail = `is of a newer format, expected version ${ARCHIVE_VERSION}, got ${word(WORD.version)}`;
    throw new UnreadableError('newer', path, detail);
  }
  if (length < ARCHIVE_HEADER_BYTES) {
    const detail = `is truncated, expected a header of ${ARCHIVE_HEADER_BYTES} bytes, got ${length}`;
    throw new UnreadableError('truncated', path, detail);
  }
}

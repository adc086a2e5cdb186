/**
 * The entries of a file of numbers that Python's client wrote: bytes to keys, and where the values
 * lie. All numbers are in the byte order of the machine.
 *
 * | byte | what |
 * |---|---|
 * | 0 | int32: how many bytes are in use, these included; it grows when an entry is complete |
 * | 4 | nothing |
 * | 8 | entries, each at a multiple of 8 |
 *
 * An entry is the length of its key as int32, the key, 1 to 8 spaces, the value as float64, and when
 * it was set, float64 Unix seconds. Releases before 0.18 wrote no time. Nothing in a file says which
 * of the two it is: only one of them makes its bytes a chain of keys, since text or a number in
 * place of a length is too long or none at all.
 */

import { show } from '../../model/error.ts';
import { wellFormed } from '../../model/label-value.ts';
import type { Pairs } from '../../model/labels.ts';
import { UnreadableError } from '../segment/unreadable.ts';

/** Where the entries begin, and how long a file without any is. */
export const PYTHON_HEADER_BYTES = 8;

/** What stands behind a key: a value and its time, or a value alone. */
export type ValueBytes = 16 | 8;

/** One value of one process. */
export interface PythonEntry {
  /** The family's name, of a counter without `_total`. */
  readonly family: string;
  /** The sample's name, such as `requests_total` or `seconds_bucket`. */
  readonly sample: string;
  /** All labels, `le` included. */
  readonly labels: Pairs;
  /** The help text; '' where a release before 0.15 wrote it, which left it out. */
  readonly help: string;
  /** The place of the value among the float64 of the file. That of its time is the next one. */
  readonly place: number;
}

type PythonKey = Omit<PythonEntry, 'place'>;

/** What is to be parsed. */
export interface EntriesOptions {
  /** The file, at least to the end of what is in use. */
  readonly bytes: Uint8Array;
  /** Where the first entry begins. */
  readonly from: number;
  /** The end of what is in use. */
  readonly used: number;
  readonly valueBytes: ValueBytes;
  /** For the sentences of errors alone. */
  readonly path: string;
}

/** Keys that are parsed between two looks at the clock. */
const KEYS_PER_STEP = 256;

/** The end of a key, before the value. */
const SPACE = 0x20;

/**
 * Parses all entries from `from` on.
 *
 * @throws {UnreadableError} `corrupt` where they are no chain of keys that ends at `used`.
 */
export function* parseEntries({
  bytes,
  from,
  used,
  valueBytes,
  path,
}: EntriesOptions): Generator<undefined, PythonEntry[]> {
  const { buffer, byteOffset } = bytes;
  const lengths = new Int32Array(buffer, byteOffset, used / 4);
  const text = Buffer.from(buffer, byteOffset, used);
  const entries: PythonEntry[] = [];
  for (let at = from; at < used; ) {
    const length = lengths[at / 4]!;
    const begin = at + 4;
    // 1 to 8, never 0: the value begins at a multiple of 8.
    const value = begin + length + 8 - ((begin + length) % 8);
    const end = value + valueBytes;
    if (length <= 0 || end > used || !isBlank(bytes, begin + length, value)) {
      throw corrupt(path, at, 'expected a key and its value', `a length of ${length}`);
    }
    const key = text.toString('utf8', begin, begin + length);
    const parsed = parseKey(key);
    if (parsed === undefined) {
      throw corrupt(path, at, 'expected [family, sample, labels, help]', show(key));
    }
    entries.push({ ...parsed, place: value / 8 });
    at = end;
    if (entries.length % KEYS_PER_STEP === 0) yield;
  }
  return entries;
}

function isBlank(bytes: Uint8Array, from: number, to: number): boolean {
  for (let at = from; at < to; at++) if (bytes[at] !== SPACE) return false;
  return true;
}

function corrupt(path: string, at: number, expected: string, got: string): UnreadableError {
  const detail = `is damaged at byte ${at}, ${expected}, got ${got}`;
  return new UnreadableError('corrupt', path, detail);
}

function parseKey(json: string): PythonKey | undefined {
  let key: unknown;
  try {
    key = JSON.parse(json);
  } catch {
    return undefined;
  }
  if (!Array.isArray(key) || key.length < 3 || key.length > 4) return undefined;
  const [family, sample, labels, help = ''] = key as unknown[];
  if (!areStrings([family, sample, help]) || family === '' || !isObject(labels)) return undefined;
  if (!areStrings(Object.values(labels))) return undefined;
  const pairs = Object.entries(labels) as [string, string][];
  const read = { family, sample, labels: pairs, help } as PythonKey;
  return json.includes('\\ud') ? repaired(read) : read;
}

/** Python may write half a surrogate pair, which UTF-8 cannot hold. */
function repaired({ family, sample, labels, help }: PythonKey): PythonKey {
  return {
    family: wellFormed(family),
    sample: wellFormed(sample),
    labels: labels.map(([name, value]) => [wellFormed(name), wellFormed(value)]),
    help: wellFormed(help),
  };
}

function areStrings(values: readonly unknown[]): boolean {
  return values.every((value) => typeof value === 'string');
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

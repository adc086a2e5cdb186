/**
 * Exemplars in shared files: each in a block of its own, which is made with the first one and of
 * the series' other buckets knows nothing.
 */

import type { ContributedExemplar, KeptExemplar } from '../../aggregate/contribution.ts';
import type { Exemplar } from '../../model/exemplar.ts';
import type { Timestamp } from '../../model/timestamp.ts';
import { ParsedBlock } from './parsed-block.ts';
import { RecordTextWriter, readStrings } from './record-text.ts';
import type { SegmentBlock } from './segment-block.ts';
import type { StoredBlock } from './stored-block.ts';

/** The kind of the blocks. The key is the bucket's place, of a counter 0. */
export const EXEMPLAR_KIND = 'exemplar';

/** The kind of those that belong to native buckets. The key is one of a few numbers from 0 on. */
export const NATIVE_EXEMPLAR_KIND = 'native-exemplar';

/**
 * What comes before the labels: the value; when it was observed, NaN where nobody knows; until when it
 * is shown.
 */
const HEAD_FLOATS = 3;
const HEAD_BYTES = 24;

/** Room for a trace and a span, as W3C's Trace Context has them: nearly all there ever are. */
export const EXEMPLAR_CAPACITY = 96;

const TEXT: RecordTextWriter = new RecordTextWriter();
/** The head of what is in {@linkcode TEXT}; another one when that has grown. */
let head: Float64Array = new Float64Array(HEAD_FLOATS);

/**
 * Puts an exemplar into a block, to be shown until `shownUntil`, in Unix seconds.
 *
 * @throws {MetricsError} When it is longer than the block, and there is no room for another.
 */
export function writeExemplar(block: SegmentBlock, exemplar: Exemplar, shownUntil: number): void {
  TEXT.length = 0;
  TEXT.skip(HEAD_BYTES);
  for (const name in exemplar.labels) {
    TEXT.string(name);
    TEXT.string(exemplar.labels[name]!);
  }
  const { buffer } = TEXT.bytes;
  if (head.buffer !== buffer) head = new Float64Array(buffer, 0, HEAD_FLOATS);
  head[0] = exemplar.value;
  head[1] = exemplar.timestamp === undefined ? Number.NaN : toSeconds(exemplar.timestamp);
  head[2] = shownUntil;
  block.write(TEXT.bytes, TEXT.length);
}

/** Takes the exemplar out of a block, whose place another one may take. */
export function clearExemplar(block: SegmentBlock): void {
  block.write(NOTHING);
}

const NOTHING: Uint8Array = new Uint8Array(0);

/** An exemplar as it is read. */
export class StoredExemplar extends ParsedBlock<KeptExemplar> implements ContributedExemplar {
  /** @param series - The first cell of the series that the block belongs to. */
  constructor(block: StoredBlock, series: number) {
    super(block, series, parse);
  }
}

/** The exemplar in `content`; none where there is none, or another version's. */
function parse(content: Uint8Array): KeptExemplar | undefined {
  if (content.length < HEAD_BYTES) return undefined;
  const { buffer, byteOffset, length } = content;
  const [value, timestamp, shownUntil] = new Float64Array(
    buffer.slice(byteOffset, byteOffset + HEAD_BYTES),
  );
  const strings = readStrings(Buffer.from(buffer, byteOffset, length), HEAD_BYTES, length);
  if (strings === undefined || strings.length % 2 !== 0) return undefined;
  const labels: Record<string, string> = {};
  for (let i = 0; i < strings.length; i += 2) labels[strings[i]!] = strings[i + 1]!;
  const timed = Number.isNaN(timestamp) ? {} : { timestamp: timestamp! };
  return { exemplar: { labels, value: value!, ...timed }, shownUntil: shownUntil! };
}

function toSeconds(timestamp: Timestamp): number {
  if (typeof timestamp === 'number') return timestamp;
  return timestamp.seconds + timestamp.nanos / 1e9;
}

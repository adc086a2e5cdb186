/**
 * A part of an archive: written as a process writes its file, into plain memory, and read by what
 * reads those files. One format has one writer and one reader.
 */

import type { Contribution } from '../../aggregate/contribution.ts';
import type { FoldedPart } from '../../aggregate/folded-parts.ts';
import { HeapSpace } from '../segment/heap-space.ts';
import { REMOVAL_KIND, removalContent } from '../segment/removals.ts';
import { type ReadHeader, readHeader, type SegmentHeader } from '../segment/segment.ts';
import { SegmentContents } from '../segment/segment-contents.ts';
import { newId } from '../segment/segment-id.ts';
import { SegmentWriter } from '../segment/segment-writer.ts';
import type { Pace } from '../system/pace.ts';
import { processLabel } from '../system/process-identity.ts';
import type { ArchiveContents } from './archive.ts';
import { writeBeside } from './archived-blocks.ts';

/** No process has this id. It stands for several, in one of these threads. */
const SEVERAL = 0;
const THREADS = { sum: 0, rest: 1 } as const;

/** The length of a process's id; the parts that are sums have more in theirs. */
const ID_LENGTH = 32;

/** Series that are written between two looks at the clock. */
const SERIES_PER_STEP = 512;

/** Which process a part is of, if it is of a single one. */
export interface PartProcess {
  /** The process id. */
  readonly pid: number;
  /** 0 for the main thread. */
  readonly threadId: number;
  /** When it last showed that it lived, in seconds of the host's clock. */
  readonly endedAt: number;
}

/** An archive as it was read. */
export interface Archive extends Pick<ArchiveContents, 'ids' | 'foldedAt' | 'bootId'> {
  /** Counts the archives of a directory. */
  readonly generation: number;
  /** What the processes counted. */
  readonly parts: readonly ArchivedPart[];
}

/** What a part says of itself. */
export interface PartOptions {
  /** The process, for a part that is of a single one. */
  readonly process?: PartProcess | undefined;
  /** The run of the machine that its times are of. */
  readonly bootId: string;
  /** Says which time of the wall clock a time of the host's clock was. */
  readonly runs: { unix(seconds: number): number };
}

/** Where a part was read. */
export interface ReadPartOptions {
  /** The archive's path, for the sentences of errors alone. */
  readonly path: string;
  /** The archive's generation. */
  readonly revision: number;
  /** Says when the writer of a part began, by the host's clock. */
  readonly runs: { begun(header: ReadHeader): number };
}

/** What was read of one part. */
export interface ArchivedPart {
  /** What it counts. */
  readonly contribution: Contribution;
  /** The process, for a part that is of a single one. */
  readonly process: PartProcess | undefined;
  /** True when all of it was understood: a newer version may have written what this one passes over. */
  readonly isUnderstood: boolean;
}

/** Writes a part, of a single `process` or of several. */
export async function writePart(
  { id, startTime: begun, folded, families }: FoldedPart,
  { process, bootId, runs }: PartOptions,
  pace: Pace,
): Promise<Uint8Array> {
  const { pid, threadId } = process ?? { pid: SEVERAL, threadId: THREADS[folded ?? 'sum'] };
  const about = { id: id.slice(0, ID_LENGTH), startTime: runs.unix(begun), begun, bootId };
  const writer = openPart({ ...about, pid, threadId });
  if (process !== undefined) writer.beat(process.endedAt);
  let written = 0;
  for (const { family, series } of families) {
    const record = writer.declare(family);
    for (const one of series) {
      const place = writer.allocate(record, one.labelValues, one.pairs);
      place.cells.set(one.cells, place.index);
      writeBeside(writer, place, one);
      if (++written % SERIES_PER_STEP === 0) await pace.breathe();
    }
  }
  return bytesOf(writer);
}

/** Writes the part that says what was removed, and when, that is in no other part: times by their keys. */
export function writeRemovals(removals: ReadonlyMap<string, number>, bootId: string): Uint8Array {
  const about = { id: newId(), startTime: 0, bootId };
  const writer = openPart({ ...about, pid: SEVERAL, threadId: THREADS.sum });
  for (const [key, at] of removals) {
    writer.allocateBlock({ kind: REMOVAL_KIND, key, capacity: 8 }).write(removalContent(at));
  }
  return bytesOf(writer);
}

function openPart(
  header: Pick<SegmentHeader, 'id' | 'startTime' | 'begun' | 'bootId' | 'pid' | 'threadId'>,
): SegmentWriter {
  return new SegmentWriter(new HeapSpace(), {
    ...header,
    locked: false,
    processStart: 0,
    pidNamespace: 0,
    kernelThread: 0,
    threadStart: 0,
  });
}

function bytesOf(writer: SegmentWriter): Uint8Array {
  const bytes = new Uint8Array(writer.published);
  writer.copyTo(bytes);
  return bytes;
}

/**
 * Reads a part.
 *
 * @throws {UnreadableError} When it makes no sense.
 */
export async function readPart(
  bytes: Uint8Array,
  { path, revision, runs }: ReadPartOptions,
  pace: Pace,
): Promise<ArchivedPart> {
  const contents = new SegmentContents(path);
  contents.reserve(bytes.length);
  contents.bytes.set(bytes);
  const header = readHeader(contents.bytes.buffer, bytes.length, path);
  await pace.run(contents.parse(header.headerBytes, header.published, header.epoch));
  await pace.run(contents.refreshBlocks());
  const { families, values, blocks, hasUnknown } = contents;
  const { pid, threadId, heartbeat } = header;
  const startTime = runs.begun(header);
  const about = { alive: false, startTime, revision, families, values, blocks };
  const isUnderstood = !hasUnknown;
  if (pid !== SEVERAL) {
    const contribution = { ...about, id: header.id, process: processLabel(header) };
    return { contribution, process: { pid, threadId, endedAt: heartbeat }, isUnderstood };
  }
  const folded = threadId === THREADS.rest ? 'rest' : 'sum';
  const contribution = { ...about, id: `${header.id} ${folded}`, process: '', folded } as const;
  return { contribution, process: undefined, isUnderstood };
}

/** What this process itself counted, as its part in the merging: read from memory, not from disk. */

import type { Contribution } from '../../aggregate/contribution.ts';
import { HEADER_BYTES } from '../segment/segment.ts';
import { SegmentContents } from '../segment/segment-contents.ts';
import type { SegmentWriter } from '../segment/segment-writer.ts';
import type { Pace } from '../system/pace.ts';

/** A writer of this process's, of its file or of its heap, with what was read of it. */
export interface OwnPart {
  readonly id: string;
  readonly writer: SegmentWriter;
  /** For the sentences of errors. */
  readonly path: string;
  /** From the first scrape of this process on. */
  contents?: OwnContents;
}

/** Reads one of this process's writers again and again. */
export class OwnContents {
  readonly #writer: SegmentWriter;
  readonly #contents: SegmentContents;

  /** `path` is for the sentences of errors alone. */
  constructor(writer: SegmentWriter, path: string) {
    this.#writer = writer;
    this.#contents = new SegmentContents(path);
  }

  /** Takes the numbers as they are at this moment, then parses what is new. */
  async read(
    about: Pick<Contribution, 'id' | 'process' | 'startTime'>,
    pace: Pace,
  ): Promise<Contribution> {
    const { published, epoch } = this.#writer;
    this.#contents.reserve(published);
    this.#writer.copyTo(this.#contents.bytes);
    await pace.run(this.#contents.parse(HEADER_BYTES, published, epoch));
    // Nobody writes to the copy, so that all of them are whole.
    await pace.run(this.#contents.refreshBlocks());
    const { revision, families, values, blocks } = this.#contents;
    return { ...about, alive: true, revision, families, values, blocks };
  }
}

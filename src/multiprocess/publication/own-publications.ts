/** What the collectors of this process answered, in its file for other processes to show. */

import type { MetricFamily } from '../../model/family.ts';
import type { SegmentBlock } from '../segment/segment-block.ts';
import type { Warnings } from '../system/warnings.ts';
import type { OwnSeries } from '../writing/own-series.ts';
import { toBytes } from './publication-text.ts';

/** The kind of block that holds an answer. */
export const PUBLICATION_KIND = 'publication';

/** The longest answer: it is held twice in the file of each process, and read at every scrape. */
const LONGEST_BYTES = 4 * 1024 * 1024;

/** What an own publication needs of its storage. */
export interface OwnPublicationsOptions {
  readonly series: OwnSeries;
  /** The host's clock, in seconds. */
  readonly clock: () => number;
  /** Where it is said that an answer is too long. */
  readonly warnings: Warnings;
}

/** Keeps one block for each key. */
export class OwnPublications {
  readonly #options: OwnPublicationsOptions;
  readonly #blocks = new Map<
    object,
    { readonly number: number; block: SegmentBlock | undefined }
  >();
  readonly #oversized = new Set<object>();
  #last = 0;

  /** Nothing is published yet. */
  constructor(options: OwnPublicationsOptions) {
    this.#options = options;
  }

  /** How many answers are too long to be published. */
  get oversized(): number {
    return this.#oversized.size;
  }

  /** Publishes an answer in place of the last one with this key; one without families takes it back. */
  publish(key: object, collector: string, families: readonly MetricFamily[]): void {
    this.#oversized.delete(key);
    const bytes = families.length === 0 ? undefined : this.#toBytes(key, collector, families);
    if (bytes === undefined) {
      this.#release(key);
      return;
    }
    const entry = this.#blocks.get(key) ?? { number: ++this.#last, block: undefined };
    this.#blocks.set(key, entry);
    this.#options.series.inFile((writer) => {
      entry.block ??= writer.allocateBlock({
        kind: PUBLICATION_KIND,
        key: `${entry.number}`,
        // A block that has to move costs readers a look at the whole file.
        capacity: Math.ceil(bytes.length * 1.25),
      });
      entry.block.write(bytes);
    });
  }

  #toBytes(
    key: object,
    collector: string,
    families: readonly MetricFamily[],
  ): Uint8Array | undefined {
    const { clock, warnings } = this.#options;
    let message = `collector "${collector}": not published, expected`;
    try {
      const bytes = toBytes({ collector, answeredAt: clock(), families });
      if (bytes.length <= LONGEST_BYTES) return bytes;
      message += ` at most ${LONGEST_BYTES} bytes of families, got ${bytes.length}`;
    } catch (error) {
      message += ` families that can be walked through, got ${error}`;
    }
    this.#oversized.add(key);
    warnings.warn(`publication ${collector}`, { message, code: 'PROMETHIUM_NOT_PUBLISHED' });
    return undefined;
  }

  #release(key: object): void {
    this.#blocks.get(key)?.block?.release();
    this.#blocks.delete(key);
  }
}

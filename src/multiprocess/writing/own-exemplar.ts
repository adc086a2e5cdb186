/** One exemplar of this process, where other processes find it. */

import type { Exemplar } from '../../model/exemplar.ts';
import type { Cells, ExemplarPlace } from '../../storage/storage.ts';
import {
  clearExemplar,
  EXEMPLAR_CAPACITY,
  type EXEMPLAR_KIND,
  type NATIVE_EXEMPLAR_KIND,
  writeExemplar,
} from '../segment/exemplar-block.ts';
import type { SegmentBlock } from '../segment/segment-block.ts';
import type { SegmentWriter } from '../segment/segment-writer.ts';

/** The place of an exemplar, in a block that goes with the series. */
export class OwnExemplar implements ExemplarPlace {
  readonly #block: SegmentBlock;
  readonly #onFailure: (error: unknown) => void;

  /**
   * Takes the room for it: that of a bucket, or one of those of the native buckets.
   *
   * @throws {MetricsError} When there is none.
   */
  constructor(
    writer: SegmentWriter,
    series: Cells,
    onFailure: (error: unknown) => void,
    kind: typeof EXEMPLAR_KIND | typeof NATIVE_EXEMPLAR_KIND,
    key: number,
  ) {
    const options = { kind, key: `${key}`, series, capacity: EXEMPLAR_CAPACITY };
    this.#block = writer.allocateBlock(options);
    this.#onFailure = onFailure;
  }

  /** {@inheritDoc ExemplarPlace.keep} */
  keep(exemplar: Exemplar, seconds: number): boolean {
    if (this.#block.isReleased) return false;
    try {
      writeExemplar(this.#block, exemplar, Date.now() / 1000 + seconds);
      return true;
    } catch (error) {
      // Without it, the next one asks for a place anew, which is not tried again at once.
      this.#block.release();
      this.#onFailure(error);
      return false;
    }
  }

  /** {@inheritDoc ExemplarPlace.clear} */
  clear(): void {
    clearExemplar(this.#block);
  }
}

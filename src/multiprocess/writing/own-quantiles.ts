/** What this process observed lately of one series, where other processes find it. */

import type { Cells, QuantileAge, QuantilePlace } from '../../storage/storage.ts';
import { QUANTILE_CAPACITY, QUANTILE_KIND, writeWindow } from '../segment/quantile-block.ts';
import type { SegmentBlock } from '../segment/segment-block.ts';
import type { SegmentWriter } from '../segment/segment-writer.ts';

/** The place of a series' window, in a block that goes with the series. */
export class OwnQuantiles implements QuantilePlace {
  readonly #block: SegmentBlock;
  readonly #onFailure: (error: unknown) => void;

  /**
   * Takes the room for it.
   *
   * @throws {MetricsError} When there is none.
   */
  constructor(writer: SegmentWriter, series: Cells, onFailure: (error: unknown) => void) {
    const options = { kind: QUANTILE_KIND, key: '', series, capacity: QUANTILE_CAPACITY };
    this.#block = writer.allocateBlock(options);
    this.#onFailure = onFailure;
  }

  /** {@inheritDoc QuantilePlace.keep} */
  keep(quantiles: readonly number[], ages: readonly QuantileAge[]): boolean {
    if (this.#block.isReleased) return false;
    const now = Date.now() / 1000;
    try {
      writeWindow(this.#block, {
        quantiles,
        ages: ages.map(({ sketch, secondsLeft }) => ({ sketch, until: now + secondsLeft })),
      });
      return true;
    } catch (error) {
      // Without it, the next one asks for a place anew, which is not tried again at once.
      this.#block.release();
      this.#onFailure(error);
      return false;
    }
  }
}

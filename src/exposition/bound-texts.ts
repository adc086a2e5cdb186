/** The labels `le` of a histogram's buckets as bytes: written once for all histograms of a family. */

import { formatBound } from '../model/bound.ts';
import { ByteBuffer } from './byte-buffer.ts';

/** What stands at the end of each bucket's line before its count: `le="0.5"} `. */
export class BoundTexts {
  /** All of them, one after the other. */
  readonly text: ByteBuffer = new ByteBuffer(256);
  /** Where each ends there. */
  readonly ends: number[] = [];
  #bounds: readonly number[] | undefined;

  /** Has them be those of `bounds`, and of +Inf behind them. */
  set(bounds: readonly number[]): void {
    if (bounds === this.#bounds) return;
    const { text, ends } = this;
    // None, in case that one of them cannot be written.
    this.#bounds = undefined;
    text.length = 0;
    for (let i = 0; i <= bounds.length; i++) {
      text.text(`le="${formatBound(bounds[i] ?? Infinity)}"} `);
      ends[i] = text.length;
    }
    this.#bounds = bounds;
  }
}

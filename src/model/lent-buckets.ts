/** The buckets of one sign as writers and merging read them, gathered from where they are counted. */

import type { NativeBuckets } from './native-histogram.ts';
import type { NativeWindow } from './native-window.ts';

/** Buckets on loan: one pair of arrays for all histograms of a process, as large as the largest. */
export class LentBuckets implements NativeBuckets {
  length = 0;
  indices: Int32Array = new Int32Array(0);
  counts: Float64Array = new Float64Array(0);

  /** Holds what is in the window from now on, and nothing where there is none. */
  filled(window: NativeWindow | undefined): this {
    this.reserve(window?.size ?? 0);
    window?.copyTo(this.indices, this.counts);
    return this;
  }

  /** Holds `length` buckets from now on, to be written. */
  reserve(length: number): void {
    this.length = length;
    if (length <= this.indices.length) return;
    this.indices = new Int32Array(length * 2);
    this.counts = new Float64Array(length * 2);
  }
}

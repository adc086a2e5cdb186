/** A native histogram on its way to a writer, which may not ask for it at all. */

import type { Exemplar } from './exemplar.ts';
import type { NativeNumbers } from './native-counts.ts';
import type { NativeBuckets, NativeHistogram } from './native-histogram.ts';

const NO_EXEMPLARS: readonly Exemplar[] = [];
const NO_BOUNDS: readonly number[] = [];

/** What a writer borrows: one object for all histograms, whose buckets are gathered when read. */
export class NativePoint implements NativeHistogram {
  #counts!: NativeNumbers;
  #exemplars: readonly Exemplar[] = NO_EXEMPLARS;

  /** Shows these counts and exemplars from now on. */
  of(counts: NativeNumbers, exemplars: readonly Exemplar[] = NO_EXEMPLARS): this {
    this.#counts = counts;
    this.#exemplars = exemplars;
    return this;
  }

  get schema(): number {
    return this.#counts.schema;
  }

  get zeroThreshold(): number {
    return this.#counts.zeroThreshold;
  }

  get zeroCount(): number {
    return this.#counts.zeroCount;
  }

  get positive(): NativeBuckets {
    return this.#counts.positive;
  }

  get negative(): NativeBuckets {
    return this.#counts.negative;
  }

  get exemplars(): readonly Exemplar[] {
    return this.#exemplars;
  }

  get customBounds(): readonly number[] {
    return NO_BOUNDS;
  }
}

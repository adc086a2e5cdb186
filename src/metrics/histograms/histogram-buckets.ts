/** What all children of one histogram share. */

import type { Declaration } from '../declaration/declaration.ts';
import { BucketSearch } from './bucket-search.ts';

/** How many observations a count of 32 bits begins anew after. */
export const CARRY: number = 2 ** 32;

const made = new WeakMap<Declaration, HistogramBuckets>();

/** What the children of this histogram share, made once. */
export function bucketsOf(declaration: Declaration): HistogramBuckets {
  let buckets = made.get(declaration);
  if (buckets === undefined) {
    buckets = new HistogramBuckets(declaration);
    made.set(declaration, buckets);
  }
  return buckets;
}

/**
 * The search for the bucket of a value and, by way of it, the declaration: one field of each child
 * for both, 8 bytes less. The other way round would cost an observation 4 ns (Node 24): the search
 * has to be at hand.
 */
export class HistogramBuckets extends BucketSearch {
  /** How the histogram was declared. */
  readonly declaration: Declaration;
  /** True once a count of any child began anew. */
  hasCarries = false;
  /** How often counts of 32 bits began anew, by child and bucket. Weak: it goes with the child. */
  #carries: WeakMap<object, Float64Array> | undefined;

  constructor(declaration: Declaration) {
    super(declaration.family.bounds);
    this.declaration = declaration;
  }

  /** Notes that the count of a child's bucket has begun anew so many times more. */
  carry(child: object, bucket: number, times: number): void {
    this.#carries ??= new WeakMap();
    this.hasCarries = true;
    const carries = this.carriesOf(child) ?? new Float64Array(this.count + 1);
    carries[bucket]! += times;
    this.#carries.set(child, carries);
  }

  /** How often each bucket's count of this child began anew; `undefined` where none did. */
  carriesOf(child: object): Float64Array | undefined {
    return this.#carries?.get(child);
  }

  /** Forgets that counts of this child began anew: all of them are 0 now. */
  forgetCarries(child: object): void {
    this.#carries?.delete(child);
  }
}

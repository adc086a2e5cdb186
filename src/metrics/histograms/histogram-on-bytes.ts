/**
 * A histogram on this process's heap, which nobody else reads: its counts take 32 bits each instead
 * of the 64 of a cell, 48 bytes a child and 64 of numbers instead of 56 and 112 with 11 buckets.
 *
 * Laid out in the bytes of a child: the sum, the start time, a count for each bucket and for +Inf. A
 * count that reaches 2^32 begins anew, which is noted apart from it ({@linkcode HistogramBuckets}).
 */

import type { HistogramPoint } from '../../model/family.ts';
import type { Declaration, Kind } from '../declaration/declaration.ts';
import { startTime } from '../timing/clock.ts';
import { AnyHistogramChild, sampleObservations } from './histogram-base.ts';
import { bucketsOf, CARRY, type HistogramBuckets } from './histogram-buckets.ts';
import {
  HISTOGRAM_OPTIONS,
  type HistogramObserveOptions,
  toHistogramOptions,
} from './histogram-options.ts';

/** Where the start time is, and the first count. The sum is at 0. */
const CREATED = 8;
const COUNTS = 16;

/** A histogram's child with counts of 32 bits. */
export class HistogramChildOnBytes extends AnyHistogramChild {
  readonly #buckets: HistogramBuckets;
  /**
   * One array for both sizes of numbers. Node 24: an observation takes 5.9 ns in a DataView, 5.8 in cells
   * of 64 bits, 6.7 in two typed arrays of the same bytes.
   */
  #view: DataView;
  #offset: number;

  constructor(declaration: Declaration) {
    super();
    this.#buckets = bucketsOf(declaration);
    const { view, offset } = declaration.storage.bytes!.allocate(sizeOf(this.#buckets));
    this.#view = view;
    this.#offset = offset;
    view.setFloat64(offset + CREATED, startTime(declaration.clock), true);
  }

  /** As of all histograms: the one that programs know. */
  override get ['constructor'](): CallableFunction {
    return super.constructor;
  }

  get buckets(): HistogramBuckets {
    return this.#buckets;
  }

  get count(): number {
    return HistogramChildOnBytes.#countsOf(this).reduce((sum, count) => sum + count, 0);
  }

  get sum(): number {
    return this.#view.getFloat64(this.#offset, true);
  }

  override observe(value: number, options?: HistogramObserveOptions): void {
    if (options !== undefined || typeof value !== 'number' || Number.isNaN(value)) {
      super.observe(value, options);
      return;
    }
    const view = this.#view;
    const offset = this.#offset;
    const bucket = this.#buckets.find(value);
    const at = offset + COUNTS + (bucket << 2);
    const count = (view.getInt32(at, true) + 1) | 0;
    view.setInt32(at, count, true);
    if (count === 0) this.#buckets.carry(this, bucket, 1);
    view.setFloat64(offset, view.getFloat64(offset, true) + value, true);
  }

  protected add(bucket: number, value: number, count: number): void {
    const at = this.#offset + COUNTS + (bucket << 2);
    const sum = this.#view.getUint32(at, true) + count;
    this.#view.setUint32(at, sum % CARRY, true);
    if (sum >= CARRY) this.#buckets.carry(this, bucket, Math.floor(sum / CARRY));
    this.#view.setFloat64(this.#offset, this.sum + value * count, true);
  }

  protected beginAnew(): void {
    const end = this.#offset + sizeOf(this.#buckets);
    for (let at = this.#offset; at < end; at += 8) this.#view.setFloat64(at, 0, true);
    this.#view.setFloat64(this.#offset + CREATED, this.declaration.clock.now(), true);
    this.#buckets.forgetCarries(this);
  }

  // Static: an object of a class with private methods has 8 bytes more, to tell that it may have them.

  /** All counts of a child, on loan: the next one's are put there as well. */
  static #countsOf(child: HistogramChildOnBytes): readonly number[] {
    const buckets = child.#buckets;
    const carries = buckets.carriesOf(child);
    WHOLE_COUNTS.length = buckets.count + 1;
    for (let i = 0; i <= buckets.count; i++) {
      const count = child.#view.getUint32(child.#offset + COUNTS + (i << 2), true);
      WHOLE_COUNTS[i] = count + (carries?.[i] ?? 0) * CARRY;
    }
    return WHOLE_COUNTS;
  }

  /** Has the point show the counts of this child, where they are not those of the page that it shows. */
  static #show(child: HistogramChildOnBytes): void {
    if (child.#buckets.hasCarries || !IS_LITTLE_ENDIAN) {
      shownView = undefined;
      POINT.cells = HistogramChildOnBytes.#countsOf(child);
      POINT.index = 0;
      return;
    }
    const { buffer, byteOffset, byteLength } = child.#view;
    shownView = child.#view;
    POINT.cells = new Uint32Array(buffer, byteOffset, byteLength >> 2);
    POINT.index = (child.#offset + COUNTS) >> 2;
  }

  static readonly kind: Kind<HistogramChildOnBytes> = {
    type: 'histogram',
    word: 'histogram',
    options: HISTOGRAM_OPTIONS,
    typeOptions: toHistogramOptions,
    create: (declaration) => new HistogramChildOnBytes(declaration),
    // V8 takes the writer's methods into this one as long as it is short. Node 24, 10,000 histograms to
    // text: 8.0 ms, and 8.6 where it puts the counts together itself. In cells it is 7.9.
    write(child, writer) {
      const buckets = child.#buckets;
      const view = child.#view;
      const offset = child.#offset;
      if (view !== shownView || buckets.hasCarries) HistogramChildOnBytes.#show(child);
      else POINT.index = (offset + COUNTS) >> 2;
      POINT.bounds = buckets.bounds;
      POINT.sum = view.getFloat64(offset, true);
      POINT.created = view.getFloat64(offset + CREATED, true);
      const { exemplars } = buckets.declaration;
      POINT.exemplars = exemplars?.hasAny ? exemplars.of(child) : undefined;
      writer.histogram(POINT);
    },
    // No cells: nobody else reads them.
    place: () => undefined,
    reset: (child) => child.reset(),
    detach(child) {
      const place = { view: child.#view, offset: child.#offset };
      child.#view = child.declaration.takeBytes(place, sizeOf(child.#buckets));
      child.#offset = 0;
    },
    sample: () => sampleObservations(HistogramChildOnBytes),
  };
}

/** True where a typed array sees the same numbers as a view that is read with the last byte first. */
const IS_LITTLE_ENDIAN: boolean = /* @__PURE__ */ isLittleEndian();

function isLittleEndian(): boolean {
  return new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;
}

/** Counts of which some began anew, put together. */
const WHOLE_COUNTS: number[] = [];

/** The bytes that the point shows: those of many children that are written one after the other. */
let shownView: DataView | undefined;

/** What a writer borrows: one object for all histograms, since a million are written one by one. */
const POINT: { -readonly [Key in keyof HistogramPoint]: HistogramPoint[Key] } = {
  bounds: [],
  cells: [],
  index: 0,
  cumulative: false,
  sum: 0,
  created: 0,
  exemplars: undefined,
  native: undefined,
};

/** The bytes of a child: all of its numbers, and what is missing to a multiple of 8. */
function sizeOf({ count }: HistogramBuckets): number {
  return Math.ceil((COUNTS + (count + 1) * 4) / 8) * 8;
}

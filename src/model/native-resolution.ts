/**
 * How fine the native buckets of a histogram are. Most histograms with the same settings are as fine as
 * each other and share one of these: one field of each in place of three, 32 bytes less (Node 24).
 */

import { type NativeIndex, nativeIndex } from './native-bounds.ts';

/** With which resolution a native histogram begins, and how far it may go from there. */
export interface NativeSettings {
  /** From -4 to 8: how many times the buckets from a power of two to the next were halved. */
  readonly schema: number;
  /** The greatest absolute value in the zero bucket, >= 0. */
  readonly zeroThreshold: number;
  /** How many buckets there may be, the zero bucket left out; `Infinity` for any number. */
  readonly maxBuckets: number;
  /** How far the zero bucket may reach to make them fewer. */
  readonly maxZeroThreshold: number;
}

/** A schema and a zero bucket, on the way that began with some settings. Never changes. */
export class NativeResolution {
  readonly settings: NativeSettings;
  /** Finds the bucket of a value. */
  readonly index: NativeIndex;
  /** The greatest absolute value in the zero bucket. */
  readonly zeroThreshold: number;
  #coarser: NativeResolution | undefined;

  /** @param schema - From -4 to 8. What a histogram begins with comes from {@linkcode firstResolution}. */
  constructor(settings: NativeSettings, schema: number, zeroThreshold: number) {
    this.settings = settings;
    this.index = nativeIndex(schema);
    this.zeroThreshold = zeroThreshold;
  }

  /** From -4 to 8. */
  get schema(): number {
    return this.index.schema;
  }

  /** The one with this schema: itself, a coarser one, which all share that get there, or a finer one. */
  withSchema(schema: number): NativeResolution {
    const { settings, zeroThreshold } = this;
    if (schema === this.schema) return this;
    if (schema > this.schema) return new NativeResolution(settings, schema, zeroThreshold);
    this.#coarser ??= new NativeResolution(settings, this.schema - 1, zeroThreshold);
    return this.#coarser.withSchema(schema);
  }

  /** The one with this zero bucket: itself, or one of its own. */
  withZero(zeroThreshold: number): NativeResolution {
    if (zeroThreshold === this.zeroThreshold) return this;
    return new NativeResolution(this.settings, this.schema, zeroThreshold);
  }
}

const FIRST: WeakMap<NativeSettings, NativeResolution> = /* @__PURE__ */ new WeakMap();

/** What all histograms with these settings begin with. */
export function firstResolution(settings: NativeSettings): NativeResolution {
  let first = FIRST.get(settings);
  if (first === undefined) {
    first = new NativeResolution(settings, settings.schema, settings.zeroThreshold);
    FIRST.set(settings, first);
  }
  return first;
}

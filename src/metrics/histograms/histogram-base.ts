/** What the children of histograms have in common, wherever they keep their counts. */

import { AnyChild } from '../children/child.ts';
import type { Declaration } from '../declaration/declaration.ts';
import { beginTiming, startTimer, type Timer } from '../timing/timer.ts';
import type { HistogramBuckets } from './histogram-buckets.ts';
import type { HistogramObserveOptions } from './histogram-options.ts';

/** True once observations ask for exemplars, those of all histograms: see {@linkcode Kind.sample}. */
export let isSampling = false;

/** The options of an observation. */
const OPTIONS: readonly string[] = ['count', 'exemplar'];

/** The classes whose observations do. */
const sampling = /* @__PURE__ */ new WeakSet<object>();

/** Has the observations of a class ask for exemplars from now on. */
export function sampleObservations({ prototype }: { prototype: AnyHistogramChild }): void {
  if (sampling.has(prototype)) return;
  sampling.add(prototype);
  isSampling = true;
  const { observe } = prototype;
  prototype.observe = function (
    this: AnyHistogramChild,
    value: number,
    options?: HistogramObserveOptions,
  ): void {
    observe.call(this, value, options);
    if (options?.exemplar !== undefined || options?.count === 0) return;
    const { buckets } = this;
    buckets.declaration.exemplars?.sample(this, buckets.find(value), value);
  };
}

/** A histogram's child. Programs see what `HistogramChild` says of it. */
export abstract class AnyHistogramChild extends AnyChild {
  /** What it shares with all children of the histogram. */
  abstract get buckets(): HistogramBuckets;

  /** How many observations there were. */
  abstract get count(): number;

  /** The sum of all observations. */
  abstract get sum(): number;

  // A getter and no property, which would take 8 bytes of every child.
  get type(): 'histogram' {
    return 'histogram';
  }

  protected get declaration(): Declaration {
    return this.buckets.declaration;
  }

  /** The careful way, for what the classes below do not count at once by a shorter one. */
  observe(value: number, options?: HistogramObserveOptions): void {
    // NaN has no bucket, and a sum would never recover from it.
    if (typeof value !== 'number' || Number.isNaN(value)) {
      this.refuse('observe()', 'a number other than NaN', value);
    }
    const { count = 1, exemplar } = options ?? {};
    if (options !== undefined && options?.count === undefined && exemplar === undefined) {
      this.requireOptions('observe()', options, OPTIONS);
    }
    if (!(Number.isSafeInteger(count) && count >= 0)) {
      this.refuse('observe() count', 'a whole number >= 0', count);
    }
    if (count === 0) return;
    const bucket = this.buckets.find(value);
    this.add(bucket, value, count);
    if (exemplar !== undefined) this.declaration.exemplars?.keep(this, bucket, value, exemplar);
  }

  reset(): void {
    this.declaration.exemplars?.forget(this);
    this.beginAnew();
  }

  startTimer(given?: unknown): Timer {
    return startTimer(this.declaration, (seconds) => this.observe(seconds), given);
  }

  time(run: unknown): unknown {
    const { clock } = this.declaration;
    return this.during('time()', run, () => beginTiming(clock, (seconds) => this.observe(seconds)));
  }

  /** Counts `value` so many times, in the bucket that was found for it. */
  protected abstract add(bucket: number, value: number, count: number): void;

  /** Counts from 0 on, from now on. */
  protected abstract beginAnew(): void;
}

/** What the children of counters have in common, wherever they keep their counts. */

import { askChild } from '../children/asked-children.ts';
import { AnyChild } from '../children/child.ts';
import type { ValueCallback } from '../declaration/instrument-options.ts';
import type { IncOptions } from './counter-options.ts';

/** The options of an increment. */
const OPTIONS: readonly string[] = ['exemplar'];

/** The classes whose increments ask for exemplars. */
const sampling = /* @__PURE__ */ new WeakSet<object>();

/** A counter's child. Programs see what `CounterChild` says of it. */
export abstract class AnyCounterChild extends AnyChild {
  /** The count so far in this process. */
  abstract get value(): number;

  // A getter and no property, which would take 8 bytes of every child.
  get type(): 'counter' {
    return 'counter';
  }

  /** The careful way, for what the classes below do not count at once by a shorter one. */
  inc(amount = 1, options?: IncOptions): void {
    if (!isAmount(amount)) this.refuse('inc()', 'a finite number >= 0', amount);
    const exemplar = options?.exemplar;
    if (options !== undefined && exemplar === undefined) {
      this.requireOptions('inc()', options, OPTIONS);
    }
    this.countOn(amount);
    if (exemplar !== undefined) this.declaration.exemplars?.keep(this, 0, amount, exemplar);
  }

  reset(): void {
    this.declaration.exemplars?.forget(this);
    this.beginAnew();
  }

  countExceptions(run: unknown, filter?: (error: unknown) => boolean): unknown {
    if (filter !== undefined) this.requireFunction('countExceptions() filter', filter);
    return this.during('countExceptions()', run, () => (outcome) => {
      if (!outcome.failed || this.isAsked) return;
      if (filter === undefined || filter(outcome.error)) this.inc();
    });
  }

  setFunction(callback: ValueCallback): void {
    askChild(this, this.declaration, callback);
  }

  /** Adds an amount that was looked at. */
  protected abstract countOn(amount: number): void;

  /** Counts from 0 on, from now on. */
  protected abstract beginAnew(): void;

  /** What a callback's answer may be: a count. One below the last began anew, as after a restart. */
  protected acceptCount(value: unknown): number {
    if (!isAmount(value)) return this.refuse('callback', 'a finite number >= 0', value);
    // Of the class, which a child with a callback does not have any more.
    if (value < this.value) AnyCounterChild.prototype.reset.call(this);
    return value;
  }

  /** Has the increments of a class ask for exemplars from now on: see {@linkcode Kind.sample}. */
  static sample({ prototype }: { readonly prototype: AnyCounterChild }): void {
    if (sampling.has(prototype)) return;
    sampling.add(prototype);
    const { inc } = prototype;
    prototype.inc = function (this: AnyCounterChild, amount = 1, options?: IncOptions): void {
      inc.call(this, amount, options);
      if (options?.exemplar !== undefined || amount === 0) return;
      this.declaration.exemplars?.sample(this, 0, amount);
    };
  }
}

/** True of what a counter may grow by. NaN and strings satisfy neither side. */
export function isAmount(value: unknown): value is number {
  return typeof value === 'number' && value >= 0 && value < Infinity;
}

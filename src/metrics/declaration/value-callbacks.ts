/** Callbacks that are asked for the values of one metric's children, at every scrape. */

import { requireCallback } from './family-description.ts';
import type { ValueCallback } from './instrument-options.ts';

/** The callbacks of one metric. */
export class ValueCallbacks {
  readonly #subject: string;
  readonly #assign: (child: unknown, value: unknown) => void;
  readonly #isShared: boolean;
  readonly #callbacks = new Map<unknown, ValueCallback>();
  /** Children that others show and whose callback was not asked yet. */
  readonly #unasked = new Set<unknown>();
  /** Children that were removed: a callback given to one of them is for nobody to see. */
  readonly #gone = new WeakSet<object>();

  /**
   * @param assign - Sets a child to what its callback returned.
   * @param isShared - Whether other processes show the children.
   */
  constructor(
    subject: string,
    assign: (child: unknown, value: unknown) => void,
    isShared: boolean,
  ) {
    this.#subject = subject;
    this.#assign = assign;
    this.#isShared = isShared;
  }

  /**
   * Asks `callback` for the child's value at every scrape and, where other processes show it, as
   * soon as the code that runs is through: until then they show the 0 of a new cell.
   *
   * @throws {TypeError} When `callback` is not a function.
   */
  set(child: unknown, callback: ValueCallback): void {
    requireCallback(this.#subject, callback);
    if (this.#gone.has(child as object)) return;
    this.#callbacks.set(child, callback);
    if (!this.#isShared) return;
    this.#unasked.add(child);
    // Not at once: what the callback reads may stand below it in the same module.
    if (this.#unasked.size === 1) void Promise.resolve().then(() => this.#askFirst());
  }

  /** True when the child takes its value from a callback. */
  has(child: unknown): boolean {
    return this.#callbacks.has(child);
  }

  /** Forgets the callback of a child that is gone, and takes none for it any more. */
  drop(child: unknown): void {
    this.#callbacks.delete(child);
    this.#gone.add(child as object);
  }

  /** Takes callbacks again for a child that is there once more. */
  welcome(child: unknown): void {
    this.#gone.delete(child as object);
  }

  /** Sets every child that has a callback to what it returns. A promise if any callback gave one. */
  refresh(): void | Promise<void> {
    this.#unasked.clear();
    const waiting: Promise<void>[] = [];
    for (const [child, callback] of this.#callbacks) {
      // Not thrown here: a promise that was given before would be left to reject unheard.
      const late = this.#ask(child, callback);
      if (late !== undefined) waiting.push(late);
    }
    return waiting.length === 0 ? undefined : Promise.all(waiting).then(() => undefined);
  }

  #ask(child: unknown, callback: ValueCallback): Promise<void> | undefined {
    try {
      const value = callback();
      if (typeof value !== 'number') {
        return Promise.resolve(value).then((late) => this.#assign(child, late));
      }
      this.#assign(child, value);
      return undefined;
    } catch (error) {
      return Promise.reject(error);
    }
  }

  #askFirst(): void {
    for (const child of this.#unasked) {
      const callback = this.#callbacks.get(child);
      // Whoever fails is asked again, and reported then.
      if (callback !== undefined) this.#ask(child, callback)?.catch(() => {});
    }
    this.#unasked.clear();
  }
}

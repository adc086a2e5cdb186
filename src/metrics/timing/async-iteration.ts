/** Knowing when an async iteration has begun and ended, in whatever way. */

/// <reference lib="esnext.disposable" preserve="true" />

import { type End, WatchedRun } from './outcome.ts';

// As in timer.ts: runtimes without the symbol have no `await using` either.
const ASYNC_DISPOSE: typeof Symbol.asyncDispose =
  (Symbol as { asyncDispose?: typeof Symbol.asyncDispose }).asyncDispose ??
  (Symbol.for('Symbol.asyncDispose') as typeof Symbol.asyncDispose);

/** True of what `for await` can go through as asynchronous. */
export function isAsyncIterable(value: unknown): value is AsyncIterable<unknown> {
  if (typeof value !== 'object' || value === null) return false;
  return typeof (value as Partial<AsyncIterable<unknown>>)[Symbol.asyncIterator] === 'function';
}

/**
 * True of an iteration that waits to be gone through, such as an async generator. A stream can be
 * iterated too, but is more than that, so that nothing can stand for it.
 */
export function isAsyncIteration(value: unknown): value is AsyncIterableIterator<unknown> {
  return isAsyncIterable(value) && typeof (value as { next?: unknown }).next === 'function';
}

/**
 * The same items. Each time that somebody goes through them, `begin` is called with the first one,
 * and what it returned with the end: after the last, on an error, or where the loop is left.
 */
export function watched<Item>(items: AsyncIterable<Item>, begin: () => End): AsyncIterable<Item> {
  return {
    [Symbol.asyncIterator]: () => new WatchedIteration(items[Symbol.asyncIterator](), begin),
  };
}

/** An iteration that tells when it begins and ends. */
export class WatchedIteration<Item> implements AsyncIterableIterator<Item> {
  readonly #inner: AsyncIterator<Item>;
  readonly #run: WatchedRun;

  constructor(inner: AsyncIterator<Item>, begin: () => End) {
    this.#inner = inner;
    this.#run = new WatchedRun(begin);
    makeDisposable(WatchedIteration.prototype);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(...given: [] | [unknown]): Promise<IteratorResult<Item>> {
    this.#run.begin();
    return this.#until(() => this.#inner.next(...(given as [])));
  }

  async return(value?: unknown): Promise<IteratorResult<Item>> {
    const { return: leave } = this.#inner;
    if (leave !== undefined) return this.#until(() => leave.call(this.#inner, value));
    this.#run.end({ failed: false });
    return { done: true, value };
  }

  async throw(error?: unknown): Promise<IteratorResult<Item>> {
    const { throw: fail } = this.#inner;
    if (fail !== undefined) return this.#until(() => fail.call(this.#inner, error));
    return this.#run.fail(error);
  }

  async #until(step: () => Promise<IteratorResult<Item>>): Promise<IteratorResult<Item>> {
    let result: IteratorResult<Item>;
    try {
      result = await step();
    } catch (error) {
      return this.#run.fail(error);
    }
    if (result.done) this.#run.end({ failed: false });
    return result;
  }
}

/**
 * As generators have it, on every runtime that has the symbol. Done with the first iteration: a bundler
 * could not leave out what happens where this file is loaded.
 */
function makeDisposable(prototype: WatchedIteration<unknown>): void {
  if (Object.hasOwn(prototype, ASYNC_DISPOSE)) return;
  Object.defineProperty(prototype, ASYNC_DISPOSE, {
    configurable: true,
    writable: true,
    async value(this: WatchedIteration<unknown>): Promise<void> {
      await this.return();
    },
  });
}

/** Knowing when a generator has begun and ended, in whatever way. */

import { type End, WatchedRun } from './outcome.ts';

/**
 * True of a generator, which does nothing until somebody asks for its first item. Other iterators,
 * such as those of a Map, can be gone through too, but have no run of their own to speak of.
 */
export function isGenerator(value: unknown): value is Generator {
  if (typeof value !== 'object' || value === null) return false;
  const {
    next,
    return: leave,
    throw: fail,
    [Symbol.iterator]: items,
  } = value as Partial<Generator>;
  return [next, leave, fail, items].every((method) => typeof method === 'function');
}

/** A generator that tells when it begins and ends. */
export class WatchedGenerator<Item> {
  readonly #inner: Generator<Item>;
  readonly #run: WatchedRun;

  constructor(inner: Generator<Item>, begin: () => End) {
    this.#inner = inner;
    this.#run = new WatchedRun(begin);
    makeIterator(WatchedGenerator.prototype);
  }

  next(...given: [] | [unknown]): IteratorResult<Item> {
    this.#run.begin();
    return this.#until(() => this.#inner.next(...(given as [])));
  }

  return(value?: unknown): IteratorResult<Item> {
    return this.#until(() => this.#inner.return(value));
  }

  throw(error?: unknown): IteratorResult<Item> {
    return this.#until(() => this.#inner.throw(error));
  }

  #until(step: () => IteratorResult<Item>): IteratorResult<Item> {
    let result: IteratorResult<Item>;
    try {
      result = step();
    } catch (error) {
      return this.#run.fail(error);
    }
    if (result.done) this.#run.end({ failed: false });
    return result;
  }
}

/**
 * All iterators' own: `for … of`, `using` and, where the runtime has them, `map()`, `take()` and so on.
 * Done with the first generator: a bundler could not leave out what happens where this file is loaded.
 */
function makeIterator(prototype: WatchedGenerator<unknown>): void {
  const iterators = Object.getPrototypeOf(Object.getPrototypeOf([][Symbol.iterator]()));
  if (Object.getPrototypeOf(prototype) !== iterators) Object.setPrototypeOf(prototype, iterators);
}

/**
 * The families of a storage that several processes share, for scrapes. A reading that takes longer than
 * a collector may is no reason to leave out all that the service counts: counters would end there and
 * begin anew. The one before is shown then.
 */

import type { Collector, MetricFamily } from '../../model/family.ts';
import type { Storage } from '../../storage/storage.ts';
import type { CollectorCalls, Result } from './collector-calls.ts';

/** Reads one storage again and again. */
export class StorageReading {
  readonly #calls: CollectorCalls;
  /** As failures name it. The same each time: one that still hangs is not asked again. */
  readonly #storage: Collector & { readonly name: string };
  #last: readonly MetricFamily[] | undefined;

  /** Nothing is read yet. */
  constructor(storage: Storage, calls: CollectorCalls) {
    this.#calls = calls;
    const collect = async (): Promise<readonly MetricFamily[]> => {
      const families = (await storage.collect?.()) ?? [];
      // A late one as well: the next scrape may be too early for its own.
      this.#last = families;
      return families;
    };
    this.#storage = { name: 'storage', collect };
  }

  /** What the storage has now. Where that fails or takes too long: what it had before, if anything. */
  async read(): Promise<Result> {
    const result = await this.#calls.start(this.#storage, () => this.#storage.collect());
    if (!result.failed || this.#last === undefined) return result;
    return { ...result, families: this.#last };
  }
}

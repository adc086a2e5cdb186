/** A storage whose registries publish when a test says so, and not when time has passed. */

import type { MultiprocessStorageOptions } from '../../src/multiprocess/multiprocess-options.ts';
import { MultiprocessStorage } from '../../src/multiprocess/multiprocess-storage.ts';
import type { Publishing } from '../../src/storage/publication.ts';
import type { Ending } from './temporary-folder.ts';

/** Counts like any other, and publishes by hand. */
export class HandPublishedStorage extends MultiprocessStorage {
  readonly #registries: Publishing[] = [];

  override attach(publishing: Publishing): void {
    this.#registries.push(publishing);
  }

  /** What the interval does. */
  async passInterval(): Promise<void> {
    await Promise.all(this.#registries.map((registry) => registry.publish()));
    this.flush();
  }

  /** What the way out does. */
  wayOut(): void {
    for (const registry of this.#registries) registry.publishLast();
    this.flush();
  }
}

/** Makes one that is closed after the test. */
export function handPublished(
  context: Ending,
  options: MultiprocessStorageOptions,
): HandPublishedStorage {
  const storage = new HandPublishedStorage(options);
  context.after(() => storage.close());
  return storage;
}

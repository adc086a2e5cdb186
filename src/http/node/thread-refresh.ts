/** What a program does for a scrape that a thread answers: brings to its file what is not in it yet. */

import type { CollectorRegistry } from '../../metrics/registry/registry.ts';
import type { MultiprocessStorage } from '../../multiprocess/multiprocess-storage.ts';

/** Asks callbacks and collectors what they have to say, and writes what is written behind. Never rejects. */
export async function refresh({ storage }: CollectorRegistry): Promise<void> {
  // Asked by method and not by class: it may be another copy's of this package.
  const { publishNow } = storage as Partial<MultiprocessStorage>;
  if (typeof publishNow === 'function') await publishNow.call(storage);
  else storage.flush?.();
}

/** What a program does for a scrape that a thread answers: brings to its file what is not in it yet. */

import { isStored } from '../../metrics/collection-run.ts';
import type { CollectorRegistry } from '../../metrics/registry.ts';

/** Asks the callbacks of metrics for their values, and writes what is written behind. Never rejects. */
export async function refresh(registry: CollectorRegistry): Promise<void> {
  const asked = registry.collectors.filter(isStored).map(async (metric) => metric.refresh());
  await Promise.allSettled(asked);
  registry.flush();
}

/** A handler at work: what it was told, the scrapes that are under way, and what it says of itself. */

import { type BeginRecord, recordRequests } from './handler-metrics.ts';
import type { ScrapeSettings } from './handler-options.ts';
import { ScrapeQueue } from './scrape-queue.ts';

/** What an adapter has for as long as it serves. */
export interface ScrapeService extends ScrapeSettings {
  /** The scrapes under way and those that wait. */
  readonly queue: ScrapeQueue;
  /** Begins the record of a request. */
  readonly beginRecord: BeginRecord;
}

/**
 * Begins a service. The handler's own metrics, where they are wanted, are declared here.
 *
 * @throws {AlreadyRegisteredError} When the name of one of them belongs to something else.
 */
export function beginService(settings: ScrapeSettings): ScrapeService {
  return {
    ...settings,
    queue: new ScrapeQueue(settings.limits),
    beginRecord: recordRequests(settings.metrics),
  };
}

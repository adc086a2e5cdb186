/** Metrics of the memory that JavaScript uses, of the thread that collects them. */

import { getHeapStatistics } from 'node:v8';
import {
  type CollectorHandle,
  type CollectorOptions,
  startGroup,
  validateOptions,
} from './metric-group.ts';
import { oncePerScrape } from './readings.ts';
import { isBun, isDeno } from './runtime.ts';

/**
 * Collects the size of the heap, its limit, and the memory that objects hold outside of it.
 *
 * Bun has no limit to show, Deno does not tell the array buffers; there these are left out.
 *
 * Each worker thread has a heap of its own; over several processes and threads these add up.
 *
 * @throws {AlreadyRegisteredError} When a name is taken.
 * @throws {TypeError} When an option is wrong.
 */
export function collectHeapMetrics(options: CollectorOptions = {}): CollectorHandle {
  validateOptions('collectHeapMetrics', options, []);
  return startGroup('heap', options, (group) => {
    const memory = oncePerScrape(() => process.memoryUsage());
    group.gauge({
      name: 'nodejs_heap_size_total_bytes',
      help: 'Memory allocated for the JavaScript heap, in bytes.',
      read: () => memory().heapTotal,
    });
    group.gauge({
      name: 'nodejs_heap_size_used_bytes',
      help: 'Memory of the JavaScript heap in use, what the next collection frees included, in bytes.',
      read: () => memory().heapUsed,
    });
    group.gauge({
      name: 'nodejs_external_memory_bytes',
      help: 'Memory outside of the heap that JavaScript objects hold, in bytes.',
      read: () => memory().external,
    });
    // Its engine has no such limit, and answers with something else.
    if (!isBun) {
      group.gauge({
        name: 'nodejs_heap_size_limit_bytes',
        help: 'Size that the JavaScript heap may grow to before the program is ended, in bytes.',
        read: () => getHeapStatistics().heap_size_limit,
      });
    }
    // Deno's answer is 0, whatever there is.
    if (!isDeno) {
      group.gauge({
        name: 'nodejs_array_buffers_bytes',
        help: 'Part of the external memory that is array buffers, in bytes.',
        read: () => memory().arrayBuffers,
      });
    }
  });
}

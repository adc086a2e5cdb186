/**
 * A worker of a cluster that shows what it has counted itself, and no other worker has: whoever is
 * scraped next shows other numbers, and nothing fails. So it is said.
 */

import type { CollectorRegistry } from '../metrics/registry/registry.ts';
import type { Collector } from '../model/family.ts';

/** As much of a runtime's process as is asked for here. */
export interface AskedProcess {
  /** There where another process has started this one to talk to it. */
  readonly send?: unknown;
  getBuiltinModule?(
    name: 'node:cluster',
  ): { readonly isWorker?: boolean; readonly worker?: { readonly id: number } } | undefined;
  emitWarning?(message: string, options: { readonly type: string; readonly code: string }): void;
}

/** Whom it was said to: there is one for a program, and one for each test. */
const warned = new WeakSet<object>();

/**
 * Warns once where this process is a worker of `node:cluster` and the registry that it serves counts on its
 * heap. Asked at scrapes: before its first metric, a registry can be given a storage still.
 *
 * @param asked - The process, where the runtime has one.
 */
export function warnOfLoneWorker(
  registry: Collector,
  asked: AskedProcess | undefined = (globalThis as { readonly process?: AskedProcess }).process,
): void {
  // First what all others are told by: nobody else should load the module.
  if (asked?.send === undefined || warned.has(asked)) return;
  const cluster = asked.getBuiltinModule?.('node:cluster');
  if (cluster?.isWorker !== true || !isOnHeap(registry)) return;
  warned.add(asked);
  asked.emitWarning?.(
    `cluster worker "${cluster.worker?.id}": shows what it counts itself and none of the others, expected a storage that all workers share (PROMETHEUS_MULTIPROC_DIR), got one of this process alone`,
    { type: 'MetricsWarning', code: 'PROMETHIUM_ALONE' },
  );
}

function isOnHeap(registry: Collector): boolean {
  // Asked by property and not by class: it may be another copy's of this package.
  const asked = registry as CollectorRegistry;
  // In this order: who asks for the storage of one that has none, chooses the heap.
  return asked.hasStorage === true && asked.storage.collect === undefined;
}

/** Metrics of the spaces that V8 divides its heap into. */

import { getHeapSpaceStatistics, type HeapSpaceInfo } from 'node:v8';
import { Gauge } from '../metrics/instruments/gauge.ts';
import {
  type CollectorHandle,
  type CollectorOptions,
  type MetricGroup,
  startGroup,
  validateOptions,
} from './metric-group.ts';
import { oncePerScrape } from './readings.ts';
import { isBun } from './runtime.ts';

/**
 * Collects the size of each space of the V8 heap: `new`, `old`, `code`, `large_object` and so on.
 * Collects nothing on Bun, whose engine has no such spaces.
 *
 * @throws {AlreadyRegisteredError} When a name is taken.
 * @throws {TypeError} When an option is wrong.
 */
export function collectHeapSpaceMetrics(options: CollectorOptions = {}): CollectorHandle {
  validateOptions('collectHeapSpaceMetrics', options, []);
  return startGroup('heapSpaces', options, (group) => {
    // Which answers too, with zeros for all but one.
    if (isBun) return;
    // The spaces and their order stay the same for as long as V8 runs.
    const spaces = oncePerScrape(getHeapSpaceStatistics);
    addGauge(group, spaces, {
      name: 'nodejs_heap_space_size_total_bytes',
      help: 'Memory allocated for a space of the heap, in bytes.',
      field: 'space_size',
    });
    addGauge(group, spaces, {
      name: 'nodejs_heap_space_size_used_bytes',
      help: 'Memory of a space of the heap in use, in bytes.',
      field: 'space_used_size',
    });
    addGauge(group, spaces, {
      name: 'nodejs_heap_space_size_available_bytes',
      help: 'Memory of a space of the heap that is free, in bytes.',
      field: 'space_available_size',
    });
  });
}

interface SpaceGauge {
  readonly name: string;
  readonly help: string;
  readonly field: 'space_size' | 'space_used_size' | 'space_available_size';
}

function addGauge(
  group: MetricGroup,
  spaces: () => readonly HeapSpaceInfo[],
  { name, help, field }: SpaceGauge,
): void {
  const { registry } = group;
  const labelNames = ['space'] as const;
  const gauge = group.add(
    new Gauge({ name, help, labelNames, registry, multiprocessMode: 'livesum' }),
  );
  spaces().forEach(({ space_name }, i) => {
    gauge.labels(space_name.replace(/_space$/, '')).setFunction(() => spaces()[i]![field]);
  });
}

/** Metrics of the process as the operating system sees it, named as all client libraries name them. */

import { MetricsError } from '../model/error.ts';
import {
  type CollectorHandle,
  type CollectorOptions,
  type MetricGroup,
  type ReadMetric,
  startGroup,
  validateOptions,
} from './metric-group.ts';
import { ProcFiles } from './proc-files.ts';
import { atMostEvery, oncePerScrape } from './readings.ts';

/**
 * How often the limits are read, which change by hand or not at all: reading them is a tenth of all that
 * the metrics of the system and the runtime ask for in a scrape.
 */
const LIMITS_SECONDS = 60;

/**
 * Collects `process_*`: processor time, memory, file descriptors, threads, start time. From `/proc`
 * on Linux; elsewhere what the runtime knows, which is processor time, resident memory and the
 * start time. What nobody tells is left out.
 *
 * These are facts of the whole process. A worker thread that counts into the same files as its main
 * thread must not collect them again, or sums would have them twice.
 *
 * @throws {AlreadyRegisteredError} When a name is taken.
 * @throws {TypeError} When an option is wrong.
 * @see {@link https://prometheus.io/docs/instrumenting/writing_clientlibs/#process-metrics | Client libraries, Process metrics}
 */
export function collectProcessMetrics(options: CollectorOptions = {}): CollectorHandle {
  validateOptions('collectProcessMetrics', options, []);
  return startGroup('process', options, (group) => buildProcessMetrics(group, new ProcFiles()));
}

/** Adds the metrics to `group`, read from `files` as far as those have them. */
export function buildProcessMetrics(group: MetricGroup, files: ProcFiles): void {
  const cpu = oncePerScrape(() => process.cpuUsage());
  group.counter({
    name: 'process_cpu_user_seconds_total',
    help: 'Processor time spent in the program, in seconds.',
    read: () => cpu().user / 1e6,
  });
  group.counter({
    name: 'process_cpu_system_seconds_total',
    help: 'Processor time spent in the kernel for the program, in seconds.',
    read: () => cpu().system / 1e6,
  });
  group.counter({
    name: 'process_cpu_seconds_total',
    help: 'Total user and system CPU time spent in seconds.',
    read: () => (cpu().user + cpu().system) / 1e6,
  });
  // Once, so that it is the same at every scrape, whatever is done to the clock of the machine.
  const start = group.registry.clock.now() - process.uptime();
  group.gauge({
    name: 'process_start_time_seconds',
    help: 'Start time of the process since unix epoch in seconds.',
    mode: 'livemin',
    read: () => start,
  });
  addMemory(group, files);
  addFiles(group, files);
}

function addMemory(group: MetricGroup, files: ProcFiles): void {
  const status = oncePerScrape(() => files.status());
  const hasResident = addIfKnown(group, {
    name: 'process_resident_memory_bytes',
    help: 'Resident memory size in bytes.',
    read: () => status().residentBytes,
  });
  if (!hasResident) {
    group.gauge({
      name: 'process_resident_memory_bytes',
      help: 'Resident memory size in bytes.',
      read: () => process.memoryUsage.rss(),
    });
  }
  addIfKnown(group, {
    name: 'process_virtual_memory_bytes',
    help: 'Virtual memory size in bytes.',
    read: () => status().virtualBytes,
  });
  addIfKnown(group, {
    name: 'process_heap_bytes',
    help: 'Process heap size in bytes.',
    read: () => status().dataBytes,
  });
  addIfKnown(group, {
    name: 'process_threads',
    help: 'Number of OS threads in the process.',
    read: () => status().threads,
  });
}

function addFiles(group: MetricGroup, files: ProcFiles): void {
  const limits = atMostEvery(LIMITS_SECONDS, group.registry.clock, () => files.limits());
  addIfKnown(group, {
    name: 'process_virtual_memory_max_bytes',
    help: 'Maximum amount of virtual memory available in bytes.',
    read: () => limits().addressSpaceBytes,
  });
  addIfKnown(group, {
    name: 'process_open_fds',
    help: 'Number of open file descriptors.',
    read: () => files.openFiles(),
  });
  addIfKnown(group, {
    name: 'process_max_fds',
    help: 'Maximum number of open file descriptors.',
    // The sum over all processes, like what is held against it.
    read: () => limits().openFiles,
  });
}

/** Adds a gauge whose first reading gives a number; says whether it did. */
function addIfKnown(
  group: MetricGroup,
  { name, read, ...rest }: Omit<ReadMetric, 'read'> & { read: () => number | undefined },
): boolean {
  try {
    if (read() === undefined) return false;
  } catch {
    return false;
  }
  const known = (): number => {
    const value = read();
    if (value !== undefined) return value;
    throw new MetricsError(
      'FILE_CORRUPT',
      `gauge "${name}": no longer told by the system, expected a number, got none`,
    );
  };
  group.gauge({ name, ...rest, read: known });
  return true;
}

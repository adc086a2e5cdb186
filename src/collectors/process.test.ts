import { equal, ok } from 'node:assert/strict';
import { mkdirSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { temporaryFolder } from '../../test/processes/temporary-folder.ts';
import { toText } from '../exposition/index.ts';
import type { CounterChild } from '../metrics/instruments/counter.ts';
import { CollectorRegistry } from '../metrics/registry/registry.ts';
import type { Clock } from '../metrics/timing/clock.ts';
import type { MetricsError } from '../model/error.ts';
import { MetricGroup } from './metric-group.ts';
import { ProcFiles } from './proc-files.ts';
import { buildProcessMetrics, collectProcessMetrics } from './process.ts';

const STATUS = 'Name:\tnode\nVmSize:\t 2000 kB\nVmRSS:\t 1000 kB\nVmData:\t 500 kB\nThreads:\t11\n';
const LIMITS =
  'Max open files            1024      unlimited   files     \nMax address space         unlimited unlimited   bytes     \n';

/** The sample lines, without those that differ from run to run. */
function steady(text: string): string {
  return text
    .split('\n')
    .filter((line) => /^process_(?!cpu|start)/.test(line))
    .join('\n');
}

/** The value of a metric without labels, from its line. */
function numberOf(text: string, name: string): number {
  return Number(new RegExp(`^${name} (.*)$`, 'm').exec(text)?.[1]);
}

describe('process metrics', () => {
  it('show what the files of the process say', async (t) => {
    const folder = temporaryFolder(t);
    mkdirSync(join(folder, 'fd'));
    for (const name of ['0', '1', '2', 'list']) writeFileSync(join(folder, 'fd', name), '');
    writeFileSync(join(folder, 'status'), STATUS);
    writeFileSync(join(folder, 'limits'), LIMITS);
    const registry = new CollectorRegistry();
    buildProcessMetrics(new MetricGroup(registry), new ProcFiles(folder));
    equal(
      steady(await toText(registry)),
      `process_resident_memory_bytes 1024000
process_virtual_memory_bytes 2048000
process_heap_bytes 512000
process_threads 11
process_virtual_memory_max_bytes +Inf
process_open_fds 3
process_max_fds 1024`,
    );
  });

  it('leave out what no file tells, and take the memory from the runtime', async (t) => {
    const registry = new CollectorRegistry();
    buildProcessMetrics(new MetricGroup(registry), new ProcFiles(temporaryFolder(t)));
    const text = await toText(registry);
    const rss = numberOf(text, 'process_resident_memory_bytes');
    ok(Math.abs(rss - process.memoryUsage.rss()) < 16 * 2 ** 20);
    equal(steady(text), `process_resident_memory_bytes ${rss}`);
  });

  it('lose what is told no longer, and that alone', async (t) => {
    const folder = temporaryFolder(t);
    writeFileSync(join(folder, 'status'), STATUS);
    writeFileSync(join(folder, 'limits'), LIMITS);
    const errors: string[] = [];
    const onError = ({ code, message }: MetricsError): number => errors.push(`${code} ${message}`);
    let seconds = 0;
    const clock: Clock = { now: () => 0, elapsed: () => seconds, after: () => () => {} };
    const registry = new CollectorRegistry({ onError, clock });
    buildProcessMetrics(new MetricGroup(registry), new ProcFiles(folder));
    writeFileSync(join(folder, 'status'), STATUS.replace('VmRSS', 'VmXYZ'));
    unlinkSync(join(folder, 'limits'));
    const left = `process_virtual_memory_bytes 2048000
process_heap_bytes 512000
process_threads 11`;
    seconds = 59;
    // Limits are read once a minute.
    equal(
      steady(await toText(registry)),
      `${left}
process_virtual_memory_max_bytes +Inf
process_max_fds 1024`,
    );
    equal(errors.splice(0).length, 1);
    seconds = 60;
    equal(steady(await toText(registry)), left);
    equal(
      errors[0],
      'COLLECT_FAILED collector "process_resident_memory_bytes": threw, expected families, got MetricsError: gauge "process_resident_memory_bytes": no longer told by the system, expected a number, got none',
    );
    equal(errors.length, 3);
  });

  it('count processor time as it is used', async () => {
    const registry = new CollectorRegistry();
    const handle = collectProcessMetrics({ registry });
    const total = registry.get('process_cpu_seconds_total') as CounterChild;
    await toText(registry);
    const before = total.value;
    const { user, system } = process.cpuUsage();
    let now = process.cpuUsage();
    while (now.user + now.system - user - system < 100_000) now = process.cpuUsage();
    const text = await toText(registry);
    ok(total.value - before >= 0.1, `${total.value} after ${before}`);
    const parts =
      numberOf(text, 'process_cpu_user_seconds_total') +
      numberOf(text, 'process_cpu_system_seconds_total');
    ok(Math.abs(parts - numberOf(text, 'process_cpu_seconds_total')) < 1e-9);
    handle.stop();
  });

  it('show one start time at every scrape, that of the process', async () => {
    const registry = new CollectorRegistry();
    const handle = collectProcessMetrics({ registry });
    const start = numberOf(await toText(registry), 'process_start_time_seconds');
    ok(Math.abs(start - (Date.now() / 1000 - process.uptime())) < 1);
    equal(numberOf(await toText(registry), 'process_start_time_seconds'), start);
    handle.stop();
  });
});

import { deepEqual, equal, ok, throws } from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { temporaryFolder } from '../../test/processes/temporary-folder.ts';
import { toOpenMetrics, toText } from '../exposition/index.ts';
import { Gauge } from '../metrics/instruments/gauge.ts';
import { CollectorRegistry } from '../metrics/registry/registry.ts';
import { collectDefaultMetrics, type DefaultCollector } from './default-metrics.ts';
import { collectHeapMetrics } from './heap.ts';

const here = JSON.stringify(join(import.meta.dirname, 'index.ts'));
const main = JSON.stringify(join(import.meta.dirname, '..', 'node.ts'));

/** The families of an exposition, as `name type`. */
function families(text: string): string[] {
  return Array.from(text.matchAll(/^# TYPE (.*)$/gm), ([, family]) => family ?? '');
}

/** Runs a module with Node and returns what it printed; whatever it says on stderr fails the test. */
function run(program: string, env: NodeJS.ProcessEnv = process.env): string {
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', program], {
    encoding: 'utf8',
    env,
    timeout: 60_000,
  });
  equal(stderr, '');
  return stdout;
}

const ON_LINUX = ['virtual_memory', 'heap', 'threads', 'virtual_memory_max', 'open_fds', 'max_fds'];
const FAMILIES = `process_cpu_user_seconds_total counter
process_cpu_system_seconds_total counter
process_cpu_seconds_total counter
process_start_time_seconds gauge
process_resident_memory_bytes gauge
process_virtual_memory_bytes gauge
process_heap_bytes gauge
process_threads gauge
process_virtual_memory_max_bytes gauge
process_open_fds gauge
process_max_fds gauge
nodejs_eventloop_seconds_total counter
nodejs_eventloop_delay_seconds histogram
nodejs_eventloop_lag_seconds gauge
nodejs_eventloop_lag_min_seconds gauge
nodejs_eventloop_lag_max_seconds gauge
nodejs_eventloop_lag_mean_seconds gauge
nodejs_eventloop_lag_p50_seconds gauge
nodejs_eventloop_lag_p90_seconds gauge
nodejs_eventloop_lag_p99_seconds gauge
nodejs_gc_duration_seconds histogram
nodejs_heap_size_total_bytes gauge
nodejs_heap_size_used_bytes gauge
nodejs_external_memory_bytes gauge
nodejs_heap_size_limit_bytes gauge
nodejs_array_buffers_bytes gauge
nodejs_heap_space_size_total_bytes gauge
nodejs_heap_space_size_used_bytes gauge
nodejs_heap_space_size_available_bytes gauge
nodejs_active_resources gauge
nodejs_version_info gauge`
  .split('\n')
  .filter(
    (family) =>
      process.platform === 'linux' ||
      !ON_LINUX.some((name) => new RegExp(`^process_${name}(_bytes)? `).test(family)),
  );

describe('collectDefaultMetrics', () => {
  it('shows all of them, without a failure, until it is stopped', async () => {
    const registry = new CollectorRegistry({
      onError: (error) =>
        throws(() => {
          throw error;
        }, /none/),
    });
    const handle = collectDefaultMetrics({ registry });
    deepEqual(families(await toText(registry)), FAMILIES);
    handle.stop();
    equal((await toText(registry)).trim(), '');
    handle.stop();
  });

  it('can be stopped by leaving a block, and started again', async () => {
    const registry = new CollectorRegistry();
    collectDefaultMetrics({ registry })[Symbol.dispose]();
    equal((await toText(registry)).trim(), '');
    collectDefaultMetrics({ registry })[Symbol.dispose]();
  });

  it('shows OpenMetrics that says NaN nowhere', async () => {
    const registry = new CollectorRegistry();
    using _ = collectDefaultMetrics({ registry });
    const text = await toOpenMetrics(registry);
    equal(/ NaN$/m.test(text), false);
    equal(text.endsWith('# EOF\n'), true);
  });

  it('collects only what is asked for', async () => {
    const registry = new CollectorRegistry();
    using _ = collectDefaultMetrics({ registry, only: ['version', 'resources'] });
    deepEqual(families(await toText(registry)), [
      'nodejs_active_resources gauge',
      'nodejs_version_info gauge',
    ]);
  });

  it('is there once for all who ask, until the last of them stops', async () => {
    const registry = new CollectorRegistry();
    const all = collectDefaultMetrics({ registry, only: ['heap', 'version'] });
    const heap = collectHeapMetrics({ registry });
    const first = families(await toText(registry));
    equal(first.length, 6);
    all.stop();
    all.stop();
    deepEqual(families(await toText(registry)), first.slice(0, 5));
    heap.stop();
    deepEqual(families(await toText(registry)), []);
  });

  it('shows all of them again after the registry was cleared', async () => {
    const registry = new CollectorRegistry();
    const before = collectDefaultMetrics({ registry });
    registry.clear();
    using _ = collectDefaultMetrics({ registry });
    before.stop();
    deepEqual(families(await toText(registry)), FAMILIES);
  });

  it('begins nothing when a name is taken', async () => {
    const registry = new CollectorRegistry();
    new Gauge({ name: 'nodejs_external_memory_bytes', help: 'Mine.', registry });
    throws(() => collectDefaultMetrics({ registry }), { code: 'ALREADY_REGISTERED' });
    deepEqual(families(await toText(registry)), ['nodejs_external_memory_bytes gauge']);
  });

  it('keeps no process alive that has nothing else to do', () => {
    const program = `
      import { collectDefaultMetrics } from ${here};
      collectDefaultMetrics();
      console.log('done');`;
    equal(run(program), 'done\n');
  });

  it('leaves the facts of the process to the main thread', () => {
    const program = `
      import { Worker } from 'node:worker_threads';
      new Worker(\`
        import { parentPort } from 'node:worker_threads';
        import { collectDefaultMetrics } from ${here};
        import { REGISTRY, toText } from ${main};
        const handle = collectDefaultMetrics();
        parentPort.postMessage(await toText(REGISTRY));
        handle.stop();
      \`, { eval: true }).once('message', (text) => {
        console.log(text.match(/^# TYPE .*$/gm).join('\\n'));
      });`;
    deepEqual(
      families(run(program)),
      FAMILIES.filter((family) => !family.startsWith('process_')),
    );
  });

  it('adds up over processes what adds up, and shows the earliest start and the worst delay', (t) => {
    const child = `
      import { collectDefaultMetrics } from ${here};
      import { REGISTRY, toText } from ${main};
      collectDefaultMetrics();
      const own = await toText(REGISTRY);
      process.send(own);
      setInterval(() => {}, 1000);`;
    const program = `
      import { spawn } from 'node:child_process';
      import { once } from 'node:events';
      import { collectDefaultMetrics } from ${here};
      import { REGISTRY, toText } from ${main};
      collectDefaultMetrics();
      const alone = await toText(REGISTRY);
      const child = spawn(process.execPath, ['--input-type=module', '-e', ${JSON.stringify(child)}],
        { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
      const [both] = await once(child, 'message');
      const value = (text, name) => Number(new RegExp('^' + name + ' (.*)$', 'm').exec(text)?.[1]);
      const facts = {};
      for (const name of ['nodejs_heap_size_limit_bytes', 'process_cpu_seconds_total',
        'process_start_time_seconds', 'nodejs_eventloop_lag_max_seconds']) {
        facts[name] = [value(alone, name), value(both, name)];
      }
      facts.versions = both.match(/^nodejs_version_info\\{.*/gm).length;
      child.kill();
      await once(child, 'exit');
      const after = await toText(REGISTRY);
      facts.limitAfter = value(after, 'nodejs_heap_size_limit_bytes');
      facts.cpuAfter = value(after, 'process_cpu_seconds_total');
      console.log(JSON.stringify(facts));`;
    const env = { ...process.env, PROMETHEUS_MULTIPROC_DIR: temporaryFolder(t) };
    const facts = JSON.parse(run(program, env));
    const [limit, limits] = facts.nodejs_heap_size_limit_bytes;
    equal(limits, 2 * limit);
    const [cpu, cpus] = facts.process_cpu_seconds_total;
    ok(cpus > cpu, `${cpus} s of both, ${cpu} s of one`);
    const [start, starts] = facts.process_start_time_seconds;
    equal(starts, start);
    const [lag, lags] = facts.nodejs_eventloop_lag_max_seconds;
    ok(lags >= lag, `${lags} s of both, ${lag} s of one`);
    equal(facts.versions, 1);
    equal(facts.limitAfter, limit);
    ok(facts.cpuAfter >= cpus, 'what the dead process used is still counted');
  });

  const registry = new CollectorRegistry();
  const names = 'process, eventLoop, gc, heap, heapSpaces, resources, version';
  const refused: readonly (readonly [object, string, string])[] = [
    [
      { registry, prefix: 'x_' },
      'TypeError',
      'collectDefaultMetrics: unknown option, expected registry, only, eventLoop, gc, got "prefix"',
    ],
    [
      registry,
      'TypeError',
      'collectDefaultMetrics: no options, expected { registry }, got the registry: an object of class CollectorRegistry',
    ],
    [
      registry.with({ prefix: 'app_' }),
      'TypeError',
      'collectDefaultMetrics: no options, expected { registry }, got the registry: an object of class RegistryView',
    ],
    [
      { registry: {} },
      'TypeError',
      'collectDefaultMetrics "registry": of the wrong type, expected a CollectorRegistry, got an object',
    ],
    [
      { registry, only: 'gc' },
      'TypeError',
      `collectDefaultMetrics "only": no list, expected some of ${names}, got "gc"`,
    ],
    [
      { registry, only: ['cpu' as DefaultCollector] },
      'RangeError',
      `collectDefaultMetrics "only": unknown collector, expected some of ${names}, got "cpu"`,
    ],
    [
      { registry, gc: { bucket: [1] } },
      'TypeError',
      'collectGcMetrics: unknown option, expected registry, buckets, got "bucket"',
    ],
  ];
  for (const [options, name, message] of refused) {
    it(`refuses: ${message}`, async () => {
      throws(() => collectDefaultMetrics(options), { name, message });
      equal((await toText(registry)).trim(), '');
    });
  }
});

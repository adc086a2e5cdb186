import { deepEqual, equal, ok } from 'node:assert/strict';
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { until } from '../../../test/oracle/until.ts';
import { temporaryFolder } from '../../../test/processes/temporary-folder.ts';
import { CollectorRegistry } from '../../metrics/registry/registry.ts';
import type { MetricFamily } from '../../model/family.ts';
import { openMultiprocessStorage } from '../multiprocess-storage.ts';
import { Publisher } from './publisher.ts';

const SCRIPT = join(import.meta.dirname, '../../../test/processes/publishing-process.ts');

async function start(
  context: TestContext,
  directory: string,
  ...args: string[]
): Promise<ChildProcess> {
  const child = fork(SCRIPT, [directory, ...args], {
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  context.after(() => void child.kill('SIGKILL'));
  await once(child, 'message');
  return child;
}

/** A scrape of a process that only reads: values by name and process. */
function reading(context: TestContext, directory: string): () => Promise<Map<string, number>> {
  const storage = openMultiprocessStorage({ directory, readOnly: true });
  context.after(() => storage.close());
  const registry = new CollectorRegistry({ storage });
  return async () => {
    const values = new Map<string, number>();
    for await (const family of registry.collect() as AsyncIterable<MetricFamily>) {
      for (const { name, labels, value } of family.samples) {
        values.set(labels['pid'] === undefined ? name : `${name} ${labels['pid']}`, value);
      }
    }
    return values;
  };
}

const WITHIN = { withinMs: 20_000 };

describe('A process that never answers', () => {
  for (const [ending, code, mapper] of [
    ['natural', 0, 'koffi'],
    ['exit', 3, 'koffi'],
    ['exit', 3, 'write-behind'],
    ['error', 1, 'koffi'],
  ] as const) {
    it(`is shown as it is now, and after its end (${ending}, ${mapper}) as it was then`, async (context) => {
      const directory = temporaryFolder(context);
      const child = await start(context, directory, mapper, ending);
      const scrape = reading(context, directory);
      const first = await until(
        'a first publication',
        async () => {
          const values = await scrape();
          return (values.get(`asked ${child.pid}`) ?? 0) > 0 ? values : undefined;
        },
        WITHIN,
      );
      ok(first.get('process_resident_memory_bytes')! > 1e6, 'its memory');
      ok(first.get('process_cpu_seconds_total')! > 0, 'its time');
      equal(first.get('is_over'), 0);
      await until(
        'a later publication',
        async () => {
          const values = await scrape();
          const isLater = values.get(`asked ${child.pid}`)! > first.get(`asked ${child.pid}`)! + 1;
          return isLater && values.get('queue_length') === 5 ? true : undefined;
        },
        WITHIN,
      );
      const ended = once(child, 'exit');
      child.send('end');
      deepEqual(await ended, [code, null]);
      const last = await scrape();
      equal(last.get('is_over'), 1);
      equal(last.get('queue_length'), undefined);
    });
  }
});

describe('Publisher', () => {
  it('asks after a second at most, then at the interval, and once more when it stops', async (context) => {
    context.mock.timers.enable({ apis: ['setTimeout', 'setInterval'] });
    const calls: string[] = [];
    const publisher = new Publisher({ intervalMs: 5000, flush: () => calls.push('flush') });
    const registry = (name: string) => ({
      publish: async (): Promise<void> => void calls.push(name),
      publishLast: (): void => void calls.push(`${name} last`),
    });
    const one = registry('one');
    publisher.attach(one);
    publisher.attach(one);
    publisher.attach(registry('two'));
    await setImmediate();
    context.mock.timers.tick(999);
    deepEqual(calls, []);
    context.mock.timers.tick(1);
    deepEqual(calls.splice(0), ['one', 'two']);
    context.mock.timers.tick(4999);
    deepEqual(calls, []);
    context.mock.timers.tick(1);
    deepEqual(calls.splice(0), ['one', 'two']);
    publisher.stop();
    publisher.stop();
    deepEqual(calls.splice(0), ['one last', 'two last', 'flush']);
    publisher.attach(one);
    context.mock.timers.tick(10_000);
    deepEqual(calls, []);
  });

  it('has no timer where it stops in the turn in which it began', async (context) => {
    const timers = context.mock.method(globalThis, 'setTimeout');
    const calls: string[] = [];
    const publisher = new Publisher({ intervalMs: 5000, flush: () => {} });
    publisher.attach({
      publish: async () => void calls.push('publish'),
      publishLast: () => void calls.push('last'),
    });
    publisher.stop();
    await setImmediate();
    equal(timers.mock.callCount(), 0);
    deepEqual(calls, ['last']);
  });
});

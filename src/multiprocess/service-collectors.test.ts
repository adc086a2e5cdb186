import { deepEqual, equal, match } from 'node:assert/strict';
import { once } from 'node:events';
import { describe, it, type TestContext } from 'node:test';
import { type HandPublishedStorage, handPublished } from '../../test/processes/hand-published.ts';
import { open } from '../../test/processes/storage.ts';
import { temporaryFolder } from '../../test/processes/temporary-folder.ts';
import { toText } from '../exposition/index.ts';
import { Counter } from '../metrics/instruments/counter.ts';
import { CollectorRegistry } from '../metrics/registry/registry.ts';
import type { MetricFamily } from '../model/family.ts';
import { GaugeMetricFamily } from '../model/number-families.ts';

interface Process {
  readonly storage: HandPublishedStorage;
  readonly registry: CollectorRegistry;
}

function start(context: TestContext, directory: string, mapper: 'koffi' | 'write-behind'): Process {
  const storage = handPublished(context, { directory, mapper });
  return { storage, registry: new CollectorRegistry({ storage, onError: () => {} }) };
}

function sidecar(context: TestContext, directory: string): CollectorRegistry {
  return new CollectorRegistry({ storage: open(context, { directory, readOnly: true }) });
}

async function lines(registry: CollectorRegistry): Promise<string[]> {
  const text = await toText(registry);
  return text
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => line.replace(/(_age_seconds\{.*\}) [0-9.e-]+$/, '$1 …'));
}

/** A collector that says how long a queue is. */
class Queue {
  readonly name = 'queue';
  length: number | Error;
  asked = 0;

  constructor(length: number) {
    this.length = length;
  }

  async collect(): Promise<MetricFamily[]> {
    this.asked++;
    if (this.length instanceof Error) throw this.length;
    return [new GaugeMetricFamily({ name: 'queue_length', help: 'Q.' }).addMetric([], this.length)];
  }
}

const AGE = 'promethium_publication_age_seconds{collector="queue"} …';

for (const mapper of ['koffi', 'write-behind'] as const) {
  describe(`A collector of the service, ${mapper}`, () => {
    it('is shown by who has it as it is, and by others as it was published last', async (context) => {
      const directory = temporaryFolder(context);
      const [one, two, without] = [1, 2, 3].map(() => start(context, directory, mapper));
      const queues = [new Queue(5), new Queue(6)] as const;
      one!.registry.register(queues[0]);
      two!.registry.register(queues[1]);
      new Counter({ name: 'a', help: 'A.', registry: without!.registry }).inc();
      new Counter({ name: 'z', help: 'Z.', registry: without!.registry }).inc();
      without!.storage.flush();
      deepEqual(await lines(one!.registry), ['a_total 1', 'queue_length 5', 'z_total 1']);
      deepEqual(await lines(without!.registry), ['a_total 1', 'z_total 1']);
      await one!.storage.passInterval();
      await two!.storage.passInterval();
      const shown = ['a_total 1', AGE, 'queue_length 6', 'z_total 1'];
      const reader = sidecar(context, directory);
      deepEqual(await lines(without!.registry), shown);
      deepEqual(await lines(reader), shown);
      deepEqual(await lines(one!.registry), ['a_total 1', 'queue_length 5', 'z_total 1']);
      // Without a lock, a storage of this very process does not look dead.
      if (mapper === 'write-behind') return;
      // What a process that ended knew of the service is old for ever.
      two!.storage.close();
      deepEqual((await lines(reader))[2], 'queue_length 5');
      one!.storage.close();
      deepEqual(await lines(reader), ['a_total 1', 'z_total 1']);
    });

    it('is published anew at each interval, and no more once it fails or is unregistered', async (context) => {
      const directory = temporaryFolder(context);
      const { storage, registry } = start(context, directory, mapper);
      const queue = new Queue(1);
      registry.register(queue, { prefix: 'lib_', labels: { zone: 'z' } });
      const reader = sidecar(context, directory);
      for (const length of [1, 12_345]) {
        queue.length = length;
        await storage.passInterval();
        deepEqual(await lines(reader), [`lib_queue_length{zone="z"} ${length}`, AGE]);
      }
      queue.length = new Error('no');
      await storage.passInterval();
      deepEqual(await lines(reader), [
        'promethium_collector_failures_total{collector="queue",reason="throw"} 1',
      ]);
      queue.length = 1;
      await storage.passInterval();
      equal((await lines(reader))[0], 'lib_queue_length{zone="z"} 1');
      registry.unregister(queue);
      storage.flush();
      equal((await lines(reader)).length, 1);
    });
  });
}

describe('A collector of the service', () => {
  it('that fails where it is asked is shown as another process published it', async (context) => {
    const directory = temporaryFolder(context);
    const [one, two] = [1, 2].map(() => start(context, directory, 'koffi'));
    const queue = new Queue(1);
    one!.registry.register(queue);
    two!.registry.register(new Queue(2));
    await two!.storage.passInterval();
    queue.length = new Error('no');
    deepEqual(await lines(one!.registry), [
      'promethium_collector_failures_total{collector="queue",reason="throw"} 1',
      AGE,
      'queue_length 2',
    ]);
  });

  it('gives way to an instrument of its name', async (context) => {
    const directory = temporaryFolder(context);
    const [one, two] = [1, 2].map(() => start(context, directory, 'koffi'));
    one!.registry.register(new Queue(1));
    await one!.storage.passInterval();
    new Counter({ name: 'queue_length', help: 'Q.', registry: two!.registry }).inc();
    deepEqual(await lines(sidecar(context, directory)), ['queue_length_total 1']);
  });

  it('is left out where it says too much, with a warning and a metric', async (context) => {
    const directory = temporaryFolder(context);
    const { storage, registry } = start(context, directory, 'koffi');
    let length = 5_000_000;
    const name = 'large';
    const collect = (): MetricFamily[] => [
      new GaugeMetricFamily({ name, help: 'x'.repeat(length) }).addMetric([], 1),
    ];
    registry.register({ name, collect } as { collect(): MetricFamily[] });
    const warned = once(process, 'warning');
    await storage.passInterval();
    const [{ message, code }] = await warned;
    equal(code, 'PROMETHIUM_NOT_PUBLISHED');
    match(
      message,
      /^collector "large": not published, expected at most 4194304 bytes of families, got 50001\d\d$/,
    );
    deepEqual(await lines(registry), ['large 1', 'promethium_unpublished_collectors 1']);
    const reader = sidecar(context, directory);
    deepEqual(await lines(reader), []);
    length = 3;
    await storage.passInterval();
    deepEqual(await lines(registry), ['large 1', 'promethium_unpublished_collectors 0']);
    equal((await lines(reader))[0], 'large 1');
  });
});

describe('target_info of a service', () => {
  it('is shown first, by a sidecar as well, and taken back with the facts', async (context) => {
    const directory = temporaryFolder(context);
    const { storage, registry } = start(context, directory, 'koffi');
    new Counter({ name: 'a', help: 'A.', registry }).inc();
    registry.targetInfo = { version: '1' };
    await storage.passInterval();
    const reader = sidecar(context, directory);
    const expected = ['target_info{version="1"} 1', 'a_total 1'];
    deepEqual(await lines(registry), expected);
    deepEqual(await lines(reader), expected);
    registry.targetInfo = { version: '2' };
    await storage.passInterval();
    deepEqual(await lines(reader), ['target_info{version="2"} 1', 'a_total 1']);
    registry.targetInfo = undefined;
    await storage.passInterval();
    deepEqual(await lines(reader), ['a_total 1']);
    const own = new CollectorRegistry({
      storage: open(context, { directory, readOnly: true }),
      targetInfo: { role: 'sidecar' },
    });
    registry.targetInfo = { version: '3' };
    await storage.passInterval();
    deepEqual(await lines(own), ['target_info{role="sidecar"} 1', 'a_total 1']);
  });
});

import { deepEqual, equal } from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { open } from '../../../test/processes/storage.ts';
import { temporaryFolder } from '../../../test/processes/temporary-folder.ts';
import { CollectorRegistry, Counter, toText } from '../../index.ts';
import { OwnRemovals } from '../writing/own-removals.ts';

type Requests = Counter<['path']>;

/** A process of this one: its registry and its counter. */
function start(
  context: TestContext,
  directory: string,
  labels: Readonly<Record<string, string>> = {},
): {
  readonly registry: CollectorRegistry;
  readonly requests: Requests;
  shown(): Promise<string[]>;
  end(): void;
} {
  const storage = open(context, { directory, mapper: 'koffi' });
  const registry = new CollectorRegistry({ storage });
  const requests = new Counter({
    name: 'requests',
    help: 'Requests.',
    labelNames: ['path'],
    constantLabels: labels,
    registry,
  });
  const shown = async (): Promise<string[]> =>
    (await toText(registry)).split('\n').filter((line) => line.startsWith('requests_total'));
  return { registry, requests, shown, end: () => storage.close() };
}

/** Scrapes until an archive of this generation is there and the dead are gone. */
async function folded(directory: string, shown: () => Promise<string[]>, n: number): Promise<void> {
  const end = performance.now() + 10_000;
  const isThere = (): boolean => {
    const names = readdirSync(directory);
    return (
      names.includes(`archive.${n}.promethium`) &&
      readdirSync(join(directory, 'fold'))[0] === 'free'
    );
  };
  for (await shown(); !isThere(); await shown()) {
    equal(performance.now() < end, true, `archive ${n} within ten seconds`);
    await delay(1);
  }
}

describe('a series that is removed', () => {
  it('takes along what ended processes counted of it, and nothing else', async (context) => {
    const directory = temporaryFolder(context);
    const dead = start(context, directory);
    dead.requests.labels('/a').inc(1);
    dead.requests.labels('/b').inc(20);
    dead.end();
    const { requests, shown } = start(context, directory);
    const other = start(context, directory);
    requests.labels('/a').inc(300);
    await folded(directory, shown, 1);
    deepEqual(await shown(), ['requests_total{path="/a"} 301', 'requests_total{path="/b"} 20']);
    requests.remove('/a');
    // At once, whoever is asked; and from the next archive on there is nothing to be hidden.
    deepEqual(await shown(), ['requests_total{path="/b"} 20']);
    deepEqual(await other.shown(), ['requests_total{path="/b"} 20']);
    await folded(directory, shown, 2);
    deepEqual(await shown(), ['requests_total{path="/b"} 20']);
    requests.labels('/a').inc(4000);
    deepEqual(await other.shown(), [
      'requests_total{path="/a"} 4000',
      'requests_total{path="/b"} 20',
    ]);
  });

  it('stays when a process counts it that ends later', async (context) => {
    const directory = temporaryFolder(context);
    const first = start(context, directory);
    first.requests.labels('/a').inc(1);
    first.end();
    const second = start(context, directory);
    second.requests.labels('/a').inc(20);
    const { requests, shown } = start(context, directory);
    await folded(directory, shown, 1);
    requests.remove('/a');
    await folded(directory, shown, 2);
    deepEqual(await shown(), ['requests_total{path="/a"} 20']);
    second.end();
    deepEqual(await shown(), ['requests_total{path="/a"} 20']);
  });

  it('stays when a process counted it that ends right after, through any number of archives', async (context) => {
    const directory = temporaryFolder(context);
    const first = start(context, directory);
    first.requests.labels('/a').inc(1);
    first.end();
    const second = start(context, directory);
    second.requests.labels('/a').inc(20);
    const { requests, shown } = start(context, directory);
    await folded(directory, shown, 1);
    requests.remove('/a');
    // At once: the scrape that follows cannot know of all that was removed in the seconds before it.
    second.end();
    deepEqual(await shown(), ['requests_total{path="/a"} 20']);
    await folded(directory, shown, 2);
    deepEqual(await shown(), ['requests_total{path="/a"} 20']);
    for (const n of [3, 4]) {
      const next = start(context, directory);
      next.requests.labels('/b').inc(n);
      next.end();
      await folded(directory, shown, n);
    }
    const both = ['requests_total{path="/a"} 20', 'requests_total{path="/b"} 7'];
    deepEqual(await shown(), both);
    // What is removed again, is.
    requests.remove('/a');
    deepEqual(await shown(), both.slice(1));
  });

  it('goes with all others by clear() and unregister(), those of other constant labels excepted', async (context) => {
    for (const end of ['clear', 'unregister'] as const) {
      const directory = temporaryFolder(context);
      for (const worker of ['1', '2']) {
        const dead = start(context, directory, { worker });
        dead.requests.labels('/a').inc(Number(worker));
        dead.end();
      }
      const { registry, requests, shown } = start(context, directory, { worker: '1' });
      await folded(directory, shown, 1);
      if (end === 'clear') requests.clear();
      else registry.unregister(requests);
      deepEqual(await shown(), ['requests_total{worker="2",path="/a"} 2']);
    }
  });
});

describe('OwnRemovals', () => {
  it('keeps one block for each thing, of a thousand at the most, until an archive knows of it', () => {
    const living = new Set<string>();
    let now = 0;
    const removals = new OwnRemovals({
      clock: () => now,
      allocate({ key }) {
        living.add(key);
        const block = { write: () => {}, release: () => living.delete(key) };
        return block as never;
      },
    });
    const family = {
      name: 'c',
      type: 'counter',
      help: '',
      unit: '',
      labelNames: ['l'],
      constantLabels: [],
      bounds: [],
      states: [],
      mode: 'sum',
    } as const;
    for (now = 0; now < 2000; now++) removals.note(family, [String(now % 1500)]);
    equal(living.size, 1000);
    removals.prune(1899);
    equal(living.size, 100);
    removals.prune(1999);
    equal(living.size, 0);
  });
});

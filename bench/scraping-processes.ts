/**
 * A scrape over four processes that all count: what the cases of it have in common.
 *
 * The one that is scraped counts nothing, as a primary does: this library's reads the files of the
 * others, the incumbents' asks them by messages, Python's reads files as well.
 */

import cluster, { type Worker } from 'node:cluster';
import { join } from 'node:path';
import type { Benchmark, Goal, Incumbent, Library } from './benchmark.ts';
import { sumOfLines } from './counts.ts';
import { pythonScraping } from './scraping-python.ts';
import { inEmptyFolder, loadMultiprocess } from './shared-files.ts';
import { expectCount, milliseconds } from './timing.ts';

const PROCESSES = 4;

/** How a case differs from the others. */
export interface ScrapingProcesses {
  readonly title: string;
  readonly type: 'counter' | 'histogram';
  /** Of each process. All have the same ones. */
  readonly series: number;
  readonly goal: Goal;
}

/** Makes a case. Every series of every process counts once more before each scrape. */
export function scrapingProcesses(options: ScrapingProcesses): Benchmark {
  const { title, goal, type, series } = options;
  return {
    title,
    unit: 'ms',
    goal,
    promethium: (library) =>
      inEmptyFolder((directory) =>
        withWorkers(['promethium', type, String(series), directory], async (count) => {
          const { openMultiprocessStorage } = await loadMultiprocess();
          const storage = openMultiprocessStorage({ directory });
          return await measure(options, count, registryScrape(library, storage));
        }),
      ),
    // Both are as good as any here, and one of them is enough to be compared with.
    incumbents: ['@prometheus-io/client'],
    incumbent: (client) =>
      withWorkers(['@prometheus-io/client', type, String(series), ''], (count) => {
        const registry = new client.AggregatorRegistry();
        return measure(options, count, clusterScrape(registry));
      }),
    python: () => inEmptyFolder((directory) => pythonScraping(directory, type, series, PROCESSES)),
  };
}

/** Writes a whole exposition and returns it, as bytes that are counted or as the text that they are. */
interface Scrape {
  bytes(): Promise<number>;
  text(): Promise<string>;
}

function registryScrape(
  library: Library,
  storage: NonNullable<ConstructorParameters<Library['CollectorRegistry']>[0]>['storage'],
): Scrape {
  const registry = new library.CollectorRegistry({ storage: storage! });
  return {
    async bytes() {
      let bytes = 0;
      for await (const chunk of library.writeText(registry)) bytes += chunk.byteLength;
      return bytes;
    },
    text: () => library.toText(registry),
  };
}

function clusterScrape(registry: InstanceType<Incumbent['AggregatorRegistry']>): Scrape {
  const text = (): Promise<string> => registry.clusterMetrics();
  return { text, bytes: async () => Buffer.from(await text()).byteLength };
}

async function measure(
  { type, series }: ScrapingProcesses,
  count: () => Promise<void>,
  scrape: Scrape,
): Promise<number> {
  let scrapes = 0;
  let bytes = 0;
  const time = await milliseconds({
    async prepare() {
      await count();
      scrapes++;
    },
    async run() {
      bytes = await scrape.bytes();
    },
  });
  const last = await scrape.text();
  const suffix = type === 'counter' ? '_total' : '_count';
  expectCount(sumOfLines(last, suffix), PROCESSES * series * scrapes);
  expectCount(bytes, Buffer.byteLength(last));
  return time;
}

/** Runs with four workers of a cluster, which are ended behind it, and what makes each of them count. */
async function withWorkers(
  args: readonly string[],
  run: (count: () => Promise<void>) => Promise<number>,
): Promise<number> {
  cluster.setupPrimary({ exec: join(import.meta.dirname, 'scraping-worker.ts'), args: [...args] });
  const workers = Array.from({ length: PROCESSES }, () => cluster.fork());
  try {
    await Promise.all(workers.map((worker) => heard(worker, 'ready')));
    return await run(async () => {
      await Promise.all(
        workers.map(async (worker) => {
          const counted = heard(worker, 'counted');
          worker.send('count');
          await counted;
        }),
      );
    });
  } finally {
    for (const worker of workers) worker.process.kill('SIGKILL');
  }
}

/** Resolves with the first message of these words. The incumbents' own come by the same way. */
function heard(worker: Worker, words: string): Promise<void> {
  return new Promise((resolve) => {
    const listen = (message: unknown): void => {
      if (message !== words) return;
      worker.off('message', listen);
      resolve();
    };
    worker.on('message', listen);
  });
}

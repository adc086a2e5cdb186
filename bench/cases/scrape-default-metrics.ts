/**
 * One scrape of the metrics of process and runtime, to bytes, as it comes every 15 seconds: between
 * scrapes the event loop turns, and what it did in between is looked at.
 */

import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import type * as Collectors from '../../src/collectors/index.ts';
import type { Benchmark } from '../benchmark.ts';
import { findBuild } from '../library.ts';
import { median } from '../statistics.ts';

/**
 * Until V8 has compiled what is called once a scrape, for all contenders: medians of this library's
 * first hundred scrapes, the second, and those behind the fifth were 0.63, 0.42 and 0.30 ms (Node 24).
 * With less, the measure is of when V8 gets round to it, and that varies from one process to the next.
 */
const WARM_UP = 600;
const SCRAPES = 300;
const TURNS = 20;

/** Milliseconds of a scrape: the median of many, since a single one is hardly longer than a pause. */
async function scraping(scrape: () => Promise<number>, wait: () => void): Promise<number> {
  const samples: number[] = [];
  for (let i = -WARM_UP; i < SCRAPES; i++) {
    for (let turn = 0; turn < TURNS; turn++) await nextTurn();
    wait();
    const start = performance.now();
    const bytes = await scrape();
    if (i >= 0) samples.push(performance.now() - start);
    if (bytes < 1000) throw new Error(`bench: nothing to scrape, expected metrics, got ${bytes} B`);
  }
  return median(samples);
}

export const benchmark: Benchmark = {
  title: 'scrape of all default metrics, to bytes',
  unit: 'ms',
  goal: { most: 0.4 },
  async promethium(library) {
    const { entry } = findBuild();
    const path = join(
      import.meta.dirname,
      '..',
      '..',
      entry.replace(/node\.([jt]s)$/, 'collectors/index.$1'),
    );
    const { collectDefaultMetrics } = (await import(pathToFileURL(path).href)) as typeof Collectors;
    let seconds = 0;
    const clock = {
      now: () => Date.now() / 1000,
      elapsed: () => seconds,
      after: () => () => {},
    };
    const registry = new library.CollectorRegistry({ clock });
    const handle = collectDefaultMetrics({ registry });
    const scrape = async (): Promise<number> => {
      let bytes = 0;
      for await (const chunk of library.writeText(registry)) bytes += chunk.byteLength;
      return bytes;
    };
    const time = await scraping(scrape, () => {
      seconds += 15;
    });
    handle.stop();
    return time;
  },
  async incumbent(client) {
    const registry = new client.Registry();
    client.collectDefaultMetrics({ register: registry });
    return await scraping(
      async () => Buffer.from(await registry.metrics()).byteLength,
      () => {},
    );
  },
};

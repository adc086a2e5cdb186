/**
 * A program that counts while another process scrapes it over HTTP: what that does to its event loop and
 * its memory.
 */

import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, extname, join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import type * as Serving from '../src/http/node/index.ts';
import type { Benchmark, Goal } from './benchmark.ts';
import { sumOfLines } from './counts.ts';
import { LABEL_NAMES, mixedShape } from './inputs.ts';
import { findBuild } from './library.ts';
import { median } from './statistics.ts';
import { collectGarbage, expectCount } from './timing.ts';

/** Increments that are due for each millisecond. */
const INCREMENTS = 1000;
const WARM_UP = 2;
const SCRAPES = 5;
/** How long the program is watched where nobody scrapes it. */
const QUIET_MS = 300;

/** How a case differs from the others. */
export interface ServingCase {
  readonly title: string;
  /** What is measured: milliseconds between two turns of the loop, or MiB. */
  readonly measure: 'pause' | 'memory';
  readonly series: number;
  readonly goal: Goal;
  readonly incumbents?: [];
}

/** A program that counts and answers. */
interface Program {
  readonly listener: RequestListener;
  /** A thousand of its series, that count. */
  readonly children: readonly { inc(): void }[];
  text(): Promise<string>;
}

/** Loads the part that serves on Node, of the same build as the main entry. */
export async function loadServing(): Promise<typeof Serving> {
  const { entry } = findBuild();
  const path = join('http', 'node', `index${extname(entry)}`);
  const url = pathToFileURL(join(import.meta.dirname, '..', dirname(entry), path));
  return (await import(url.href)) as typeof Serving;
}

/** Makes a case. */
export function serving(options: ServingCase): Benchmark {
  const { title, measure, series, goal, incumbents } = options;
  const metric = { name: 'http_requests_total', help: 'Requests.', labelNames: LABEL_NAMES };
  const promethium = async (library: Parameters<Benchmark['promethium']>[0]): Promise<Program> => {
    const { nodeMetricsHandler } = await loadServing();
    const registry = new library.CollectorRegistry();
    const counter = new library.Counter({ ...metric, registry });
    const children = mixedShape('/customers/', series).map((values) => counter.labels(values));
    const kept = countOnce(children);
    const text = (): Promise<string> => library.toText(registry);
    return { listener: nodeMetricsHandler({ registry }), children: kept, text };
  };
  return {
    title,
    unit: measure === 'pause' ? 'ms' : 'MiB',
    goal,
    ...(incumbents && { incumbents }),
    promethium: async (library) => await scraped(await promethium(library), options),
    async incumbent({ Counter, Registry }) {
      const registry = new Registry();
      const counter = new Counter({ ...metric, registers: [registry] });
      const shape = mixedShape('/customers/', series);
      const children = countOnce(shape.map((values) => counter.labels({ ...values })));
      // As their documentation shows it.
      const listener: RequestListener = async (_, response) => {
        response.setHeader('Content-Type', registry.contentType);
        response.end(await registry.metrics());
      };
      return await scraped({ listener, children, text: () => registry.metrics() }, options);
    },
    ...(measure === 'pause' && {
      bare: async (library) => await watched(await promethium(library), series),
    }),
  };
}

/** Counts once on each, and keeps as many as are incremented in a millisecond. */
function countOnce<Child extends { inc(): void }>(children: readonly Child[]): readonly Child[] {
  for (const child of children) child.inc();
  return children.slice(0, INCREMENTS);
}

/** The median of what several scrapes come to, each after a collection of all garbage. */
async function scraped(program: Program, { measure, series }: ServingCase): Promise<number> {
  const server = createServer(program.listener);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  const client = fork(join(import.meta.dirname, 'serving-client.ts'), [String(port)]);
  await once(client, 'message');
  const samples: number[] = [];
  let counted = series;
  for (let i = -WARM_UP; i < SCRAPES; i++) {
    const watch = await Watch.begin(program.children);
    await scrape(client);
    const { pause, memory, increments } = watch.end();
    counted += increments;
    if (i >= 0) samples.push(measure === 'pause' ? pause : memory);
  }
  client.kill();
  server.close();
  server.closeAllConnections();
  expectCount(sumOfLines(await program.text(), '_total'), counted);
  return median(samples);
}

async function scrape(client: ChildProcess): Promise<void> {
  client.send('scrape');
  const [bytes] = (await once(client, 'message')) as [number];
  if (bytes < 10_000)
    throw new Error(`bench: nothing was scraped, expected metrics, got ${bytes} B`);
}

/** The same pause where nobody scrapes: what the machine and the increments themselves do. */
async function watched({ children, text }: Program, series: number): Promise<number> {
  const samples: number[] = [];
  let counted = series;
  for (let i = 0; i < SCRAPES; i++) {
    const watch = await Watch.begin(children);
    await delay(QUIET_MS);
    const { pause, increments } = watch.end();
    counted += increments;
    samples.push(pause);
  }
  expectCount(sumOfLines(await text(), '_total'), counted);
  return median(samples);
}

/** Counts a thousand times each millisecond, and notes when a turn comes late and what memory is taken. */
class Watch {
  readonly #children: readonly { inc(): void }[];
  readonly #delays = monitorEventLoopDelay({ resolution: 1 });
  readonly #timer: NodeJS.Timeout;
  readonly #memory = used();
  readonly #start = performance.now();
  #last = this.#start;
  #pause = 0;
  #most = 0;
  #rounds = 0;
  #ticks = 0;

  /** Begins once all garbage is gone and the loop is at rest. */
  static async begin(children: readonly { inc(): void }[]): Promise<Watch> {
    collectGarbage();
    await delay(50);
    return new Watch(children);
  }

  private constructor(children: readonly { inc(): void }[]) {
    this.#children = children;
    this.#delays.enable();
    this.#timer = setInterval(() => this.#tick(), 1);
  }

  end(): { pause: number; memory: number; increments: number } {
    this.#delays.disable();
    clearInterval(this.#timer);
    this.#tick();
    return {
      pause: Math.max(this.#pause, this.#delays.max / 1e6),
      memory: this.#most / 2 ** 20,
      increments: this.#rounds * INCREMENTS,
    };
  }

  #tick(): void {
    const now = performance.now();
    this.#pause = Math.max(this.#pause, now - this.#last);
    this.#last = now;
    // After a pause, all that is due: requests that waited are answered as well.
    for (const due = now - this.#start; this.#rounds < due; this.#rounds++) {
      for (const child of this.#children) child.inc();
    }
    // Asking takes a while itself.
    if (this.#ticks++ % 10 === 0) this.#note();
  }

  #note(): void {
    const { heap, rss } = used();
    const more = Math.max(heap - this.#memory.heap, rss - this.#memory.rss);
    this.#most = Math.max(this.#most, more);
  }
}

/** What is taken on the heap and in buffers, garbage included, and what the system has given. */
function used(): { heap: number; rss: number } {
  const { heapUsed, external, rss } = process.memoryUsage();
  return { heap: heapUsed + external, rss };
}

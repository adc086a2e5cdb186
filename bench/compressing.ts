/** A registry as it is sent to Prometheus, which asks for gzip: what the case of it is made of. */

import type { IncomingMessage, ServerResponse } from 'node:http';
import { Writable } from 'node:stream';
import { promisify } from 'node:util';
import { gunzipSync, gzip } from 'node:zlib';
import type { Benchmark, Goal } from './benchmark.ts';
import { sumOfLines } from './counts.ts';
import { incumbentRegistry, promethiumRegistry } from './exposing.ts';
import { loadServing } from './serving.ts';
import { expectCount, milliseconds } from './timing.ts';

const compress = promisify(gzip);

/** How a case differs from others. */
export interface Compressing {
  readonly title: string;
  readonly series: number;
  readonly goal: Goal;
}

/** Makes a case. Every series counts once more before each scrape. */
export function compressing({ title, series, goal }: Compressing): Benchmark {
  const shape = { type: 'counter', format: 'text', series } as const;
  async function measure(count: () => void, scrape: () => Promise<Buffer>): Promise<number> {
    let scrapes = 0;
    let last: Buffer = Buffer.alloc(0);
    const time = await milliseconds({
      prepare() {
        count();
        scrapes++;
      },
      async run() {
        last = await scrape();
      },
    });
    expectCount(sumOfLines(gunzipSync(last).toString(), '_total'), series * scrapes);
    return time;
  }
  return {
    title,
    unit: 'ms',
    goal,
    async promethium(library) {
      const { nodeMetricsHandler } = await loadServing();
      const { registry, count } = promethiumRegistry(library, shape);
      const handle = nodeMetricsHandler({ registry });
      return await measure(count, async () => {
        const response = new Response();
        await handle(REQUEST as IncomingMessage, response as unknown as ServerResponse);
        return Buffer.concat(response.chunks);
      });
    },
    async incumbent(client) {
      const { registry, count } = incumbentRegistry(client, shape);
      // Off the main thread, and at the level that this library takes: the usual one takes twice as long.
      return await measure(count, async () => await compress(await registry.metrics(), FAST));
    },
  };
}

const FAST = { level: 1 };

/** What Prometheus asks. */
const REQUEST = { method: 'GET', url: '/metrics', headers: { 'accept-encoding': 'gzip' } };

/** A response without a connection: what is sent is kept. */
class Response extends Writable {
  readonly chunks: Buffer[] = [];
  headersSent = false;
  statusCode = 0;

  writeHead(status: number): void {
    this.statusCode = status;
    this.headersSent = true;
  }

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.chunks.push(chunk);
    done();
  }
}

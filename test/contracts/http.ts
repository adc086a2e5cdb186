/** What every adapter of HTTP answers: a table of cases, and what no table can hold. */

import { deepEqual, equal } from 'node:assert/strict';
import { once } from 'node:events';
import { type IncomingMessage, request as send } from 'node:http';
import { describe, it } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';
import type { MetricsHandlerOptions } from '../../src/http/index.ts';
import { CASES, type Question, sentence } from './http-cases.ts';
import { gauges, LargeSource } from './http-sources.ts';

/** A response as a test reads it. */
export interface Reply {
  readonly status: number;
  /** The headers that this library decides on, by their names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** An adapter at work. */
export interface Served extends AsyncDisposable {
  ask(question: Question): Promise<Reply>;
}

/** Headers that differ between runtimes, and say nothing about the adapter. */
const FOREIGN_HEADERS = ['date', 'connection', 'keep-alive', 'transfer-encoding'];

/** Picks out the headers that are an adapter's own. */
export function ownHeaders(headers: Iterable<readonly [string, string]>): Record<string, string> {
  return Object.fromEntries([...headers].filter(([name]) => !FOREIGN_HEADERS.includes(name)));
}

/** Asks over a real connection, one that is closed afterwards. */
export async function askOver(
  url: string,
  { method = 'GET', query = '', headers = {} }: Question,
): Promise<Reply> {
  const request = send(url + query, { method, headers, agent: false }).end();
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk);
  return {
    status: response.statusCode!,
    headers: ownHeaders(Object.entries(response.headers) as [string, string][]),
    body: Buffer.concat(chunks),
  };
}

/** Declares the tests that every adapter passes. Each adapter's own test calls it. */
export function httpContract(
  name: string,
  serve: (options: MetricsHandlerOptions) => Promise<Served>,
): void {
  describe(`${name} as an adapter of HTTP`, { timeout: 30_000 }, () => {
    for (const { claim, options, status, answers, body, ...question } of CASES) {
      it(claim, async () => {
        const registry = { collect: () => [gauges('up', 2)] };
        await using served = await serve({ registry, ...options });
        const reply = await served.ask(question);
        const compressed = reply.headers['content-encoding'] === 'gzip' && reply.body.length > 0;
        equal((compressed ? gunzipSync(reply.body) : reply.body).toString(), body);
        deepEqual(reply.headers, answers);
        equal(reply.status, status);
      });
    }

    for (const encoding of ['identity', 'gzip']) {
      it(`sends many chunks unharmed, ${encoding}`, async () => {
        const source = new LargeSource(50_000);
        await using served = await serve({ registry: source });
        const { body } = await served.ask({ headers: { 'accept-encoding': encoding } });
        const text = (encoding === 'gzip' ? gunzipSync(body) : body).toString();
        const lines = Array.from({ length: 50_000 }, (_, n) => `large{n="${n}"} ${n}\n`);
        equal(text, `# HELP large Numbers.\n# TYPE large gauge\n${lines.join('')}`);
      });
    }

    it('answers 500 where the source fails before its first byte, and tells why to onError alone', async () => {
      const reasons: unknown[] = [];
      const cause = new Error('secret');
      await using served = await serve({
        registry: {
          collect() {
            throw cause;
          },
        },
        onError: (reason) => reasons.push(reason),
      });
      const reply = await served.ask({ headers: { 'accept-encoding': 'gzip' } });
      equal(reply.body.toString(), 'The metrics could not be collected.\n');
      deepEqual(reply.headers, sentence('The metrics could not be collected.\n').answers);
      equal(reply.status, 500);
      deepEqual(reasons, [cause]);
    });

    it('answers 500 where the source cannot say which names it has, and outlives its onError', async () => {
      const registry = {
        collect: () => [],
        describe() {
          throw new Error('no names');
        },
      };
      const onError = (): never => {
        throw new Error('no console');
      };
      await using served = await serve({ registry, onError });
      equal((await served.ask({ query: '?name[]=up' })).status, 500);
      equal((await served.ask({})).status, 200);
    });

    it('shows the rest where a family throws, and tells why to onError', async () => {
      const reasons: unknown[] = [];
      const cause = new Error('secret');
      const broken = {
        ...gauges('broken', 1),
        walk() {
          throw cause;
        },
      };
      await using served = await serve({
        registry: { collect: () => [broken, gauges('up', 1)] },
        onError: (reason) => reasons.push(reason),
      });
      const { status, body } = await served.ask({});
      equal(
        body.toString(),
        `# HELP up Numbers.
# TYPE up gauge
up{n="0"} 0
# HELP promethium_exposition_omissions What this exposition does not show: families by name, label, walk or shape, points by format.
# TYPE promethium_exposition_omissions gauge
promethium_exposition_omissions{family="broken",reason="walk"} 1
`,
      );
      equal(status, 200);
      deepEqual(reasons, [cause]);
    });

    it('outlives an onError that rejects', async (context) => {
      const unhandled: unknown[] = [];
      const note = (reason: unknown): unknown => unhandled.push(reason);
      process.on('unhandledRejection', note);
      context.after(() => process.off('unhandledRejection', note));
      const registry = { collect: () => Promise.reject(new Error('no metrics')) };
      const onError = async (): Promise<never> => {
        throw new Error('no log');
      };
      await using served = await serve({ registry, onError });
      equal((await served.ask({})).status, 500);
      // Rejections are told once the microtasks have run.
      await setImmediate();
      deepEqual(unhandled, []);
    });

    it('does not collect for HEAD', async () => {
      let scrapes = 0;
      const registry = { collect: () => [gauges('up', ++scrapes)] };
      await using served = await serve({ registry });
      await served.ask({ method: 'HEAD' });
      equal(scrapes, 0);
    });
  });
}

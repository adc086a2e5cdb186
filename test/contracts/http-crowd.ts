/** What every adapter of HTTP does with many requests: how many run at once, and what it says of itself. */

import { deepEqual, equal } from 'node:assert/strict';
import { describe, it } from 'node:test';
import { toText } from '../../src/exposition/index.ts';
import type { MetricsHandlerOptions } from '../../src/http/index.ts';
import { CollectorRegistry } from '../../src/metrics/registry/registry.ts';
import type { Served } from './http.ts';
import { gauges, PendingSource } from './http-sources.ts';

/** The lines of a handler's own metrics that say what was counted, not how long it took. */
export async function countedBy(registry: CollectorRegistry): Promise<readonly string[]> {
  const lines = (await toText(registry)).split('\n');
  return lines.filter((line) => /^promhttp\w+_(total|in_flight|count|bytes_sum)\b/.test(line));
}

/** Declares the tests that every adapter passes. Each adapter's own test calls it. */
export function httpCrowdContract(
  name: string,
  serve: (options: MetricsHandlerOptions) => Promise<Served>,
): void {
  describe(`${name} with many scrapes`, { timeout: 30_000 }, () => {
    it('answers 503 and says when to come again where there is no room', async () => {
      const registry = new PendingSource();
      await using served = await serve({ registry, maxConcurrentScrapes: 1, maxQueuedScrapes: 0 });
      const first = served.ask({});
      await registry.asked;
      const refused = await served.ask({ headers: { 'accept-encoding': 'gzip' } });
      equal(refused.body.toString(), 'As many scrapes are under way as are answered at once.\n');
      deepEqual(refused.headers, {
        'cache-control': 'no-store',
        'content-length': '55',
        'content-type': 'text/plain; charset=utf-8',
        'retry-after': '1',
      });
      equal(refused.status, 503);
      equal((await served.ask({ method: 'HEAD' })).status, 200);
      registry.give(gauges('up', 1));
      equal((await first).status, 200);
      equal((await served.ask({})).status, 200);
    });

    it('has scrapes wait for their turn, and answers them all', async () => {
      const [first, second] = [new PendingSource(), new PendingSource()];
      const sources = [first, second];
      let scrapes = 0;
      let most = 0;
      const registry = {
        async collect() {
          most = Math.max(most, ++scrapes);
          const families = await (sources.shift() ?? second).collect();
          scrapes--;
          return families;
        },
      };
      await using served = await serve({ registry, maxConcurrentScrapes: 2, maxQueuedScrapes: 8 });
      const replies = Array.from({ length: 10 }, () => served.ask({}));
      await Promise.all([first.asked, second.asked]);
      for (const source of [first, second]) source.give(gauges('up', 1));
      const bodies = new Set<string>();
      for (const { status, body } of await Promise.all(replies)) bodies.add(`${status} ${body}`);
      deepEqual([...bodies], ['200 # HELP up Numbers.\n# TYPE up gauge\nup{n="0"} 0\n']);
      equal(most, 2);
    });

    it('gives back the place of a scrape that failed', async () => {
      const registry = { collect: () => Promise.reject(new Error('no metrics')) };
      const limits = { maxConcurrentScrapes: 1, maxQueuedScrapes: 0, onError: () => {} };
      await using served = await serve({ registry, ...limits });
      equal((await served.ask({})).status, 500);
      equal((await served.ask({})).status, 500);
    });

    it('counts what it does where it is told to, and nothing else', async () => {
      const registry = new CollectorRegistry();
      await using served = await serve({ registry, metrics: true, bearerToken: 'let-me-in' });
      const headers = { authorization: 'Bearer let-me-in' };
      const sizes = [
        await served.ask({ headers }),
        await served.ask({ headers: { ...headers, 'accept-encoding': 'gzip' } }),
        await served.ask({ headers, method: 'POST' }),
        await served.ask({ headers, method: 'HEAD' }),
        await served.ask({}),
      ].map(({ body }) => body.length);
      deepEqual(await countedBy(registry), [
        'promhttp_metric_handler_requests_total{code="200"} 3',
        'promhttp_metric_handler_requests_total{code="500"} 0',
        'promhttp_metric_handler_requests_total{code="503"} 0',
        'promhttp_metric_handler_requests_total{code="405"} 1',
        'promhttp_metric_handler_requests_total{code="401"} 1',
        'promhttp_metric_handler_requests_in_flight 0',
        'promhttp_metric_handler_request_duration_seconds_count 5',
        `promhttp_metric_handler_response_size_bytes_sum ${sizes.reduce((sum, size) => sum + size)}`,
        'promhttp_metric_handler_response_size_bytes_count 5',
      ]);
    });

    it('shares its metrics with other handlers, in a registry or a view of its own', async () => {
      const root = new CollectorRegistry();
      const metrics = root.with({ prefix: 'own_', labels: { part: 'api' } });
      const registry = { collect: () => [gauges('up', 1)] };
      await using one = await serve({ registry, metrics });
      await using other = await serve({ registry, metrics });
      await one.ask({});
      await other.ask({});
      const text = await toText(root);
      equal(
        /^own_promhttp_metric_handler_requests_total.*200.*$/m.exec(text)?.[0],
        'own_promhttp_metric_handler_requests_total{part="api",code="200"} 2',
      );
    });

    it('counts a scrape that is under way as in flight, and one that failed as 500', async () => {
      const metrics = new CollectorRegistry();
      const registry = new PendingSource();
      const limits = { maxConcurrentScrapes: 1, maxQueuedScrapes: 0 };
      await using served = await serve({ registry, metrics, ...limits, onError: () => {} });
      const first = served.ask({});
      await registry.asked;
      await served.ask({});
      equal((await countedBy(metrics))[3], 'promhttp_metric_handler_requests_in_flight 1');
      registry.give(null as never);
      await first;
      deepEqual((await countedBy(metrics)).slice(0, 4), [
        'promhttp_metric_handler_requests_total{code="200"} 1',
        'promhttp_metric_handler_requests_total{code="500"} 0',
        'promhttp_metric_handler_requests_total{code="503"} 1',
        'promhttp_metric_handler_requests_in_flight 0',
      ]);
    });
  });
}

import { deepEqual, equal, ok, rejects } from 'node:assert/strict';
import { describe, it } from 'node:test';
import { httpContract, ownHeaders } from '../../test/contracts/http.ts';
import { gauges, LargeSource } from '../../test/contracts/http-sources.ts';
import { metricsHandler } from './index.ts';

httpContract('metricsHandler', async (options) => {
  const handle = metricsHandler(options);
  return {
    async ask({ method = 'GET', query = '', headers = {} }) {
      const request = new Request(`http://localhost/metrics${query}`, { method, headers });
      const response = await handle(request);
      return {
        status: response.status,
        headers: ownHeaders(response.headers),
        body: Buffer.from(await response.arrayBuffer()),
      };
    },
    async [Symbol.asyncDispose]() {},
  };
});

function ask(headers: Record<string, string> = {}): Request {
  return new Request('http://localhost/', { headers });
}

describe('metricsHandler', { timeout: 30_000 }, () => {
  it('renders no more than is read', async () => {
    const source = new LargeSource(1_000_000);
    const { body } = await metricsHandler({ registry: source })(ask());
    const reader = body!.getReader();
    const first = await reader.read();
    for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setTimeout(resolve, 0));
    // One chunk, of lines that are 17 bytes or longer.
    ok(source.written < 6_000, `${source.written} metrics were written for one chunk`);
    ok(first.value!.length > 0);
    await reader.cancel();
  });

  for (const encoding of ['identity', 'gzip']) {
    it(`ends the walk when the body is cancelled, ${encoding}`, async () => {
      const source = new LargeSource(10_000_000);
      const reasons: unknown[] = [];
      const handle = metricsHandler({
        registry: source,
        onError: (reason) => reasons.push(reason),
      });
      const { body } = await handle(ask({ 'accept-encoding': encoding }));
      const reader = body!.getReader();
      await reader.read();
      await reader.cancel();
      await source.released;
      ok(source.written < source.count, 'all was rendered for nobody');
      deepEqual(reasons, []);
    });

    it(`breaks the body off where the source fails after its first byte, ${encoding}`, async () => {
      const reasons: unknown[] = [];
      const cause = new Error('half-way');
      const registry = {
        async *collect() {
          yield gauges('before', 10_000);
          throw cause;
        },
      };
      const handle = metricsHandler({ registry, onError: (reason) => reasons.push(reason) });
      const response = await handle(ask({ 'accept-encoding': encoding }));
      equal(response.status, 200);
      await rejects(response.arrayBuffer());
      deepEqual(reasons, [cause]);
    });
  }

  it('hands out chunks that stay as they are', async () => {
    const { body } = await metricsHandler({ registry: new LargeSource(20_000) })(ask());
    const chunks: Uint8Array[] = [];
    for await (const chunk of body!) chunks.push(chunk);
    ok(chunks.length > 2);
    equal(new Set(chunks.map(({ buffer }) => buffer)).size, chunks.length);
  });
});

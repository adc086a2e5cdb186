import { ok } from 'node:assert/strict';
import { describe, it } from 'node:test';
import { getHeapStatistics } from 'node:v8';
import { toText } from '../exposition/index.ts';
import { CollectorRegistry } from '../metrics/registry/registry.ts';
import { collectHeapMetrics } from './heap.ts';

describe('heap metrics', () => {
  it('show memory that the program really takes, inside of the heap and outside', async () => {
    const registry = new CollectorRegistry();
    using _ = collectHeapMetrics({ registry });
    const read = async (name: string): Promise<number> =>
      Number(new RegExp(`^nodejs_${name}_bytes (.*)$`, 'm').exec(await toText(registry))?.[1]);
    const buffers = await read('array_buffers');
    const external = await read('external_memory');
    const used = await read('heap_size_used');
    const kept = new Uint8Array(32 * 2 ** 20).fill(1);
    const objects = Array.from({ length: 500_000 }, (_, i) => ({ i }));
    ok((await read('array_buffers')) - buffers >= 31 * 2 ** 20);
    ok((await read('external_memory')) - external >= 31 * 2 ** 20);
    ok((await read('heap_size_used')) - used >= 5 * 2 ** 20);
    ok((await read('heap_size_total')) >= (await read('heap_size_used')));
    ok((await read('heap_size_limit')) === getHeapStatistics().heap_size_limit);
    ok(kept.length + objects.length > 0);
  });
});

import { deepEqual, equal, ok } from 'node:assert/strict';
import { describe, it } from 'node:test';
import { getHeapSpaceStatistics } from 'node:v8';
import { toText } from '../exposition/index.ts';
import { CollectorRegistry } from '../metrics/registry/registry.ts';
import { collectHeapSpaceMetrics } from './heap-spaces.ts';

describe('heap space metrics', () => {
  it('name every space of V8, and show what it holds', async () => {
    const registry = new CollectorRegistry();
    using _ = collectHeapSpaceMetrics({ registry });
    const objects = Array.from({ length: 500_000 }, (_, i) => ({ i }));
    const lines = (await toText(registry)).matchAll(
      /^nodejs_heap_space_size_(total|used|available)_bytes\{space="(\w+)"\} (\d+)$/gm,
    );
    const shown = Array.from(lines, ([, what, space, bytes]) => ({ what, space, bytes }));
    const names = getHeapSpaceStatistics().map(({ space_name }) =>
      space_name.slice(0, -'_space'.length),
    );
    deepEqual(
      shown.map(({ what, space }) => `${what} ${space}`),
      ['total', 'used', 'available'].flatMap((what) => names.map((name) => `${what} ${name}`)),
    );
    const used = shown
      .filter(({ what }) => what === 'used')
      .reduce((sum, { bytes }) => sum + Number(bytes), 0);
    ok(used > 5 * 2 ** 20, `${used} bytes`);
    equal(objects.length, 500_000);
  });
});

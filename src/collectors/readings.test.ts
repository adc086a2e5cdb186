import { deepEqual, equal, throws } from 'node:assert/strict';
import { describe, it } from 'node:test';
import { toText } from '../exposition/index.ts';
import { Gauge } from '../metrics/instruments/gauge.ts';
import { CollectorRegistry } from '../metrics/registry/registry.ts';
import { oncePerScrape } from './readings.ts';

describe('oncePerScrape', () => {
  it('reads once for all metrics of a scrape, and anew for the next', async () => {
    let reads = 0;
    const read = oncePerScrape(() => ++reads);
    const registry = new CollectorRegistry();
    for (const name of ['a', 'b']) new Gauge({ name, help: 'Reads.', registry, callback: read });
    const values = async (): Promise<unknown> =>
      Array.from((await toText(registry)).matchAll(/^\w+ (\d+)$/gm), ([, value]) => Number(value));
    deepEqual(await values(), [1, 1]);
    deepEqual(await values(), [2, 2]);
  });

  it('keeps no reading that failed', () => {
    let reads = 0;
    const read = oncePerScrape(() => {
      if (++reads === 1) throw new Error('not now');
      return reads;
    });
    throws(read, { message: 'not now' });
    equal(read(), 2);
  });
});

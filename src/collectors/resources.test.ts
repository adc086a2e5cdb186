import { deepEqual, equal } from 'node:assert/strict';
import { createServer } from 'node:net';
import { describe, it } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { toText } from '../exposition/index.ts';
import { CollectorRegistry } from '../metrics/registry/registry.ts';
import { collectResourceMetrics } from './resources.ts';

describe('resource metrics', () => {
  it('count what keeps the loop alive by type, down to 0 when it is gone', async () => {
    const registry = new CollectorRegistry();
    using _ = collectResourceMetrics({ registry });
    const read = async (type: string): Promise<number> => {
      const line = new RegExp(`^nodejs_active_resources\\{type="${type}"\\} (\\d+)$`, 'm');
      return Number(line.exec(await toText(registry))?.[1]);
    };
    const before = (await read('Timeout')) || 0;
    const timers = Array.from({ length: 3 }, () => setTimeout(() => {}, 60_000));
    const server = createServer();
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    equal(await read('Timeout'), before + 3);
    equal(await read('TCPServerWrap'), 1);
    for (const timer of timers) clearTimeout(timer);
    await new Promise((resolve) => {
      server.close(resolve);
    });
    equal(await read('Timeout'), before);
    // The runtime lets go of a closed server some turns later.
    for (let turn = 0; turn < 1000 && (await read('TCPServerWrap')) > 0; turn++) await nextTurn();
    equal(await read('TCPServerWrap'), 0);
  });

  it('are what the runtime lists at this moment', async () => {
    const registry = new CollectorRegistry();
    using _ = collectResourceMetrics({ registry });
    const text = await toText(registry);
    const shown = Array.from(
      text.matchAll(/^nodejs_active_resources\{type="(\w+)"\} (\d+)$/gm),
      ([, type, count]) => Array.from({ length: Number(count) }, () => type),
    );
    deepEqual(shown.flat().sort(), process.getActiveResourcesInfo().sort());
  });
});

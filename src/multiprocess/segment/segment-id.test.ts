import { equal, match } from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Worker } from 'node:worker_threads';
import { newId } from './segment-id.ts';

describe('newId', () => {
  it('is another one each time', () => {
    const ids = new Set(Array.from({ length: 1000 }, () => newId()));
    equal(ids.size, 1000);
    for (const id of ids) match(id, /^[0-9a-f]{32}$/);
  });

  it('has the length that it has whatever the time and the chance', (context) => {
    context.mock.timers.enable({ apis: ['Date'], now: 1 });
    for (const [chance, digits] of [
      [0, '0'],
      [1 - 2 ** -53, 'f'],
    ] as const) {
      context.mock.method(Math, 'random', () => chance);
      equal(newId(), `${digits.repeat(20)}000000000001`);
    }
  });

  it('is another one in each thread', async () => {
    const module = JSON.stringify(new URL('./segment-id.ts', import.meta.url).href);
    const script = `import(${module}).then(({ newId }) => require('node:worker_threads').parentPort.postMessage(newId()))`;
    const asked = Array.from({ length: 4 }, () => {
      const worker = new Worker(script, { eval: true });
      return new Promise<string>((resolve) => worker.once('message', resolve));
    });
    const ids = (await Promise.all(asked)).map((id) => id.slice(0, 20));
    equal(new Set([...ids, newId().slice(0, 20)]).size, 5);
  });
});

import { equal, ok } from 'node:assert/strict';
import { once } from 'node:events';
import { describe, it } from 'node:test';
import { Worker } from 'node:worker_threads';
import { open } from '../../test/processes/storage.ts';
import { temporaryFolder } from '../../test/processes/temporary-folder.ts';

const SCRIPT = new URL('../../test/processes/hot-writer.ts', import.meta.url);
const SCRAPES = 200;

for (const mapper of ['koffi', 'write-behind'] as const) {
  describe(`A reader beside a writer that never rests (${mapper})`, () => {
    it('sees no number under a wrong label and no total that falls', async (context) => {
      const directory = temporaryFolder(context);
      const worker = new Worker(SCRIPT, { workerData: { directory, mapper } });
      context.after(async () => void (await worker.terminate()));
      await once(worker, 'message');
      const sidecar = open(context, { directory, mapper: 'koffi', readOnly: true });
      let total = 0;
      let seen = 0;
      for (let scrape = 0; scrape < SCRAPES; scrape++) {
        const families = await sidecar.collect();
        equal(families.map(({ name }) => name).join(), 'coming,requests');
        for (const { name, labels, value } of families.flatMap(({ samples }) => [...samples])) {
          if (name === 'coming') {
            seen++;
            const expected = Number(labels['path']);
            // Made, and not yet written for the first time.
            if (value !== 0) equal(value, expected);
          }
          if (name !== 'requests_total') continue;
          ok(value >= total, `${value} after ${total}`);
          total = value;
        }
      }
      ok(seen > SCRAPES);
      ok(total > 0);
    });
  });
}

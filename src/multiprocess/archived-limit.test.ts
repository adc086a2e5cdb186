import { deepEqual } from 'node:assert/strict';
import { describe, it } from 'node:test';
import { open } from '../../test/processes/storage.ts';
import { temporaryFolder } from '../../test/processes/temporary-folder.ts';
import { toText } from '../exposition/index.ts';
import { Counter } from '../metrics/instruments/counter.ts';
import { CollectorRegistry } from '../metrics/registry/registry.ts';
import { Folding } from './folding/folding.ts';
import { koffiMapper } from './mapping/map-koffi.ts';
import { DirectoryReader } from './reading/directory-reader.ts';
import { hostClock } from './system/host-clock.ts';
import { Pace } from './system/pace.ts';
import { currentIdentity } from './system/process-identity.ts';

describe('What processes left that each counted under labels of their own', () => {
  it('is kept up to the limit of the metric, that of the registry unless it has its own', async (context) => {
    const directory = temporaryFolder(context);
    const about = {
      directory,
      mapper: koffiMapper(),
      self: currentIdentity(),
      clock: hostClock(),
    };
    for (let job = 1; job <= 10; job++) {
      const storage = open(context, { directory });
      const registry = new CollectorRegistry({ storage, maxChildren: 3 });
      const options = { help: 'H.', labelNames: ['job'], registry } as const;
      new Counter({ name: 'few', maxChildren: 1, ...options }).labels(job).inc();
      new Counter({ name: 'some', ...options }).labels(job).inc();
      storage.close();
      const reader = new DirectoryReader(about);
      await reader.read({ own: undefined, missing: false }, new Pace());
      await new Folding({ ...about, reader, fileMode: 0o600 }).run(new Pace());
    }
    const storage = open(context, { directory, readOnly: true });
    const text = await toText(new CollectorRegistry({ storage }));
    deepEqual(
      text.split('\n').filter((line) => /^(few|some)/.test(line)),
      [
        'few_total{job="1"} 1',
        'few_total{job="__overflow__"} 9',
        'some_total{job="1"} 1',
        'some_total{job="2"} 1',
        'some_total{job="3"} 1',
        'some_total{job="__overflow__"} 7',
      ],
    );
  });
});

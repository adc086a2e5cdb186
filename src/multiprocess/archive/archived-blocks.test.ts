import { deepEqual, equal } from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { describe, it, type TestContext } from 'node:test';
import { ManualClock } from '../../../test/manual-clock.ts';
import { open } from '../../../test/processes/storage.ts';
import { temporaryFolder } from '../../../test/processes/temporary-folder.ts';
import { toOpenMetrics } from '../../exposition/index.ts';
import { Histogram } from '../../metrics/histograms/histogram.ts';
import { Counter } from '../../metrics/instruments/counter.ts';
import { Summary } from '../../metrics/instruments/summary.ts';
import { CollectorRegistry } from '../../metrics/registry/registry.ts';
import { Folding } from '../folding/folding.ts';
import { koffiMapper } from '../mapping/map-koffi.ts';
import { DirectoryReader } from '../reading/directory-reader.ts';
import { hostClock } from '../system/host-clock.ts';
import { Pace } from '../system/pace.ts';
import { currentIdentity } from '../system/process-identity.ts';

/** A process that counts `n`, gives exemplars of it and ends. */
async function live(context: TestContext, directory: string, n: number): Promise<void> {
  const storage = open(context, { directory, mapper: 'koffi' });
  const clock = new ManualClock();
  clock.pass(n);
  const registry = new CollectorRegistry({ storage, clock });
  const exemplar = { id: 'x'.repeat(n) };
  const common = { help: 'Help.', registry } as const;
  new Counter({ name: 'sent_total', ...common }).inc(n, { exemplar });
  new Histogram({ name: 'sizes', buckets: [2], ...common }).observe(n, { exemplar });
  new Summary({ name: 'times', quantiles: [0, 1], ...common }).observe(n);
  await toOpenMetrics(registry);
  storage.close();
}

async function fold(directory: string): Promise<void> {
  const about = { directory, mapper: koffiMapper(), self: currentIdentity(), clock: hostClock() };
  const reader = new DirectoryReader(about);
  await reader.read({ own: undefined, missing: false }, new Pace());
  await new Folding({ ...about, reader, fileMode: 0o600 }).run(new Pace());
}

async function shown(context: TestContext, directory: string): Promise<string[]> {
  const storage = open(context, { directory, readOnly: true });
  const text = await toOpenMetrics(new CollectorRegistry({ storage }));
  return text.split('\n').filter((line) => /^(sent|sizes|times)/.test(line));
}

describe('An archive', () => {
  it('keeps the exemplars and the quantiles of those that ended', async (context) => {
    const directory = temporaryFolder(context);
    for (const n of [1, 2]) await live(context, directory, n);
    await fold(directory);
    for (const n of [3, 100]) await live(context, directory, n);
    const expected = [
      `sent_total 106 # {id="${'x'.repeat(100)}"} 100 1700000100`,
      'sizes_bucket{le="2.0"} 2 # {id="xx"} 2 1700000002',
      `sizes_bucket{le="+Inf"} 4 # {id="${'x'.repeat(100)}"} 100 1700000100`,
      'sizes_sum 106',
      'sizes_count 4',
      'times{quantile="0.0"} 1',
      'times{quantile="1.0"} 100',
      'times_sum 106',
      'times_count 4',
    ];
    deepEqual(await shown(context, directory), expected);
    await fold(directory);
    equal(readdirSync(directory).filter((name) => /^[0-9a-f]{32}\./.test(name)).length, 0);
    deepEqual(await shown(context, directory), expected);
    context.mock.timers.enable({ apis: ['Date'], now: Date.now() + 676_000 });
    deepEqual((await shown(context, directory)).slice(5), ['times_sum 106', 'times_count 4']);
  });
});

import { deepEqual, equal } from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { toText } from '../exposition/index.ts';
import { CollectorRegistry } from '../metrics/registry/registry.ts';
import { collectGcMetrics } from './gc.ts';

const collectors = join(import.meta.dirname, 'index.ts');
const main = join(import.meta.dirname, '..', 'index.ts');

/**
 * Collects garbage in bursts, which the runtime reports several at once, and prints how many of each
 * kind the metrics counted and an observer of its own, which begins and ends with theirs.
 */
const PROGRAM = `
import { PerformanceObserver } from 'node:perf_hooks';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { collectGcMetrics } from ${JSON.stringify(collectors)};
import { CollectorRegistry } from ${JSON.stringify(main)};
const registry = new CollectorRegistry();
const handle = collectGcMetrics({ registry });
const durations = registry.get('nodejs_gc_duration_seconds');
const seen = { major: 0, minor: 0, incremental: 0, weakcb: 0 };
const names = { 1: 'minor', 2: 'minor', 4: 'major', 8: 'incremental', 16: 'weakcb' };
const all = (entries) => { for (const { detail } of entries) seen[names[detail.kind]]++; };
const observer = new PerformanceObserver((list) => all(list.getEntries()));
observer.observe({ type: 'gc' });
for (let burst = 0; burst < 5; burst++) {
  for (let i = 0; i < 10; i++) gc();
  for (let i = 0; i < 5; i++) gc({ type: 'minor' });
  await nextTurn();
  await nextTurn();
}
all(observer.takeRecords());
handle.stop();
const counted = Object.fromEntries(Object.keys(seen).map((kind) => [kind, durations.labels(kind).count]));
const sums = ['major', 'minor'].map((kind) => durations.labels(kind).sum > 0);
console.log(JSON.stringify({ seen, counted, sums }));
`;

describe('garbage collections', () => {
  it('are all counted, by their kind, also when many are reported at once', () => {
    const { stdout, stderr } = spawnSync(
      process.execPath,
      ['--expose-gc', '--input-type=module', '-e', PROGRAM],
      { encoding: 'utf8' },
    );
    equal(stderr, '');
    const { seen, counted, sums } = JSON.parse(stdout);
    // The two may begin or end on either side of a collection that the program did not ask for.
    deepEqual({ ...counted, minor: seen.minor }, { ...seen, major: 50 });
    equal(Math.abs(counted.minor - seen.minor) <= 2 && counted.minor >= 25, true);
    deepEqual(sums, [true, true]);
  });

  it('have all their kinds from the start, in the buckets that were asked for', async () => {
    const registry = new CollectorRegistry();
    const handle = collectGcMetrics({ registry, buckets: [60] });
    const text = await toText(registry);
    handle.stop();
    deepEqual(
      [...text.matchAll(/^nodejs_gc_duration_seconds_bucket\{(.*)\} \d+$/gm)].map(([, of]) => of),
      ['minor', 'major', 'incremental', 'weakcb'].flatMap((kind) => [
        `kind="${kind}",le="60.0"`,
        `kind="${kind}",le="+Inf"`,
      ]),
    );
  });
});

import { deepEqual, equal } from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import { cellsAlone, watched } from '../../../test/byte-storages.ts';
import { ManualClock } from '../../../test/manual-clock.ts';
import { toOpenMetrics, toText } from '../../exposition/format.ts';
import type { MetricFamily } from '../../model/family.ts';
import { MemoryStorage } from '../../storage/memory.ts';
import { CollectorRegistry } from '../registry/registry.ts';
import { Histogram } from './histogram.ts';

const help = 'Help.';
const HIGHEST = 2 ** 32 - 1;

const samplesOf = (histogram: { collect(): unknown }): unknown[] =>
  [...(histogram.collect() as MetricFamily[])[0]!.samples].map(({ labels, value }) => [
    Object.values(labels).join(),
    value,
  ]);

describe('histograms on the heap', () => {
  it('count beyond 2^32 in each way', async () => {
    const registry = new CollectorRegistry({ clock: new ManualClock() });
    const h = new Histogram({ name: 'h', help, buckets: [1, 2], registry });
    h.observe(0, { count: HIGHEST });
    h.observe(0);
    h.observe(1.5, { count: HIGHEST });
    h.observe(1.5, { count: 3 });
    h.observe(0, { count: 2 ** 40 + 5 });
    h.observe(7, { count: HIGHEST });
    deepEqual([h.count, h.sum], [2 ** 40 + 3 * 2 ** 32 + 6, (HIGHEST + 3) * 1.5 + HIGHEST * 7]);
    equal(
      await toOpenMetrics(registry),
      `# TYPE h histogram
# HELP h Help.
h_bucket{le="1.0"} 1103806595077
h_bucket{le="2.0"} 1108101562375
h_bucket{le="+Inf"} 1112396529670
h_sum 36507222012
h_count 1112396529670
# EOF
`,
    );
  });

  it('count the same as in cells, whatever happens to them', () => {
    const step = fc.oneof(
      fc.record({
        child: fc.nat(2),
        value: fc.constantFrom(0, 0.5, 1, 1.5, 3, -1),
        count: fc.constantFrom(undefined, 0, 1, 2, HIGHEST - 1, HIGHEST, 2 ** 33 + 1),
      }),
      fc.record({ child: fc.nat(2), end: fc.constantFrom('reset', 'remove', 'forget') }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const [one, other] = [new MemoryStorage(), cellsAlone()].map((storage) => {
          const registry = new CollectorRegistry({ storage });
          const labelNames = ['a'] as const;
          const h = new Histogram({ name: 'h', help, buckets: [0, 1, 2], labelNames, registry });
          const kept = [0, 1, 2].map((a) => h.labels(a));
          for (const step of steps) {
            const child = kept[step.child]!;
            if ('value' in step) {
              if (step.count === undefined) child.observe(step.value);
              else child.observe(step.value, { count: step.count });
            } else if (step.end === 'reset') child.reset();
            else {
              h.remove(step.child);
              if (step.end === 'remove') kept[step.child] = h.labels(step.child);
            }
          }
          return [samplesOf(h), kept.map((child) => [child.count, child.sum, samplesOf(child)])];
        });
        deepEqual(one, other);
      }),
    );
  });

  it('leave nothing to those that get their bytes', () => {
    const { storage, asked } = watched();
    const registry = new CollectorRegistry({ storage });
    const h = new Histogram({ name: 'h', help, buckets: [1], labelNames: ['a'], registry });
    const kept = h.labels('x');
    kept.observe(0.5, { count: HIGHEST + 7 });
    h.remove('x');
    const next = h.labels('y');
    next.observe(3);
    kept.observe(0.5);
    deepEqual(asked, [24, -24, 24]);
    deepEqual([kept.count, kept.sum], [HIGHEST + 8, (HIGHEST + 8) / 2]);
    deepEqual(samplesOf(h), [
      ['y,1.0', 0],
      ['y,+Inf', 1],
      ['y', 3],
      ['y', 1],
    ]);
  });

  it('show their own beside one that counted beyond 2^32', async () => {
    const registry = new CollectorRegistry();
    const [a, b, c] = ['a', 'b', 'c'].map(
      (name) => new Histogram({ name, help, buckets: [1], registry }),
    );
    a!.observe(0, { count: 3 });
    b!.observe(0, { count: 2 ** 32 });
    c!.observe(0, { count: 5 });
    const lines = (await toText(registry)).split('\n');
    deepEqual(
      lines.filter((line) => line.includes('_count')),
      ['a_count 3', 'b_count 4294967296', 'c_count 5'],
    );
  });

  it('show each child its own, in however many pages they lie', async () => {
    const registry = new CollectorRegistry();
    const [one, other] = ['one', 'other'].map(
      (name) => new Histogram({ name, help, buckets: [1, 2, 3], labelNames: ['a'], registry }),
    );
    for (let i = 0; i < 5000; i++) {
      one!.labels(i).observe(2, { count: i });
      other!.labels(i).observe(i, { count: i === 4999 ? 2 ** 32 : 1 });
    }
    const text = await toText(registry);
    const lines = (prefix: string): string[] =>
      text.split('\n').filter((line) => line.startsWith(prefix));
    deepEqual(
      lines('one_bucket').filter((line) => line.includes('le="2.0"')),
      Array.from({ length: 5000 }, (_, i) => `one_bucket{a="${i}",le="2.0"} ${i}`),
    );
    deepEqual(
      lines('other_count'),
      Array.from({ length: 5000 }, (_, i) => `other_count{a="${i}"} ${i === 4999 ? 2 ** 32 : 1}`),
    );
  });

  it('lie in cells where cells are compared, and with native buckets', () => {
    const { storage, asked } = watched();
    const registry = new CollectorRegistry({ storage });
    new Histogram({ name: 'idle', help, labelNames: ['a'], maxIdleSeconds: 9, registry }).labels(1);
    new Histogram({ name: 'native', help, nativeFactor: 1.1, registry }).observe(1);
    deepEqual(asked, []);
    new Histogram({ name: 'classic', help, buckets: [1, 2, 3], registry }).observe(1);
    deepEqual(asked, [32]);
  });

  it('are Histograms, wherever their counts are', () => {
    for (const storage of [new MemoryStorage(), cellsAlone()]) {
      const registry = new CollectorRegistry({ storage });
      const h = new Histogram({ name: 'h', help, registry });
      deepEqual(
        [h instanceof Histogram, h.constructor === Histogram, h.type],
        [true, true, 'histogram'],
      );
    }
  });

  it('ask for exemplars, as those in cells do', async () => {
    for (const storage of [cellsAlone(), new MemoryStorage(), cellsAlone()]) {
      const exemplars = { provider: () => ({ trace_id: 'abc' }) };
      const registry = new CollectorRegistry({ clock: new ManualClock(), storage, exemplars });
      new Histogram({ name: 'h', help, buckets: [1], registry }).observe(0.5);
      equal(
        await toOpenMetrics(registry),
        `# TYPE h histogram
# HELP h Help.
h_bucket{le="1.0"} 1 # {trace_id="abc"} 0.5 1700000000
h_bucket{le="+Inf"} 1
h_sum 0.5
h_count 1
# EOF
`,
      );
    }
  });
});

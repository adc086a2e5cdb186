import { deepEqual, equal, throws } from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ManualClock } from '../../../test/manual-clock.ts';
import { SharedStorage } from '../../../test/shared-storage.ts';
import { toOpenMetrics, toText } from '../../exposition/format.ts';
import { Summary } from '../instruments/summary.ts';
import { CollectorRegistry } from '../registry/registry.ts';
import { type QuantileOptions, QuantileWindow, toQuantileSettings } from './quantile-window.ts';

const help = 'Help.';

function windowOf(options: QuantileOptions = {}): { window: QuantileWindow; clock: ManualClock } {
  const clock = new ManualClock();
  clock.pass(0.25);
  const settings = toQuantileSettings('test', { quantiles: [0, 1], maxAgeSeconds: 50, ...options });
  return { window: new QuantileWindow(settings!, clock), clock };
}

describe('QuantileWindow', () => {
  it('has nothing until there is an observation', () => {
    const { window } = windowOf();
    equal(window.values(), undefined);
    window.add(3, 1);
    deepEqual(window.values(), [3, 3]);
  });

  it('lets observations go step by step, each once', () => {
    const { window, clock } = windowOf();
    const seen: unknown[] = [];
    for (let second = 0; second < 100; second += 10) {
      if (second < 50) window.add(second, 1);
      seen.push(window.values());
      clock.pass(10);
    }
    deepEqual(seen, [
      [0, 0],
      [0, 10],
      [0, 20],
      [0, 30],
      [0, 40],
      [10, 40],
      [20, 40],
      [30, 40],
      [40, 40],
      undefined,
    ]);
  });

  it('is empty after a long pause, whatever step that ends in', () => {
    for (const seconds of [50, 60, 73, 1000, 123_456]) {
      const { window, clock } = windowOf();
      for (let i = 0; i < 7; i++) {
        window.add(i, 1);
        clock.pass(10);
      }
      clock.pass(seconds);
      equal(window.values(), undefined, `${seconds}`);
      window.add(5, 2);
      deepEqual(window.values(), [5, 5]);
    }
  });

  it('goes on where the clock is set back, and begins anew when told to', () => {
    const { window, clock } = windowOf({ ageBuckets: 1 });
    window.add(1, 1);
    clock.pass(-20);
    window.add(2, 1);
    deepEqual(window.values(), [1, 2]);
    window.clear();
    equal(window.values(), undefined);
  });
});

describe('a summary with quantiles', () => {
  it('shows them before sum and count, and none of an empty window', async () => {
    const clock = new ManualClock();
    const registry = new CollectorRegistry({ clock });
    const quantiles = [0.5, 1];
    const labelNames = ['a'] as const;
    const sizes = new Summary({ name: 'sizes', help, quantiles, labelNames, registry });
    sizes.labels('x').observe(4, { count: 3 });
    sizes.labels('x').observe(100, { count: 0 });
    sizes.labels('x').observe(4);
    sizes.labels('y');
    equal(
      await toText(registry),
      `# HELP sizes Help.
# TYPE sizes summary
sizes{a="x",quantile="0.5"} 4
sizes{a="x",quantile="1.0"} 4
sizes_sum{a="x"} 16
sizes_count{a="x"} 4
sizes_sum{a="y"} 0
sizes_count{a="y"} 0
`,
    );
    clock.pass(601);
    equal(
      await toOpenMetrics(registry),
      `# TYPE sizes summary
# HELP sizes Help.
sizes_sum{a="x"} 16
sizes_count{a="x"} 4
sizes_sum{a="y"} 0
sizes_count{a="y"} 0
# EOF
`,
    );
  });

  it('is a summary like any other', () => {
    const sizes = new Summary({ name: 'sizes', help, quantiles: [0.5], registry: null });
    equal(sizes instanceof Summary, true);
    equal(sizes.constructor, Summary);
    sizes.time(() => 1);
    sizes.reset();
    throws(() => sizes.observe(Number.NaN), { name: 'RangeError' });
    deepEqual([sizes.type, sizes.count, sizes.sum], ['summary', 0, 0]);
  });

  it('forgets its window with a reset', async () => {
    const registry = new CollectorRegistry();
    const sizes = new Summary({ name: 'sizes', help, quantiles: [0.5], registry });
    sizes.observe(1);
    sizes.reset();
    equal((await toText(registry)).includes('quantile'), false);
  });

  it('has none where several processes share their numbers', async () => {
    const registry = new CollectorRegistry({ storage: new SharedStorage() });
    const sizes = new Summary({ name: 'sizes', help, quantiles: [0.5], registry });
    sizes.observe(1);
    equal((await toText(sizes)).includes('quantile'), false);
  });

  for (const [options, name, message] of [
    [
      { quantiles: 0.5 },
      'TypeError',
      'quantiles are no list, expected an array of numbers, got 0.5',
    ],
    [
      { quantiles: ['0.5'] },
      'TypeError',
      'quantile 0 is none, expected a number from 0 to 1, got "0.5"',
    ],
    [
      { quantiles: [0.5, 99] },
      'RangeError',
      'quantile 1 is none, expected a number from 0 to 1, got 99',
    ],
    [
      { quantiles: [0.9, 0.5] },
      'RangeError',
      'quantiles do not ascend, expected one above 0.9, got 0.5',
    ],
    [
      { quantiles: [0.5], maxAgeSeconds: 0 },
      'RangeError',
      'maxAgeSeconds is no time, expected seconds > 0, got 0',
    ],
    [
      { quantiles: [0.5], ageBuckets: 2.5 },
      'RangeError',
      'ageBuckets are none, expected a whole number from 1 to 100, got 2.5',
    ],
  ] as const) {
    it(`refuses: ${message}`, () => {
      const declare = () =>
        new Summary({ name: 's', help, registry: null, ...(options as object) });
      throws(declare, { name, message: `summary "s": ${message}` });
    });
  }
});

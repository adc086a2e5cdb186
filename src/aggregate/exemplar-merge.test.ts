import { deepEqual, equal } from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { contribution, type Declared } from '../../test/contributions.ts';
import type { Exemplar } from '../model/exemplar.ts';
import type { MetricFamily } from '../model/family.ts';
import type { Contribution } from './contribution.ts';
import { Merger } from './merger.ts';

/** An exemplar as its series' place, its value, when it was observed and until when it is shown. */
type Given = readonly [series: number, value: number, timestamp: number, shownUntil?: number];

/** The contribution of one process, whose only family has these exemplars. */
function process(id: string, declared: Declared, given: readonly Given[]): Contribution {
  const made = contribution({ id }, declared);
  const [family] = made.families;
  const exemplars = given.map(([series, value, timestamp, shownUntil = Infinity]) => ({
    series: family!.series[series]!.index,
    current: { exemplar: { labels: { id }, value, timestamp }, shownUntil },
  }));
  return { ...made, families: [{ ...family!, exemplars }] };
}

/** The exemplars of a family as text, by what they are shown behind. */
function exemplarsOf({ samples }: MetricFamily): string[] {
  return [...samples].flatMap(({ labels, exemplar }) =>
    exemplar === undefined ? [] : [`${Object.values(labels)}: ${text(exemplar)}`],
  );
}

function text({ labels, value, timestamp }: Exemplar): string {
  return `${labels['id']} ${value} at ${timestamp}`;
}

function ascending(bounds: readonly number[]): number[] {
  return [...bounds].sort((a, b) => a - b);
}

const NOW = 100;

function merge(...contributions: readonly Contribution[]): string[] {
  return exemplarsOf(new Merger(() => NOW).merge(contributions).families[0]!);
}

const HISTOGRAM = { name: 'h', type: 'histogram', labelNames: ['a'] } as const;
const COUNTER = { name: 'c', type: 'counter', labelNames: ['a'] } as const;

describe('Merged exemplars', () => {
  it('are the newest of each series, the newest process first among equals', () => {
    const series = [[['x'], [1]] as const, [['y'], [1]] as const];
    const one = process('one', { ...COUNTER, series }, [
      [0, 1, 5],
      [1, 2, 7],
    ]);
    const other = process('other', { ...COUNTER, series: [...series].reverse() }, [
      [1, 3, 6],
      [0, 4, 7],
    ]);
    deepEqual(merge(one, { ...other, startTime: 1 }), ['x: other 3 at 6', 'y: other 4 at 7']);
    deepEqual(merge({ ...one, startTime: 1 }, other), ['x: other 3 at 6', 'y: one 2 at 7']);
  });

  it('are in the bucket that their value is in, whatever buckets their process has', () => {
    const series = [[['x'], []] as const];
    const newest = process('new', { ...HISTOGRAM, bounds: [1, 2, 5], series }, []);
    const older = process('old', { ...HISTOGRAM, bounds: [3], series }, [
      [0, 1.5, 1],
      [0, 5, 1],
      [0, 6, 1],
    ]);
    deepEqual(merge({ ...newest, startTime: 1 }, older), [
      'x,2.0: old 1.5 at 1',
      'x,5.0: old 5 at 1',
      'x,+Inf: old 6 at 1',
    ]);
  });

  it('are not shown any more when their time has come', () => {
    const series = [[['x'], [1]] as const, [['y'], [1]] as const];
    const one = process('one', { ...COUNTER, series }, [
      [0, 1, 5, NOW],
      [1, 1, 5, NOW + 0.001],
    ]);
    const other = process('other', { ...COUNTER, series }, [[0, 2, 4]]);
    deepEqual(merge(one, other), ['x: other 2 at 4', 'y: one 1 at 5']);
  });

  it('are of processes that ended, too', () => {
    const series = [[['x'], [1]] as const];
    const one = process('one', { ...COUNTER, series }, [[0, 1, 5]]);
    deepEqual(merge({ ...one, alive: false }), ['x: one 1 at 5']);
  });

  it('come and go while the revision stays', () => {
    const series = [[['x'], [1]] as const];
    const one = process('one', { ...COUNTER, series }, [[0, 1, 5]]);
    const merger = new Merger(() => NOW);
    const shown = (): string[] => exemplarsOf(merger.merge([one]).families[0]!);
    deepEqual(shown(), ['x: one 1 at 5']);
    Object.assign(one.families[0]!.exemplars![0]!, { current: undefined });
    deepEqual(shown(), []);
  });

  it('equal the newest of all in each bucket', () => {
    const bounds = fc.uniqueArray(fc.integer({ min: 0, max: 9 }), { minLength: 1 });
    const exemplar = fc.tuple(
      fc.nat(1),
      fc.integer({ min: 0, max: 10 }),
      fc.nat(1000),
      fc.constantFrom(NOW - 1, NOW + 1, Infinity),
    );
    const one = fc.record({ bounds, exemplars: fc.array(exemplar) });
    fc.assert(
      fc.property(fc.array(one, { minLength: 1, maxLength: 4 }), (all) => {
        const series = [[['0'], []] as const, [['1'], []] as const];
        const contributions = all.map((given, i) => ({
          ...process(
            `${i}`,
            { ...HISTOGRAM, bounds: ascending(given.bounds), series },
            given.exemplars,
          ),
          startTime: -i,
        }));
        const merged = [...ascending(all[0]!.bounds), Infinity];
        const expected: string[] = [];
        for (const place of [0, 1]) {
          merged.forEach((bound, i) => {
            let newest: string | undefined;
            let time = -1;
            all.forEach(({ exemplars }, id) => {
              for (const [at, value, timestamp, shownUntil] of exemplars) {
                const below = merged[i - 1] ?? -Infinity;
                if (at !== place || value > bound || value <= below || shownUntil <= NOW) continue;
                if (timestamp <= time) continue;
                newest = `${id} ${value} at ${timestamp}`;
                time = timestamp;
              }
            });
            const le = bound === Infinity ? '+Inf' : `${bound}.0`;
            if (newest !== undefined) expected.push(`${place},${le}: ${newest}`);
          });
        }
        deepEqual(merge(...contributions), expected);
      }),
    );
  });

  it('cost nothing where there are none', () => {
    const made = contribution({}, { ...COUNTER, series: [[['x'], [1]]] });
    equal(merge(made).length, 0);
  });
});

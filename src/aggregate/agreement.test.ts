import { deepEqual, equal } from 'node:assert/strict';
import { describe, it } from 'node:test';
import { contribution, type Declared, lines } from '../../test/contributions.ts';
import { type RecordedPoint, recordFamily } from '../../test/recorded-family.ts';
import type { MultiprocessMode, StoredFamily } from '../model/cells.ts';
import type { Contribution } from './contribution.ts';
import { type MergeResult, Merger } from './merger.ts';

/** A process of the version before, and one of the version that is being rolled out. */
function rollOut(before: Declared, after: Declared): MergeResult {
  return new Merger().merge([
    contribution({ id: 'old', startTime: 10 }, before),
    contribution({ id: 'new', startTime: 20 }, after),
  ]);
}

function counter(
  declared: Partial<StoredFamily>,
  ...series: readonly [labelValues: readonly string[], value: number][]
): Declared {
  return {
    name: 'c',
    type: 'counter',
    ...declared,
    series: series.map(([labelValues, value]) => [labelValues, [value]]),
  };
}

function histogram(bounds: readonly number[], cells: readonly number[]): Declared {
  return { name: 'h', type: 'histogram', bounds, series: [[[], cells]] };
}

describe('processes that disagree', () => {
  it('are shown with the help and unit of the newest', () => {
    const { families, disagreements } = rollOut(
      counter({ help: 'Before.' }, [[], 1]),
      counter({ help: 'After.', unit: 'c' }, [[], 2]),
    );
    deepEqual(
      families.map(({ help, unit }) => ({ help, unit })),
      [{ help: 'After.', unit: 'c' }],
    );
    deepEqual(lines(families), ['c_total 3']);
    deepEqual(disagreements, [
      { family: 'c', aspect: 'help', declarations: 1 },
      { family: 'c', aspect: 'unit', declarations: 1 },
    ]);
  });

  it('take the native buckets of who can tell, where one cannot say that it has none', () => {
    const native = { schema: 0, zeroThreshold: 0, maxBuckets: 9, maxZeroThreshold: 0 };
    const told = contribution({ id: 'a' }, { ...histogram([1], [1, 0, 0.5, 5]), native });
    const [family] = told.families;
    for (const startTime of [-1, 1]) {
      const other = contribution({ id: 'b', startTime }, histogram([1], [1, 1, 4.5, 5]));
      const [silent] = other.families;
      const { families, disagreements } = new Merger().merge([
        { ...told, families: [family!] },
        { ...other, families: [{ ...silent!, isIncomplete: true }] },
      ]);
      deepEqual(disagreements, []);
      const [{ point }] = recordFamily(families[0]!).points as [RecordedPoint];
      // As observations of their bounds: 1, and infinity.
      deepEqual((point[6] as { positive: unknown }).positive, [
        [0, 2],
        [1025, 1],
      ]);
    }
  });

  it('disagree where one has native buckets, and the newest decides', () => {
    const native = { schema: 0, zeroThreshold: 0, maxBuckets: 9, maxZeroThreshold: 0 };
    const plain = histogram([1], [1, 0, 0.5, 5]);
    for (const [before, after, isNative] of [
      [plain, { ...plain, native }, true],
      [{ ...plain, native }, plain, false],
    ] as const) {
      const { families, disagreements } = rollOut(before, after);
      deepEqual(disagreements, [{ family: 'h', aspect: 'native', declarations: 1 }]);
      const [{ point }] = recordFamily(families[0]!).points as [RecordedPoint];
      deepEqual([point[2], point.length > 6], [[2, 2], isNative]);
    }
  });

  it('have no disagreement when they declare the same', () => {
    const { disagreements } = rollOut(
      counter({ labelNames: ['a', 'b'] }),
      counter({ labelNames: ['a', 'b'] }),
    );
    deepEqual(disagreements, []);
  });

  it('lose what is of another type than the newest has', () => {
    const before: Declared = { name: 'c', type: 'gauge', series: [[[], [7]]] };
    const { families, disagreements } = rollOut(before, counter({}, [[], 2]));
    deepEqual(lines(families), ['c_total 2']);
    deepEqual(disagreements, [{ family: 'c', aspect: 'type', declarations: 1 }]);
  });

  it('follow the newest declaration of one process that declared a name twice', () => {
    const { families } = new Merger().merge([
      contribution(
        { id: 'a' },
        counter({ help: 'First.' }, [[], 1]),
        counter({ help: 'Second.' }, [[], 2]),
      ),
    ]);
    equal(families[0]?.help, 'Second.');
    deepEqual(lines(families), ['c_total 3']);
  });
});

describe('labels', () => {
  it('are those of all processes, empty where a process has none of that name', () => {
    const { families, disagreements } = rollOut(
      counter({ labelNames: ['method'] }, [['GET'], 1]),
      counter({ labelNames: ['path', 'method'] }, [['/', 'GET'], 2]),
    );
    deepEqual(families[0]?.labelNames, ['path', 'method']);
    deepEqual(lines(families), [
      'c_total{path="",method="GET"} 1',
      'c_total{path="/",method="GET"} 2',
    ]);
    deepEqual(disagreements, [{ family: 'c', aspect: 'labels', declarations: 1 }]);
  });

  it('are one series in whatever order they were declared', () => {
    const { families, disagreements } = rollOut(
      counter({ labelNames: ['a', 'b'] }, [['1', '2'], 1]),
      counter({ labelNames: ['b', 'a'] }, [['2', '1'], 2]),
    );
    deepEqual(lines(families), ['c_total{b="2",a="1"} 3']);
    deepEqual(disagreements, []);
  });

  it('that are empty and labels that are missing are one series', () => {
    const { families } = rollOut(counter({}, [[], 1]), counter({ labelNames: ['a'] }, [[''], 2]));
    deepEqual(lines(families), ['c_total{a=""} 3']);
  });

  it('stay constant while all processes have the same', () => {
    const constantLabels = [['app', 'shop']] as const;
    const { families } = rollOut(
      counter({ constantLabels }, [[], 1]),
      counter({ constantLabels }, [[], 2]),
    );
    deepEqual(families[0]?.constantLabels, [['app', 'shop']]);
    deepEqual(lines(families), ['c_total{app="shop"} 3']);
  });

  it('that are constant in each process keep processes apart where they differ', () => {
    const { families, disagreements } = rollOut(
      counter({ constantLabels: [['role', 'web']], labelNames: ['a'] }, [['1'], 1]),
      counter({ constantLabels: [['role', 'mail']], labelNames: ['a'] }, [['1'], 2]),
    );
    deepEqual(families[0]?.constantLabels, []);
    deepEqual(lines(families), ['c_total{role="mail",a="1"} 2', 'c_total{role="web",a="1"} 1']);
    deepEqual(disagreements, []);
  });

  it('of a process come first and make way for a label `pid` that the program has', () => {
    const gauge = (labelNames: readonly string[]): string[] => {
      const series: Declared['series'] = [[labelNames.map(() => 'x'), [1]]];
      const declared: Declared = { name: 'g', type: 'gauge', mode: 'all', labelNames, series };
      return lines(new Merger().merge([contribution({ id: '7' }, declared)]).families);
    };
    deepEqual(gauge([]), ['g{pid="7"} 1']);
    deepEqual(gauge(['a']), ['g{pid="7",a="x"} 1']);
    deepEqual(gauge(['a', 'pid']), ['g{process_pid="7",a="x",pid="x"} 1']);
    deepEqual(gauge(['pid', 'process_pid']), [
      'g{process_process_pid="7",pid="x",process_pid="x"} 1',
    ]);
  });

  it('of a process make way for constant labels and for the name of an enum', () => {
    const shown = (declared: Declared): string[] =>
      lines(new Merger().merge([contribution({ id: '7' }, declared)]).families);
    deepEqual(
      shown({
        name: 'g',
        type: 'gauge',
        mode: 'all',
        constantLabels: [['pid', 'x']],
        series: [[[], [1]]],
      }),
      ['g{pid="x",process_pid="7"} 1'],
    );
    deepEqual(
      shown({ name: 'pid', type: 'stateset', mode: 'all', states: ['on'], series: [[[], [1]]] }),
      ['pid{process_pid="7",pid="on"} 1'],
    );
  });
});

describe('buckets', () => {
  it('take the counts of others that lie within them', () => {
    const { families, disagreements } = rollOut(
      // Alone: 1 up to 0.5, 2 up to 1, 4 up to 3, 8 up to 100, 16 above.
      histogram([0.5, 1, 3, 100], [1, 2, 4, 8, 16, 999]),
      histogram([1, 2, 5], [100, 200, 400, 800, 1]),
    );
    deepEqual(lines(families), [
      'h_bucket{le="1.0"} 103',
      'h_bucket{le="2.0"} 303',
      'h_bucket{le="5.0"} 707',
      'h_bucket{le="+Inf"} 1531',
      'h_sum 1000',
      'h_count 1531',
    ]);
    deepEqual(disagreements, [{ family: 'h', aspect: 'bounds', declarations: 1 }]);
  });
});

describe('states', () => {
  it('are those of all processes, the newest first, and what one lacks is off', () => {
    const of = (states: readonly string[], cells: readonly number[]): Declared => ({
      name: 'e',
      type: 'stateset',
      mode: 'mostrecent',
      states,
      series: [[[], cells]],
    });
    const { families, disagreements } = rollOut(
      of(['on', 'off'], [0, 1, 50]),
      of(['on', 'asleep'], [0, 1, 40]),
    );
    deepEqual(lines(families), ['e{e="on"} 0', 'e{e="asleep"} 0', 'e{e="off"} 1']);
    deepEqual(disagreements, [{ family: 'e', aspect: 'states', declarations: 1 }]);
  });
});

describe('modes', () => {
  function gauge(mode: MultiprocessMode, cells: readonly number[]): Declared {
    return { name: 'g', type: 'gauge', mode, series: [[[], cells]] };
  }

  it('of the newest process hold for all', () => {
    const { families, disagreements } = rollOut(gauge('max', [5, 100]), gauge('sum', [1]));
    deepEqual(lines(families), ['g 6']);
    deepEqual(disagreements, [{ family: 'g', aspect: 'mode', declarations: 1 }]);
  });

  const TIMELESS: readonly [
    mode: MultiprocessMode,
    before: number,
    after: number[],
    want: string,
  ][] = [
    ['min', 5, [9, 1], 'g 5'],
    ['min', 0, [9, 1], 'g 9'],
    ['max', 5, [0, 0], 'g 5'],
    ['mostrecent', 5, [9, 1], 'g 9'],
    ['mostrecent', 5, [0, 0], 'g 5'],
  ];
  for (const [mode, before, after, want] of TIMELESS) {
    it(`count ${before} from a process without times as ${before === 0 ? 'never written' : 'written first'} for ${mode}, beside ${after}`, () => {
      deepEqual(lines(rollOut(gauge('sum', [before]), gauge(mode, after)).families), [want]);
    });
  }
});

describe('info metrics', () => {
  function info(version: string, id: string, alive: boolean): Contribution {
    return contribution(
      { id, alive },
      { name: 'build', type: 'info', series: [[[], [], [['version', version]]]] },
    );
  }
  function merged(...contributions: Contribution[]): string[] {
    return lines(new Merger().merge(contributions).families);
  }

  it('are shown once for each thing that processes state', () => {
    deepEqual(merged(info('2', 'a', true), info('1', 'b', true), info('2', 'c', true)), [
      'build_info{version="1"} 1',
      'build_info{version="2"} 1',
    ]);
  });

  it('of processes that ended are left out as soon as one that lives has any', () => {
    deepEqual(merged(info('1', 'a', false), info('2', 'b', true)), ['build_info{version="2"} 1']);
    deepEqual(merged(info('1', 'a', false)), ['build_info{version="1"} 1']);
    const silent = contribution({ id: 'b' }, { name: 'build', type: 'info', series: [] });
    deepEqual(merged(info('1', 'a', false), silent), ['build_info{version="1"} 1']);
  });

  it('are the same in whatever order, and as whichever kind of label, they are stated', () => {
    const declared: Omit<Declared, 'series'> = { name: 'build', type: 'info' };
    deepEqual(
      merged(
        contribution(
          { id: 'a' },
          {
            ...declared,
            series: [
              [
                [],
                [],
                [
                  ['b', '2'],
                  ['a', '1'],
                  ['c', ''],
                ],
              ],
            ],
          },
        ),
        contribution(
          { id: 'b' },
          {
            ...declared,
            series: [
              [
                [],
                [],
                [
                  ['a', '1'],
                  ['b', '2'],
                ],
              ],
            ],
          },
        ),
        contribution(
          { id: 'c' },
          {
            ...declared,
            labelNames: ['b'],
            series: [[['2'], [], [['a', '1']]]],
          },
        ),
      ),
      ['build_info{b="2",a="1"} 1'],
    );
  });
});

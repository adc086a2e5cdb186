import { deepEqual } from 'node:assert/strict';
import { describe, it } from 'node:test';
import { contribution, type Declared, lines } from '../../test/contributions.ts';
import type { MultiprocessMode } from '../model/cells.ts';
import type { Contribution } from './contribution.ts';
import { Merger } from './merger.ts';

/** A process that has one gauge `g`: its cells, whether it lives, and when it began. */
function gauge(
  id: string,
  mode: MultiprocessMode,
  cells: readonly number[],
  { alive = true, startTime = 0 }: { alive?: boolean; startTime?: number } = {},
): Contribution {
  return contribution(
    { id, alive, startTime },
    { name: 'g', type: 'gauge', mode, series: [[[], cells]] },
  );
}

function merged(...contributions: Contribution[]): string[] {
  return lines(new Merger().merge(contributions).families);
}

describe('gauges', () => {
  const MODES: readonly [mode: MultiprocessMode, all: string[], onlyTheDead: string[]][] = [
    ['all', ['g{pid="a"} 5', 'g{pid="b"} 1', 'g{pid="c"} 9'], ['g{pid="c"} 9']],
    ['liveall', ['g{pid="a"} 5', 'g{pid="b"} 1'], []],
    ['min', ['g 1'], ['g 9']],
    ['livemin', ['g 1'], []],
    ['max', ['g 9'], ['g 9']],
    ['livemax', ['g 5'], []],
    ['sum', ['g 15'], ['g 9']],
    ['livesum', ['g 6'], []],
    ['mostrecent', ['g 9'], ['g 9']],
    ['livemostrecent', ['g 5'], []],
  ];
  for (const [mode, all, onlyTheDead] of MODES) {
    it(`shows ${all.join(' and ')} for ${mode}, where c has ended`, () => {
      const dead = gauge('c', mode, [9, 300], { alive: false });
      deepEqual(merged(gauge('a', mode, [5, 200]), gauge('b', mode, [1, 100]), dead), all);
      deepEqual(merged(dead), onlyTheDead);
    });
  }

  it('keep their header when no process that lives has a series', () => {
    const { families } = new Merger().merge([gauge('a', 'livesum', [5], { alive: false })]);
    deepEqual(
      families.map(({ name, type }) => ({ name, type })),
      [{ name: 'g', type: 'gauge' }],
    );
  });

  for (const mode of ['min', 'max'] as const) {
    it(`leave processes that never wrote out of the ${mode}`, () => {
      deepEqual(merged(gauge('a', mode, [0, 0]), gauge('b', mode, [-3, 7])), ['g -3']);
      deepEqual(merged(gauge('a', mode, [0, 0]), gauge('b', mode, [3, 7])), ['g 3']);
      deepEqual(merged(gauge('a', mode, [0, 0]), gauge('b', mode, [0, 0])), ['g 0']);
    });

    it(`pass over NaN for ${mode}, unless nobody wrote anything else`, () => {
      const nan = gauge('a', mode, [Number.NaN, 7]);
      deepEqual(merged(nan, gauge('b', mode, [2, 7])), ['g 2']);
      deepEqual(merged(gauge('0', mode, [2, 7]), nan), ['g 2']);
      deepEqual(merged(nan, gauge('b', mode, [0, 0])), ['g NaN']);
    });
  }

  it('show the extremes of infinite values', () => {
    const values = [Infinity, 3, -Infinity];
    const all = (mode: MultiprocessMode): Contribution[] =>
      values.map((value, i) => gauge(`${i}`, mode, [value, 1]));
    deepEqual(merged(...all('min')), ['g -Infinity']);
    deepEqual(merged(...all('max')), ['g Infinity']);
    deepEqual(merged(...all('sum')), ['g NaN']);
  });

  it('make a sum NaN when one of its parts is', () => {
    deepEqual(merged(gauge('a', 'sum', [Number.NaN]), gauge('b', 'sum', [2])), ['g NaN']);
  });

  it('show a NaN that was written last', () => {
    deepEqual(merged(gauge('a', 'mostrecent', [Number.NaN, 8]), gauge('b', 'mostrecent', [2, 7])), [
      'g NaN',
    ]);
  });

  it('show 0 for mostrecent when nobody ever wrote', () => {
    deepEqual(merged(gauge('a', 'mostrecent', [0, 0]), gauge('b', 'mostrecent', [0, 0])), ['g 0']);
  });

  it('show what the newest process wrote when two wrote at the same moment, then by id', () => {
    const old = gauge('a', 'mostrecent', [1, 7], { startTime: 10 });
    const young = gauge('b', 'mostrecent', [2, 7], { startTime: 20 });
    const twin = gauge('c', 'mostrecent', [3, 7], { startTime: 20 });
    deepEqual(merged(old, young), ['g 2']);
    deepEqual(merged(young, old), ['g 2']);
    deepEqual(merged(twin, old, young), ['g 2']);
  });

  it('show a value that was written to one that was not, whenever its process began', () => {
    deepEqual(
      merged(
        gauge('a', 'mostrecent', [4, 7], { startTime: 10 }),
        gauge('b', 'mostrecent', [0, 0], { startTime: 20 }),
      ),
      ['g 4'],
    );
  });
});

describe('enums', () => {
  const STATES = ['idle', 'busy'];
  function state(
    id: string,
    mode: MultiprocessMode,
    cells: readonly number[],
    alive = true,
  ): Contribution {
    const family: Declared = {
      name: 'e',
      type: 'stateset',
      mode,
      states: STATES,
      series: [[[], cells]],
    };
    return contribution({ id, alive }, family);
  }

  it('show the state of each process for all, and only of those that live for liveall', () => {
    const processes = (mode: MultiprocessMode): Contribution[] => [
      state('1', mode, [1, 0]),
      state('2', mode, [0, 1], false),
    ];
    deepEqual(merged(...processes('all')), [
      'e{pid="1",e="idle"} 1',
      'e{pid="1",e="busy"} 0',
      'e{pid="2",e="idle"} 0',
      'e{pid="2",e="busy"} 1',
    ]);
    deepEqual(merged(...processes('liveall')), ['e{pid="1",e="idle"} 1', 'e{pid="1",e="busy"} 0']);
  });

  it('show the state set last for mostrecent', () => {
    const processes = (mode: MultiprocessMode): Contribution[] => [
      state('1', mode, [1, 0, 5]),
      state('2', mode, [0, 1, 6], false),
    ];
    deepEqual(merged(...processes('mostrecent')), ['e{e="idle"} 0', 'e{e="busy"} 1']);
    deepEqual(merged(...processes('livemostrecent')), ['e{e="idle"} 1', 'e{e="busy"} 0']);
  });

  it('show the initial state where none was ever set, rather than none at all', () => {
    deepEqual(merged(state('1', 'mostrecent', [1, 0, 0]), state('2', 'mostrecent', [1, 0, 0])), [
      'e{e="idle"} 1',
      'e{e="busy"} 0',
    ]);
  });
});

describe('counters, summaries and histograms', () => {
  it('are added, those of processes that ended too', () => {
    const of = (id: string, alive: boolean, n: number): Contribution =>
      contribution(
        { id, alive },
        { name: 'c', type: 'counter', series: [[[], [n]]] },
        { name: 's', type: 'summary', series: [[[], [n, n * 10]]] },
        {
          name: 'h',
          type: 'histogram',
          bounds: [1, 2],
          series: [[[], [n, n + 1, n + 2, n * 100]]],
        },
      );
    deepEqual(merged(of('a', true, 1), of('b', false, 2), of('c', true, 4)), [
      'c_total 7',
      'h_bucket{le="1.0"} 7',
      'h_bucket{le="2.0"} 17',
      'h_bucket{le="+Inf"} 30',
      'h_sum 700',
      'h_count 30',
      's_sum 70',
      's_count 7',
    ]);
  });
});

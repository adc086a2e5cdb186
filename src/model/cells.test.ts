import { deepEqual, equal } from 'node:assert/strict';
import { describe, it } from 'node:test';
import { cellCount, type InstrumentType, isStamped, MULTIPROCESS_MODES } from './cells.ts';

describe('cellCount', () => {
  const counts: readonly (readonly [InstrumentType, number])[] = [
    ['counter', 2],
    ['gauge', 1],
    ['summary', 3],
    ['histogram', 5],
    ['info', 0],
    ['stateset', 3],
  ];
  for (const [type, count] of counts) {
    it(`is ${count} for a ${type}`, () => {
      const family = { type, mode: 'sum', bounds: [1, 2], states: ['a', 'b', 'c'] } as const;
      equal(cellCount(family), count);
    });
  }

  it('has one more where the time of the last write is kept', () => {
    equal(cellCount({ type: 'gauge', mode: 'mostrecent', bounds: [], states: [] }), 2);
    equal(cellCount({ type: 'stateset', mode: 'mostrecent', bounds: [], states: ['a', 'b'] }), 3);
  });
});

describe('isStamped', () => {
  it('is true for the modes in which one process’s value wins', () => {
    const stamped = (type: InstrumentType): string[] =>
      MULTIPROCESS_MODES.filter((mode) => isStamped({ type, mode }));
    const winning = ['min', 'livemin', 'max', 'livemax', 'mostrecent', 'livemostrecent'];
    deepEqual(stamped('gauge'), winning);
    deepEqual(stamped('stateset'), winning);
    deepEqual(stamped('counter'), []);
    deepEqual(stamped('histogram'), []);
  });
});

import { deepEqual, equal } from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { NativeExemplars, type TimedExemplar } from './native-exemplars.ts';

function exemplar(value: number, timestamp: number): TimedExemplar {
  return { labels: { id: `${timestamp}` }, value, timestamp };
}

/** Powers of ten from 1, one each second from 1: full, and as far from each other as can be. */
function filled(): NativeExemplars {
  const exemplars = new NativeExemplars();
  for (let i = 0; i < 10; i++) exemplars.add(exemplar(10 ** i, i + 1));
  return exemplars;
}

const values = (exemplars: NativeExemplars): number[] => exemplars.list.map(({ value }) => value);

describe('NativeExemplars', () => {
  it('keeps ten, ascending by value', () => {
    const exemplars = new NativeExemplars();
    [5, -1, 3, 3, 0, 9, 7, Infinity, 2].forEach((value, i) => {
      exemplars.add(exemplar(value, i));
    });
    equal(exemplars.isFull, false);
    deepEqual(values(exemplars), [-1, 0, 2, 3, 3, 5, 7, 9, Infinity]);
    exemplars.add(exemplar(4, 9));
    equal(exemplars.isFull, true);
  });

  it('leaves out the older one of the two that are nearest to each other', () => {
    const exemplars = filled();
    exemplars.add(exemplar(11, 11));
    // 10 is nearer to the new one than any two there were.
    deepEqual(values(exemplars), [1, 11, 100, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9]);
    exemplars.add(exemplar(1e5 + 1, 12));
    exemplars.add(exemplar(1e10, 13));
    // 11 and 100 are nearest to each other, and 100 is older.
    deepEqual(values(exemplars), [1, 11, 1e3, 1e4, 1e5 + 1, 1e6, 1e7, 1e8, 1e9, 1e10]);
  });

  it('leaves out the one above the new one where that is nearest', () => {
    const exemplars = filled();
    exemplars.add(exemplar(9, 11));
    deepEqual(values(exemplars), [1, 9, 100, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9]);
  });

  it('leaves out the oldest once that is five minutes old', () => {
    const exemplars = filled();
    exemplars.add(exemplar(11, 301));
    deepEqual(values(exemplars)[1], 11);
    exemplars.add(exemplar(12, 301.5));
    deepEqual(values(exemplars), [11, 12, 100, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9]);
  });

  it('takes values of different signs, and 0, for far from each other', () => {
    const exemplars = new NativeExemplars();
    const first = [-1e9, -3, -1e-9, 0, 1e-9, 1, 1.5, 1e3, 1e6, 1e9];
    first.forEach((value, i) => {
      exemplars.add(exemplar(value, i));
    });
    exemplars.add(exemplar(-1, 11));
    deepEqual(values(exemplars), [-1e9, -3, -1, -1e-9, 0, 1e-9, 1.5, 1e3, 1e6, 1e9]);
  });

  it('never has more than ten, and always the new one', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.double({ noNaN: true }), fc.nat({ max: 1000 })), { minLength: 1 }),
        (steps) => {
          const exemplars = new NativeExemplars();
          for (const [value, timestamp] of steps) {
            const coming = exemplar(value, timestamp);
            exemplars.add(coming);
            const all = values(exemplars);
            equal(exemplars.list.includes(coming), true);
            equal(all.length <= 10, true);
            deepEqual(
              all,
              [...all].sort((one, other) => (one < other ? -1 : one > other ? 1 : 0)),
            );
          }
        },
      ),
    );
  });
});

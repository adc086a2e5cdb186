import { deepEqual, equal } from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { contribution } from '../../test/contributions.ts';
import type { Contribution } from './contribution.ts';
import { Merger } from './merger.ts';
import { Rests } from './rests.ts';

function counting(id: string, value: number, startTime: number = 0): Contribution {
  const series = [[[], [value]]] as const;
  return contribution({ id, startTime }, { name: 'c', type: 'counter', series });
}

function total(contributions: readonly Contribution[]): number {
  const [family] = new Merger().merge(contributions).families;
  const [sample] = [...family!.samples];
  return sample!.value;
}

describe('sums of many processes', () => {
  it('are the nearest number to the true sum', () => {
    // Added from the left these are 0.9999999999999999, and 1.1102230246251565e-16 is lost.
    deepEqual(total(Array.from({ length: 10 }, (_, i) => counting(String(i), 0.1))), 1);
    deepEqual(total([counting('a', 1e17), counting('b', 1), counting('c', -1e17)]), 1);
  });

  it('are the same in every order', () => {
    const seconds = fc.array(fc.double({ min: 1e-6, max: 1e6, noNaN: true }), { maxLength: 40 });
    fc.assert(
      fc.property(seconds, fc.infiniteStream(fc.nat(1000)), (values, times) => {
        const given = values.map((value, i) => counting(String(i), value));
        const shuffled = given.map((one) => ({ ...one, startTime: times.next().value }));
        if (values.length > 0) equal(total(shuffled), total(given));
      }),
    );
  });

  it('stay infinite or none', () => {
    equal(total([counting('a', Infinity), counting('b', 0.1), counting('c', 0.2)]), Infinity);
    equal(total([counting('a', 0.1), counting('b', NaN), counting('c', 0.2)]), NaN);
  });
});

describe('Rests', () => {
  it('takes no room as long as nothing is lost', () => {
    const rests = new Rests(2);
    equal(rests.isEmpty, true);
    equal(rests.at(1), 0);
    rests.add(1, 0.25);
    equal(rests.isEmpty, false);
    equal(rests.at(1), 0.25);
  });

  it('moves to the sum what it can hold', () => {
    const rests = new Rests(2);
    const sums = Float64Array.of(1, 2 ** 53);
    rests.add(0, 0.5);
    rests.add(1, 2.5);
    rests.normalize(sums);
    deepEqual([...sums, rests.at(0), rests.at(1)], [1.5, 2 ** 53 + 2, 0, 0.5]);
  });
});

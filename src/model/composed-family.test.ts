import { deepEqual, equal } from 'node:assert/strict';
import { describe, it } from 'node:test';
import { composedFamily, PassingWriter, pointsFamily } from './composed-family.ts';
import type { FamilyHeader, FamilyWriter } from './family.ts';

const HEADER: FamilyHeader = {
  name: 'own',
  type: 'gauge',
  help: 'Own.',
  unit: '',
  labelNames: ['a', 'b'],
  constantLabels: [],
};

const family = pointsFamily(HEADER, [
  { labelValues: ['x', 'y'], write: (to) => to.number(1) },
  { labelValues: ['x', 'z'], write: (to) => to.number(2) },
]);

/** Takes down each call, and is full after every point. */
function recorder(): { calls: unknown[][]; writer: FamilyWriter } {
  const calls: unknown[][] = [];
  let full = false;
  const note =
    (method: string) =>
    (...given: unknown[]): void => {
      calls.push([method, ...given]);
      full = method === 'number';
    };
  const writer = {
    get full() {
      const was = full;
      full = false;
      return was;
    },
    ...Object.fromEntries(
      ['begin', 'label', 'at', 'number', 'histogram', 'summary', 'info', 'stateSet', 'sample'].map(
        (method) => [method, note(method)],
      ),
    ),
  } as FamilyWriter;
  return { calls, writer };
}

describe('pointsFamily', () => {
  it('goes on behind the point at which the writer was full', () => {
    const { calls, writer } = recorder();
    const walk = family.walk(writer);
    deepEqual([walk.advance(), walk.advance()], [false, true]);
    deepEqual(calls, [
      ['begin', HEADER],
      ['label', 0, 'x'],
      ['label', 1, 'y'],
      ['number', 1],
      ['label', 0, 'x'],
      ['label', 1, 'z'],
      ['number', 2],
    ]);
  });
});

describe('composedFamily', () => {
  it('has the header and samples of its walk', () => {
    const renamed = composedFamily({ ...HEADER, name: 'renamed' }, (writer) => family.walk(writer));
    equal(renamed.name, 'renamed');
    deepEqual(
      Array.from(renamed.samples, ({ value }) => value),
      [1, 2],
    );
  });
});

describe('PassingWriter', () => {
  it('passes on every call with all that it is given', () => {
    const { calls, writer } = recorder();
    const passing = new PassingWriter(writer);
    const given: unknown[][] = [
      ['begin', HEADER],
      ['label', 0, 'x'],
      ['at', 5],
      ['histogram', {}],
      ['summary', {}],
      ['info', [['a', 'b']]],
      ['stateSet', ['on'], () => true],
      ['sample', '_sum', undefined, 3, { labels: {}, value: 1 }],
      ['number', 1, 2, { labels: {}, value: 1 }],
    ];
    for (const [method, ...rest] of given) {
      (passing as unknown as Record<string, (...rest: unknown[]) => void>)[method as string]!(
        ...rest,
      );
    }
    deepEqual(calls, given);
    equal(passing.full, true);
  });
});

import { deepEqual } from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { family } from '../../test/decoded-families.ts';
import { recordFamily } from '../../test/recorded-family.ts';
import type { FamilyWriter } from '../model/family.ts';
import { parseProtobuf, toProtobuf } from './index.ts';

const VALUES = [
  '',
  'a',
  'b',
  'é',
  'ab',
  'bé',
  '\0',
  '\0\0\0\0\0\0\0',
  'x'.repeat(40),
  'y'.repeat(200),
];
const STARTS = [undefined, undefined, undefined, 5, 5.5, 1700000000.25, -1];

describe('Counters of protobuf that follow each other', () => {
  it('are read each with its own labels, start time, exemplar and time', async () => {
    const metric = fc.record({
      labels: fc.tuple(fc.constantFrom(...VALUES), fc.constantFrom(...VALUES)),
      created: fc.constantFrom(...STARTS),
      value: fc.constantFrom(0, 1, 2.5),
      isTimed: fc.constantFrom(false, false, false, true),
      exemplar: fc.constantFrom(undefined, undefined, undefined, { labels: { a: 'b' }, value: 1 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(metric, { maxLength: 12 }), async (given) => {
        const made = family(
          { name: 'c', type: 'counter', labelNames: ['l', 'm'] },
          ...given.map(({ labels, created, value, isTimed, exemplar }) => {
            return (writer: FamilyWriter): void => {
              writer.label(0, labels[0]);
              writer.label(1, labels[1]);
              if (isTimed) writer.at(3);
              writer.number(value, created, exemplar);
            };
          }),
        );
        const [read] = parseProtobuf(await toProtobuf({ collect: () => [made] }));
        deepEqual(
          read && recordFamily(read).points,
          given.length > 0 ? recordFamily(made).points : read && [],
        );
      }),
      { numRuns: 1000, seed: 20_261_122 },
    );
  });
});

import { deepEqual } from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { metrics } from '../../../test/decoded-families.ts';
import type { FamilyWriter } from '../../model/family.ts';

/** Of lengths that are the same in characters, in bytes, or in neither. */
const VALUES = ['', 'a', 'b', 'é', 'ab', 'bé', 'éé', 'cde', '€', '🦀', 'x'.repeat(130)];

interface Decoded {
  readonly label?: readonly { readonly name: string; readonly value: string }[];
}

describe('Labels in protobuf', () => {
  it('are those of their metric, whichever the metric before had', async () => {
    const change = fc.tuple(
      fc.nat(2),
      fc.array(fc.constantFrom(...VALUES), { minLength: 3, maxLength: 3 }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(change, { maxLength: 30 }), async (changes) => {
        let values = ['', '', ''];
        const expected: string[][] = [];
        const shown = (await metrics(
          { name: 'a', type: 'gauge', labelNames: ['b', 'c', 'd'] },
          ...changes.map(([from, fresh], i) => {
            const first = i === 0 ? 0 : from;
            values = values.map((value, depth) => (depth < first ? value : fresh[depth]!));
            const own = values;
            expected.push(own);
            return (writer: FamilyWriter): void => {
              for (let depth = first; depth < 3; depth++) writer.label(depth, own[depth]!);
              writer.number(i);
            };
          }),
        )) as Decoded[] | undefined;
        deepEqual(
          (shown ?? []).map(({ label }) => label?.map(({ value }) => value)),
          expected,
        );
      }),
      { numRuns: 500, seed: 20_261_122 },
    );
  });
});

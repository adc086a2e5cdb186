import { deepEqual, equal } from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { processLabels } from './process-labels.ts';

function labels(...processes: readonly [id: string, process: string][]): Record<string, string> {
  return Object.fromEntries(processLabels(processes.map(([id, process]) => ({ id, process }))));
}

describe('processLabels', () => {
  it('names a process as it names itself while no other has that name', () => {
    deepEqual(labels(['9f3c22', '4711'], ['07aa01', '4711-2']), {
      '9f3c22': '4711',
      '07aa01': '4711-2',
    });
  });

  it('adds the beginning of the id to all that share a name', () => {
    deepEqual(labels(['9f3c22', '1'], ['07aa01', '1'], ['ffffff', '2']), {
      '9f3c22': '1-9f3c',
      '07aa01': '1-07aa',
      ffffff: '2',
    });
  });

  it('adds more of the id where its beginning is not enough', () => {
    deepEqual(labels(['9f3c22', '1'], ['9f3c21', '1']), {
      '9f3c22': '1-9f3c22',
      '9f3c21': '1-9f3c21',
    });
  });

  it('adds the id to all where a process is named as another is with its id', () => {
    deepEqual(labels(['aaaa', '1'], ['bbbb', '1'], ['cccc', '1-aaaa']), {
      aaaa: '1-aaaa',
      bbbb: '1-bbbb',
      cccc: '1-aaaa-cccc',
    });
  });

  it('never names two processes alike', () => {
    const hex = fc.string({ unit: fc.constantFrom('0', 'a'), minLength: 1, maxLength: 6 });
    const process = fc.string({ unit: fc.constantFrom('0', 'a', '-'), maxLength: 7 });
    const processes = fc.uniqueArray(fc.record({ id: hex, process }), {
      selector: ({ id }) => id,
      maxLength: 12,
    });
    fc.assert(
      fc.property(processes, (all) => {
        equal(new Set(processLabels(all).values()).size, all.length);
      }),
    );
  });
});

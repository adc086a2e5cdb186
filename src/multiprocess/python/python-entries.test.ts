import { deepEqual, ok, throws } from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { type PythonValue, pythonFile } from '../../../test/processes/python-files.ts';
import { UnreadableError } from '../segment/unreadable.ts';
import { type PythonEntry, parseEntries, type ValueBytes } from './python-entries.ts';

function parse(file: Uint8Array, valueBytes: ValueBytes = 16, used?: number): PythonEntry[] {
  const bytes = aligned(file);
  const end = used ?? new Int32Array(bytes.buffer)[0]!;
  const steps = parseEntries({ bytes, from: 8, used: end, valueBytes, path: '/m/counter_1.db' });
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}

/** In a buffer of their own: a Buffer may lie anywhere in another one. */
function aligned(bytes: Uint8Array): Uint8Array {
  const copy = new Uint8Array(Math.ceil(bytes.length / 8) * 8);
  copy.set(bytes);
  return copy;
}

const VALUES: readonly PythonValue[] = [
  { family: 'jobs', sample: 'jobs_total', help: 'Jobs.', labels: { b: '"é"', a: '' }, value: 1.5 },
  { family: 'jobs', sample: 'jobs_total', help: 'Jobs.', labels: { a: 'x', b: 'y' }, value: 2 },
];

const ENTRIES: readonly PythonEntry[] = [
  {
    family: 'jobs',
    sample: 'jobs_total',
    labels: [
      ['a', ''],
      ['b', '"é"'],
    ],
    help: 'Jobs.',
    place: 8,
  },
  {
    family: 'jobs',
    sample: 'jobs_total',
    labels: [
      ['a', 'x'],
      ['b', 'y'],
    ],
    help: 'Jobs.',
    place: 17,
  },
];

describe('parseEntries', () => {
  it('reads a file to the byte', () => {
    const hex = [
      '68000000 00000000 19000000 5b227322 2c202273 5f636f75 6e74222c 207b7d2c',
      '20226822 5d202020 00000000 0000f03f 00000000 00000000 17000000 5b227322',
      '2c202273 5f73756d 222c207b 7d2c2022 6822 5d20 20202020 00000000 00000040',
      '00000000 00000000',
    ].join('');
    const bytes = Buffer.from(hex.replaceAll(/\s/g, ''), 'hex');
    deepEqual(parse(bytes), [
      { family: 's', sample: 's_count', labels: [], help: 'h', place: 5 },
      { family: 's', sample: 's_sum', labels: [], help: 'h', place: 11 },
    ]);
    const numbers = new Float64Array(aligned(bytes).buffer);
    deepEqual([numbers[5], numbers[11]], [1, 2]);
  });

  it('reads both layouts, and takes neither for the other', () => {
    const old = pythonFile(VALUES, { times: false });
    const [first, second] = ENTRIES;
    deepEqual(parse(pythonFile(VALUES)), ENTRIES);
    deepEqual(parse(old, 8), [first, { ...second, place: 16 }]);
    throws(() => parse(old), UnreadableError);
    throws(() => parse(pythonFile(VALUES), 8), UnreadableError);
  });

  it('reads keys without help', () => {
    const [{ help: _, ...value } = VALUES[0]!] = VALUES;
    deepEqual(parse(pythonFile([value])), [{ ...ENTRIES[0], help: '', place: 7 }]);
  });

  it('repairs half surrogate pairs, which Python writes and UTF-8 cannot hold', () => {
    const file = pythonFile([{ ...VALUES[0]!, labels: { a: '\ud800' }, help: '\udfff' }]);
    const [{ labels, help } = ENTRIES[0]!] = parse(file);
    deepEqual([labels, help], [[['a', '\ufffd']], '\ufffd']);
  });

  it('says where a file is damaged', () => {
    const file = pythonFile([VALUES[0]!]);
    file[8] = 200;
    throws(() => parse(file), {
      code: 'FILE_CORRUPT',
      message:
        'file "/m/counter_1.db": is damaged at byte 8, expected a key and its value, got a length of 200',
    });
    const other = pythonFile([{ family: 'a', sample: 'a', help: 'h', value: 0 }]);
    other.set(Buffer.from('{}'), 12);
    throws(() => parse(other), {
      code: 'FILE_CORRUPT',
      message:
        'file "/m/counter_1.db": is damaged at byte 8, expected [family, sample, labels, help], got "{}a\\",\\"a\\",{},\\"h\\"]"',
    });
  });

  for (const key of ['[]', '["","x",{},""]', '["x","x",[],""]', '["x","x",{"a":1},""]', '1']) {
    it(`refuses the key ${key}`, () => {
      const length = Buffer.byteLength(key);
      const padding = 8 - ((length + 4) % 8);
      const file = Buffer.alloc(8 + 4 + length + padding + 16);
      file.writeInt32LE(length, 8);
      file.write(key + ' '.repeat(padding), 12);
      throws(() => parse(file, 16, file.length), UnreadableError);
    });
  }

  it('throws nothing else, whatever bytes are damaged', () => {
    const file = pythonFile(VALUES);
    const length = new Int32Array(aligned(file).buffer)[0]!;
    const damage = fc.array(
      fc.record({ at: fc.nat(length - 9).map((at) => at + 8), to: fc.nat(255) }),
      { minLength: 1, maxLength: 4 },
    );
    fc.assert(
      fc.property(
        damage,
        fc.constantFrom<ValueBytes>(8, 16),
        fc.nat(length / 8),
        (all, size, short) => {
          const damaged = Uint8Array.from(file);
          for (const { at, to } of all) damaged[at] = to;
          try {
            ok(parse(damaged, size, length - 8 * Math.min(short, length / 8 - 1)).length <= 2);
          } catch (error) {
            ok(error instanceof UnreadableError, String(error));
          }
        },
      ),
      { numRuns: 2000 },
    );
  });
});

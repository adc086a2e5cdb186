import { deepEqual, equal } from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { FamilyHeader } from '../model/family.ts';
import { LONGEST_VALUE, type NumberRows, RowCursor } from '../model/number-rows.ts';
import { TextWriter } from './text-writer.ts';

const decoder = new TextDecoder();

/** Rows of one label, whose numbers are 0, 1, 2 … and lie behind each other. */
function rowsOf(values: readonly string[]): NumberRows {
  const bytes: number[] = [];
  for (const [i, value] of values.entries()) {
    const text = Buffer.from(value);
    bytes.push(i === 0 ? 0x40 : 0, text.length, ...text);
    if (i === 0) bytes.push(0, 0, 0, 0, 0);
  }
  const page = new DataView(Uint8Array.from([...bytes, ...new Array<number>(8).fill(0)]).buffer);
  const cells = Float64Array.from(values, (_, i) => i);
  return {
    depth: 1,
    pages: [page],
    numbers: [{ cells, view: new DataView(cells.buffer) }],
    stride: 8,
    isPacked: false,
    hasStartTime: false,
  };
}

function family(name: string, more: Partial<FamilyHeader> = {}): FamilyHeader {
  return {
    name,
    type: 'gauge',
    help: 'H.',
    unit: '',
    labelNames: ['l'],
    constantLabels: [],
    ...more,
  };
}

describe('rows as lines', () => {
  it('are what the same labels and numbers are', () => {
    const writer = new TextWriter();
    writer.begin(family('g', { constantLabels: [['zone', 'eu']] }));
    const cursor = new RowCursor(rowsOf(['a', '', 'üb', 'a'.repeat(100)]));
    writer.numberRows(cursor);
    equal(cursor.isAtEnd, true);
    equal(
      decoder.decode(writer.take()),
      `# HELP g H.
# TYPE g gauge
g{zone="eu",l="a"} 0
g{zone="eu",l=""} 1
g{zone="eu",l="üb"} 2
g{zone="eu",l="${'a'.repeat(100)}"} 3
`,
    );
  });

  it('have names in quotes within the braces', () => {
    const writer = new TextWriter({ escaping: 'allow-utf-8' });
    writer.begin(family('grüße', { labelNames: ['wie oft'] }));
    writer.numberRows(new RowCursor(rowsOf(['a'])));
    equal(
      decoder.decode(writer.take()),
      '# HELP "grüße" H.\n# TYPE "grüße" gauge\n{"grüße","wie oft"="a"} 0\n',
    );
  });

  it('pause where the chunk is full, and go on after it was taken', () => {
    const values = Array.from({ length: 2000 }, (_, i) => `${i}`.padEnd(50, '.'));
    const writer = new TextWriter();
    writer.begin(family('g'));
    const cursor = new RowCursor(rowsOf(values));
    let text = '';
    let chunks = 0;
    for (; !cursor.isAtEnd; chunks++) {
      writer.numberRows(cursor);
      text += decoder.decode(writer.take());
    }
    equal(chunks, 3);
    const lines = text.split('\n').slice(2, -1);
    deepEqual(
      lines,
      values.map((value, i) => `g{l="${value}"} ${i}`),
    );
  });

  it('of another family begin anew, where those before were not completed', () => {
    const values = Array.from({ length: 2000 }, (_, i) => `${i}`.padEnd(50, '.'));
    const writer = new TextWriter();
    writer.mark();
    writer.begin(family('first'));
    writer.numberRows(new RowCursor(rowsOf(values)));
    writer.rewind();
    writer.begin(family('second'));
    writer.numberRows(new RowCursor(rowsOf(['a'])));
    equal(
      decoder.decode(writer.take()),
      '# HELP second H.\n# TYPE second gauge\nsecond{l="a"} 0\n',
    );
  });

  it('find room for lines that are longer than a chunk has left', () => {
    const zone = 'z'.repeat(20_000);
    const writer = new TextWriter();
    writer.begin(family('g', { constantLabels: [['zone', zone]] }));
    writer.numberRows(new RowCursor(rowsOf(['a', 'b', 'c', 'd'])));
    const lines = decoder.decode(writer.take()).split('\n').slice(2, -1);
    deepEqual(
      lines,
      ['a', 'b', 'c'].map((value, i) => `g{zone="${zone}",l="${value}"} ${i}`),
    );
  });

  it('find room for the longest value behind a line of any length', () => {
    const longest = 'v'.repeat(LONGEST_VALUE);
    for (let length = 21_000; length < 22_000; length += 40) {
      const zone = 'z'.repeat(length);
      const writer = new TextWriter();
      writer.begin(family('g', { constantLabels: [['zone', zone]] }));
      writer.numberRows(new RowCursor(rowsOf([longest, longest, longest])));
      const lines = decoder.decode(writer.take()).split('\n').slice(2, -1);
      deepEqual(
        lines,
        [0, 1, 2].map((i) => `g{zone="${zone}",l="${longest}"} ${i}`),
      );
    }
  });
});

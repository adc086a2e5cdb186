import { deepEqual, equal } from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import { wellFormed } from '../../model/label-value.ts';
import { LONGEST_VALUE, MOST_LABELS, type NumberRows, RowCursor } from '../../model/number-rows.ts';
import { PACKED_COUNT_BYTES, writeCount, writeStartTime } from '../../model/packed-count.ts';
import { placeOfCell, RowRecorder } from './row-recorder.ts';

const CELLS = { stride: 8, isPacked: false, hasStartTime: false };
const NOWHERE = { full: false, label(): void {} };

/** A series: the labels from the first that changes on, and its number. */
type Series = readonly [from: number, values: readonly string[], number: number];

/** Records series whose numbers lie behind each other. */
function recorded(depth: number, series: readonly Series[]): NumberRows | undefined {
  const recorder = new RowRecorder(NOWHERE, depth, CELLS);
  const cells = Float64Array.from(series, ([, , number]) => number);
  for (const [i, [from, values]] of series.entries()) {
    for (const [j, value] of values.entries()) recorder.label(from + j, value);
    recorder.number(placeOfCell(cells, i));
  }
  return recorder.finish();
}

/** All labels and numbers that a cursor comes to. */
function readBack(rows: NumberRows, cursor = new RowCursor(rows)): [string[], number][] {
  const read: [string[], number][] = [];
  const labels: string[] = [];
  const decoder = new TextDecoder();
  while (cursor.next()) {
    let { at } = cursor;
    for (let depth = cursor.from; depth < rows.depth; depth++) {
      const count = cursor.bytes.getUint8(at++);
      const { buffer, byteOffset } = cursor.bytes;
      labels[depth] = decoder.decode(new Uint8Array(buffer, byteOffset + at, count));
      at += count;
    }
    if (cursor.findNumber(at)) read.push([[...labels], cursor.number()]);
  }
  return read;
}

describe('RowRecorder', () => {
  it('records labels that change, and numbers', () => {
    const rows = recorded(2, [
      [0, ['GET', '200'], 1],
      [1, ['404'], 2.5],
      [0, ['PÖST', ''], Number.NaN],
    ]);
    deepEqual(readBack(rows!), [
      [['GET', '200'], 1],
      [['GET', '404'], 2.5],
      [['PÖST', ''], Number.NaN],
    ]);
  });

  it('takes a byte for the depth and one for each length', () => {
    const rows = recorded(2, [
      [0, ['GET', '200'], 1],
      [1, ['404'], 2],
    ])!;
    const slack = 8;
    const place = 5;
    equal(rows.pages[0]!.byteLength, 1 + 1 + 3 + 1 + 3 + place + 1 + 1 + 3 + slack);
  });

  it('gives labels on to its writer', () => {
    const seen: [number, string][] = [];
    const recorder = new RowRecorder(
      { full: true, label: (depth, value) => void seen.push([depth, value]) },
      1,
      CELLS,
    );
    recorder.label(0, 'a"');
    equal(recorder.full, true);
    deepEqual(seen, [[0, 'a"']]);
  });

  it('goes by the last value of a label below which there was no series', () => {
    const recorder = new RowRecorder(NOWHERE, 3, CELLS);
    const cells = Float64Array.of(7, 8);
    for (const [depth, value] of ['a', 'b', 'c'].entries()) recorder.label(depth, value);
    recorder.label(1, 'd');
    recorder.label(2, 'e');
    recorder.label(2, 'f');
    recorder.number(placeOfCell(cells, 0));
    recorder.label(1, 'g');
    recorder.label(0, 'h');
    recorder.label(1, 'i');
    recorder.label(2, 'j');
    recorder.number(placeOfCell(cells, 1));
    deepEqual(readBack(recorder.finish()!), [
      [['a', 'd', 'f'], 7],
      [['h', 'i', 'j'], 8],
    ]);
  });

  it('reads packed counts, and when they began', () => {
    const view = new DataView(new ArrayBuffer(2 * PACKED_COUNT_BYTES), 0);
    writeStartTime(view, PACKED_COUNT_BYTES, 1700000000.123);
    writeCount(view, PACKED_COUNT_BYTES, 42);
    const layout = { stride: PACKED_COUNT_BYTES, isPacked: true, hasStartTime: true };
    const recorder = new RowRecorder(NOWHERE, 1, layout);
    recorder.label(0, 'a');
    recorder.number({ buffer: view.buffer, offset: PACKED_COUNT_BYTES });
    const rows = recorder.finish()!;
    const cursor = new RowCursor(rows);
    deepEqual(readBack(rows, cursor), [[['a'], 42]]);
    equal(cursor.startTime(), 1700000000.123);
  });

  it('leaves out what was dropped, and shows what is there when it is read', () => {
    const recorder = new RowRecorder(NOWHERE, 1, CELLS);
    const cells = Float64Array.of(1, 2, 3);
    for (const [i, value] of ['a', 'b', 'c'].entries()) {
      recorder.label(0, value);
      recorder.number(placeOfCell(cells, i));
    }
    const rows = recorder.finish()!;
    const cursor = new RowCursor(rows);
    cursor.drop(rows.numbers[0]!, 8);
    cells[2] = 30;
    deepEqual(readBack(rows, cursor), [
      [['a'], 1],
      [['c'], 30],
    ]);
  });

  const impossible: readonly [string, number, readonly Series[]][] = [
    ['no series', 1, []],
    ['a value with a quote', 1, [[0, ['a"b'], 1]]],
    ['a value with a backslash', 1, [[0, ['\\'], 1]]],
    ['a value with a line feed', 1, [[0, ['\n'], 1]]],
    ['a value with a quote behind another letter than ASCII has', 1, [[0, ['ü"'], 1]]],
    ['a value that is too long', 1, [[0, ['a'.repeat(LONGEST_VALUE + 1)], 1]]],
    ['a value that is too long as UTF-8', 1, [[0, ['ü'.repeat(LONGEST_VALUE / 2 + 1)], 1]]],
    ['a number without its last label', 2, [[0, ['a'], 1]]],
    [
      'two numbers of the same labels',
      1,
      [
        [0, ['a'], 1],
        [1, [], 2],
      ],
    ],
    ['too many labels', MOST_LABELS + 1, [[0, new Array<string>(MOST_LABELS + 1).fill('a'), 1]]],
  ];
  for (const [what, depth, series] of impossible) {
    it(`has no rows for ${what}`, () => equal(recorded(depth, series), undefined));
  }

  it('has no rows for a number that lies 16 MiB from the beginning of its buffer', () => {
    for (const [offset, isPossible] of [
      [2 ** 24 - 8, true],
      [2 ** 24, false],
    ] as const) {
      const recorder = new RowRecorder(NOWHERE, 1, CELLS);
      recorder.label(0, 'a');
      recorder.number({ buffer: new ArrayBuffer(2 ** 24 + 8), offset });
      equal(recorder.finish() !== undefined, isPossible);
    }
  });

  it('takes the longest values, and the most labels', () => {
    const longest = 'a'.repeat(LONGEST_VALUE);
    const rows = recorded(1, [[0, [longest], 1]]);
    deepEqual(readBack(rows!), [[[longest], 1]]);
    const most = new Array<string>(MOST_LABELS).fill(longest);
    const twice = recorded(MOST_LABELS, [
      [0, most, 1],
      [0, most, 2],
    ]);
    deepEqual(readBack(twice!), [
      [most, 1],
      [most, 2],
    ]);
  });

  it('has no byte that makes a NaN of eight', () => {
    const rows = recorded(1, [
      [0, ['\u{10ffff}\x7f'], 1],
      [0, ['\x7f'.repeat(LONGEST_VALUE)], 2],
    ])!;
    const page = rows.pages[0]!;
    for (let at = 0; at + 8 <= page.byteLength; at++) {
      equal(Number.isNaN(page.getFloat64(at, true)), false, `at ${at}`);
    }
  });

  it('has none behind its last row either, whatever was there before', () => {
    // A page is used again and again: what lies there comes to any place behind what is new.
    let state = 3 * 7919 + 1;
    const below = (limit: number): number => {
      state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
      return (state >> 8) % limit;
    };
    const series = Array.from({ length: 2000 }, (_, i): Series => {
      const first = below(3) > 0 ? 'x'.repeat(0x7f) : 'y'.repeat(below(9));
      return [0, [first, '\u{1f600}'.repeat(below(50))], i];
    });
    const nan = recorded(2, series)!.pages.filter((page) => {
      for (let at = 0; at + 8 <= page.byteLength; at++) {
        if (Number.isNaN(page.getFloat64(at, true))) return true;
      }
      return false;
    });
    equal(nan.length, 0);
  });

  it('reads back what it recorded, wherever numbers lie', () => {
    const value = fc
      .string({ unit: 'grapheme', maxLength: 40 })
      .map((text) => text.replaceAll(/["\\\n]/g, '').slice(0, 40))
      .map(wellFormed);
    const series = fc.record({
      from: fc.nat(2),
      values: fc.tuple(value, value, value),
      buffer: fc.nat(3),
      cell: fc.oneof(fc.nat(20), fc.nat(20_000)),
    });
    fc.assert(
      fc.property(fc.array(series, { minLength: 1, maxLength: 300 }), (all) => {
        const buffers = Array.from({ length: 4 }, () =>
          Float64Array.from({ length: 20_001 }, (_, i) => i),
        );
        const recorder = new RowRecorder(NOWHERE, 3, CELLS);
        const expected: [string[], number][] = [];
        let labels: string[] = ['', '', ''];
        for (const [i, { from, values, buffer, cell }] of all.entries()) {
          const first = i === 0 ? 0 : from;
          labels = labels.map((label, depth) => (depth < first ? label : values[depth]!));
          for (let depth = first; depth < 3; depth++) recorder.label(depth, labels[depth]!);
          recorder.number(placeOfCell(buffers[buffer]!, cell));
          expected.push([labels, cell]);
        }
        deepEqual(readBack(recorder.finish()!), expected);
      }),
      { numRuns: 60 },
    );
  });
});

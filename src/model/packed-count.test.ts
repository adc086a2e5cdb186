import { deepEqual, equal } from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import {
  addAmount,
  CARRY,
  ONE,
  ONES,
  PACKED_COUNT_BYTES,
  readCount,
  readStartTime,
  writeCount,
  writeStartTime,
} from './packed-count.ts';

const OFFSET = 8;
const HIGHEST = 2 ** 22 - 1;
const LATEST = (2 ** 42 - 1) / 1000;

/** A count with others' bytes on both sides, all of whose bits are set. */
function packed(): DataView {
  const bytes = new Uint8Array(OFFSET + PACKED_COUNT_BYTES + 8).fill(255);
  bytes.fill(0, OFFSET, OFFSET + PACKED_COUNT_BYTES);
  return new DataView(bytes.buffer);
}

const bytesOf = (view: DataView): number[] => [...new Uint8Array(view.buffer)];

/** Has the bits of the increments hold so many, as if they had been counted one by one. */
function putOnes(view: DataView, ones: number): void {
  const word = view.getUint32(OFFSET + 8, true);
  view.setUint32(OFFSET + 8, ((ones << 10) | (word & 1023)) >>> 0, true);
}

describe('a packed count', () => {
  it('has its numbers where the table says', () => {
    const view = packed();
    writeStartTime(view, OFFSET, 1700000000.123);
    addAmount(view, OFFSET, 1.5);
    putOnes(view, 2);
    deepEqual(bytesOf(view).slice(OFFSET, -8), [
      ...[0, 0, 0, 0, 0, 0, 0xf8, 0x3f],
      ...[1700000000123 & 255, ((1700000000123 >>> 8) & 3) | 8, 0, 0],
      ...new Uint8Array(new Uint32Array([Math.floor(1700000000123 / 1024)]).buffer),
    ]);
    equal(readCount(view, OFFSET), 3.5);
    equal(readStartTime(view, OFFSET), 1700000000.123);
  });

  it('counts ones till its word is less than one of them, when the float has to carry', () => {
    const view = packed();
    writeStartTime(view, OFFSET, LATEST);
    const word = (): number => view.getUint32(OFFSET + ONES, true);
    let ones = 0;
    do {
      equal(readCount(view, OFFSET), ones);
      view.setInt32(OFFSET + ONES, (view.getInt32(OFFSET + ONES, true) + ONE) | 0, true);
      ones++;
    } while (word() >= ONE);
    deepEqual([ones, readCount(view, OFFSET)], [CARRY, 0]);
    addAmount(view, OFFSET, CARRY);
    deepEqual([readCount(view, OFFSET), readStartTime(view, OFFSET)], [CARRY, LATEST]);
  });

  it('is what a plain number would be, whatever happens to it, and keeps its start time', () => {
    const step = fc.oneof(
      // Whole 1024ths, whose sums are exact.
      fc.record({ amount: fc.maxSafeNat().map((n) => (n % 2 ** 40) / 1024) }),
      fc.record({ ones: fc.oneof(fc.nat(3), fc.integer({ min: HIGHEST - 2, max: HIGHEST })) }),
      fc.record({ count: fc.nat().map((n) => n / 4) }),
      fc.record({ ms: fc.integer({ min: 0, max: 2 ** 42 - 1 }) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const view = packed();
        let count = 0;
        let ones = 0;
        let time = 0;
        for (const step of steps) {
          if ('amount' in step) {
            addAmount(view, OFFSET, step.amount);
            count += step.amount;
          } else if ('ones' in step) {
            putOnes(view, step.ones);
            count += step.ones - ones;
            ones = step.ones;
          } else if ('count' in step) {
            writeCount(view, OFFSET, step.count);
            count = step.count;
            ones = 0;
          } else {
            time = step.ms / 1000;
            writeStartTime(view, OFFSET, time);
          }
          equal(readCount(view, OFFSET), count);
          equal(readStartTime(view, OFFSET), time);
        }
        const bytes = bytesOf(view);
        deepEqual([...bytes.slice(0, OFFSET), ...bytes.slice(-8)], Array(16).fill(255));
      }),
    );
  });
});

describe('the start time of a packed count', () => {
  it('is what the clock of a machine says', () => {
    const ms = fc.integer({ min: 0, max: 2 ** 42 - 1 });
    fc.assert(
      fc.property(ms, (ms) => {
        const view = packed();
        writeStartTime(view, OFFSET, ms / 1000);
        equal(readStartTime(view, OFFSET), ms / 1000);
      }),
    );
  });

  for (const [seconds, expected] of [
    [0.0004, 0],
    [0.0005, 0.001],
    [1700000000.1234, 1700000000.123],
    [-0, 0],
    [-5, 0],
    [-Infinity, 0],
    [Number.NaN, 0],
    [4398046511.103, 4398046511.103],
    [4398046511.104, 4398046511.103],
    [1e300, 4398046511.103],
    [Number.MAX_VALUE, 4398046511.103],
    [Infinity, 4398046511.103],
  ] as const) {
    it(`is ${expected} for ${seconds}, and leaves the count alone`, () => {
      const view = packed();
      addAmount(view, OFFSET, 0.5);
      putOnes(view, HIGHEST);
      writeStartTime(view, OFFSET, 1800000000.777);
      writeStartTime(view, OFFSET, seconds);
      equal(readStartTime(view, OFFSET), expected);
      equal(readCount(view, OFFSET), HIGHEST + 0.5);
    });
  }
});

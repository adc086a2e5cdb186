/** What every storage does, whatever it keeps its numbers in. */

import { deepEqual, equal, ok } from 'node:assert/strict';
import { describe, it } from 'node:test';
import { cellCount, type StoredFamily } from '../../src/model/cells.ts';
import type { Cells, Storage } from '../../src/storage/storage.ts';

const COUNTER: StoredFamily = {
  name: 'requests',
  type: 'counter',
  help: 'Requests answered.',
  unit: '',
  labelNames: ['path'],
  constantLabels: [],
  bounds: [],
  states: [],
  mode: 'sum',
};
const HISTOGRAM: StoredFamily = {
  ...COUNTER,
  name: 'latency_seconds',
  type: 'histogram',
  bounds: [0.1, 1, 10],
};

/** Declares the tests that every storage passes. `create` makes one that is closed after the test. */
export function storageContract(
  name: string,
  create: (cleanUp: (end: () => void | Promise<void>) => void) => Storage,
): void {
  describe(`${name} as a storage`, () => {
    const claim = (text: string, test: (storage: Storage) => void): void => {
      it(text, (context) => test(create((end) => context.after(end))));
    };

    claim('hands out cells that hold zero', (storage) => {
      for (const family of [COUNTER, HISTOGRAM]) {
        const place = storage.declare(family).allocate(['/']);
        deepEqual(read(family, place), new Array(cellCount(family)).fill(0));
      }
    });

    claim('never hands out a cell twice, nor moves one, in 100,000 series', (storage) => {
      const families = [COUNTER, HISTOGRAM].map(
        (family) => [family, storage.declare(family)] as const,
      );
      const places: [StoredFamily, Cells][] = [];
      for (let i = 0; i < 100_000; i++) {
        const [family, series] = families[i % 2]!;
        const place = series.allocate([`/${i}`]);
        places.push([family, place]);
        for (let cell = 0; cell < cellCount(family); cell++) place.cells[place.index + cell]! += i;
      }
      places.forEach(([family, place], i) => {
        for (let cell = 0; cell < cellCount(family); cell++) {
          if (place.cells[place.index + cell] !== i) equal(place.cells[place.index + cell], i);
        }
      });
    });

    claim('uses the place of a removed series again, holding zero', (storage) => {
      const series = storage.declare(COUNTER);
      const old = Array.from({ length: 100 }, (_, i) => series.allocate([`/${100 + i}`]));
      for (const { cells, index } of old) cells[index] = 7;
      // As whoever kept only the two members would give them back.
      for (const { cells, index } of old) series.release({ cells, index });
      const fresh = Array.from({ length: 100 }, (_, i) => series.allocate([`/${200 + i}`]));
      ok(fresh.every((place) => read(COUNTER, place).every((value) => value === 0)));
      ok(fresh.every((place) => old.some((one) => isSame(one, place))));
      ok(fresh.every((place, i) => !fresh.slice(0, i).some((one) => isSame(one, place))));
    });

    claim('keeps an info metric, which has no number', (storage) => {
      const series = storage.declare({ ...COUNTER, name: 'build', type: 'info', labelNames: [] });
      const place = series.allocate([], [['version', '1.2.3']]);
      ok(place.cells instanceof Float64Array);
      series.release(place);
    });

    claim('takes label values of any length and of any characters', (storage) => {
      const series = storage.declare(COUNTER);
      const values = [
        '',
        '\0',
        'ü'.repeat(200),
        '\ud800',
        '💥',
        'x'.repeat(100_000),
        'a\u007f\u0080',
      ];
      const places = values.map((value) => series.allocate([value]));
      places.forEach(({ cells, index }, i) => {
        cells[index] = i + 1;
      });
      deepEqual(
        places.map(({ cells, index }) => cells[index]),
        values.map((_, i) => i + 1),
      );
    });
  });
}

function read(family: StoredFamily, { cells, index }: Cells): number[] {
  return [...cells.subarray(index, index + cellCount(family))];
}

function isSame(one: Cells, other: Cells): boolean {
  return one.cells === other.cells && one.index === other.index;
}

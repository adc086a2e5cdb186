/** A storage as processes share it, without processes: it notes which series are in use. */

import { equal } from 'node:assert/strict';
import { cellCount, type StoredFamily } from '../src/model/cells.ts';
import type { MetricFamily } from '../src/model/family.ts';
import type { Pairs } from '../src/model/labels.ts';
import type { Cells, SeriesStorage, Storage } from '../src/storage/storage.ts';

/** Gives each series cells of its own, and fails a test that gives back what it was not given. */
export class SharedStorage implements Storage {
  /** The series in use, `name{label value,…}` each, those given first first. */
  get living(): string[] {
    return [...this.#living.values()];
  }

  /** The families that were declared, in that order. */
  readonly declared: string[] = [];

  /** The families that were withdrawn, in that order. */
  readonly withdrawn: string[] = [];

  /** What a scrape finds; nothing unless a test says so. */
  answer: () => Promise<readonly MetricFamily[]> = async () => [];

  readonly #living = new Map<Float64Array, string>();

  declare(family: StoredFamily): SeriesStorage {
    this.declared.push(family.name);
    return {
      allocate: (labelValues: readonly string[], pairs: Pairs = []): Cells => {
        const cells = new Float64Array(cellCount(family));
        this.#living.set(cells, `${family.name}{${[...labelValues, ...pairs.flat()]}}`);
        return { cells, index: 0 };
      },
      release: ({ cells }: Cells): void => {
        equal(this.#living.delete(cells), true, `${family.name}: cells that were not given out`);
      },
      withdraw: (): void => {
        this.withdrawn.push(family.name);
      },
    };
  }

  collect(): Promise<readonly MetricFamily[]> {
    return this.answer();
  }
}

/** Contributions written shortly, and merged families as the lines of an exposition. */

import type { ContributedFamily, Contribution } from '../src/aggregate/contribution.ts';
import { cellCount, type StoredFamily } from '../src/model/cells.ts';
import type { MetricFamily } from '../src/model/family.ts';
import type { Pairs } from '../src/model/labels.ts';

/** A series as its label values, its cells and, for an info metric, what it says. */
export type Series = readonly [
  labelValues: readonly string[],
  cells: readonly number[],
  pairs?: Pairs,
];

/** A declaration with its series. What is left out is as plain as can be. */
export type Declared = Partial<StoredFamily> &
  Pick<StoredFamily, 'name' | 'type'> & { readonly series: readonly Series[] };

/** Makes a contribution. Alike but for its values to one made with the same families before. */
export function contribution(
  { id = 'a', ...rest }: Partial<Omit<Contribution, 'families' | 'values'>>,
  ...declared: readonly Declared[]
): Contribution {
  const values: number[] = [];
  const families = declared.map(({ series, ...given }): ContributedFamily => {
    const family: StoredFamily = {
      help: '',
      unit: '',
      labelNames: [],
      constantLabels: [],
      bounds: [],
      states: [],
      mode: 'sum',
      ...given,
    };
    return {
      family,
      series: series.map(([labelValues, cells, pairs = []]) => {
        const index = values.length;
        for (let i = 0; i < cellCount(family); i++) values.push(cells[i] ?? 0);
        return { labelValues, pairs, index };
      }),
    };
  });
  return {
    id,
    process: id,
    alive: true,
    startTime: 0,
    revision: 1,
    ...rest,
    families,
    values: Float64Array.from(values),
  };
}

/** The samples of families as lines, without help and type. */
export function lines(families: readonly Pick<MetricFamily, 'samples'>[]): string[] {
  return families.flatMap(({ samples }) =>
    Array.from(samples, ({ name, labels, value }) => {
      const pairs = Object.entries(labels).map(
        ([label, text]) => `${label}=${JSON.stringify(text)}`,
      );
      return `${name}${pairs.length === 0 ? '' : `{${pairs.join(',')}}`} ${value}`;
    }),
  );
}

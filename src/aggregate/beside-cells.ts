/** What processes keep beside the cells of their series, and which merged series it belongs to. */

import type { Transfer } from './transfer.ts';

/** Something that belongs to a series. */
interface Beside {
  /** The first cell of the series in the process's cells. */
  readonly series: number;
}

const known = new WeakMap<readonly Beside[], { transfer: Transfer; places: number[] }>();

/**
 * The place among the merged series of each of `items`, which belong to series of `transfer`; -1 for
 * none. Looked up once for as long as no series comes or goes: more is only ever added at the end.
 */
export function seriesPlaces(
  items: readonly Beside[],
  transfer: Transfer,
  width: number,
): readonly number[] {
  let memory = known.get(items);
  if (memory?.transfer !== transfer) {
    memory = { transfer, places: [] };
    known.set(items, memory);
  }
  const { places } = memory;
  if (places.length < items.length) {
    const { sources, destinations } = transfer;
    const bySource = new Map<number, number>();
    for (let i = 0; i < sources.length; i++) bySource.set(sources[i]!, destinations[i]! / width);
    for (let i = places.length; i < items.length; i++) {
      places.push(bySource.get(items[i]!.series) ?? -1);
    }
  }
  return places;
}

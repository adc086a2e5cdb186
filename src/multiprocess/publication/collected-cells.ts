/**
 * What collectors of the process answered, kept in the storage like the numbers of instruments: so
 * it is merged with the other processes' answers, and stays when this process is gone.
 */

import { isStamped, type MultiprocessMode } from '../../model/cells.ts';
import type { Collector, MetricFamily } from '../../model/family.ts';
import type { CollectedFamilies } from '../../storage/publication.ts';
import type { Cells, SeriesStorage, Storage } from '../../storage/storage.ts';
import { type CellFamily, type CellPoint, toCells } from './cell-points.ts';
import { CollectedExemplars } from './collected-exemplars.ts';
import { bringNative } from './collected-native.ts';

/** A family as it was answered last. */
interface Kept {
  /** The declaration, to tell whether it is another one now. */
  readonly declaration: string;
  readonly series: SeriesStorage;
  /** By label values and describing labels. */
  places: Map<string, KeptSeries>;
}

/** One series, where it lies. */
interface KeptSeries {
  readonly place: Cells;
  /** By bucket, and by number those of native buckets; from the first one on. */
  exemplars?: CollectedExemplars;
  nativeExemplars?: CollectedExemplars;
}

/** The families of all collectors of the process in one storage. */
export class CollectedCells implements CollectedFamilies {
  readonly #storage: Storage;
  readonly #kept = new Map<Collector, Map<string, Kept>>();

  /** Nothing is kept yet. */
  constructor(storage: Storage) {
    this.#storage = storage;
  }

  /** True where a collector other than this one has a family of the name. */
  isTaken(name: string, collector: Collector): boolean {
    for (const [other, families] of this.#kept) {
      if (other !== collector && families.has(name)) return true;
    }
    return false;
  }

  /**
   * Puts the families in place of those that the collector had, and returns what cells cannot hold.
   *
   * @throws What a family's walk throws. What was kept before stays.
   */
  put(
    collector: Collector,
    families: readonly MetricFamily[],
    mode: MultiprocessMode,
  ): MetricFamily[] {
    const cells = families.map((family) => toCells(family, mode));
    const before = this.#kept.get(collector) ?? new Map<string, Kept>();
    const now = new Map<string, Kept>();
    for (const one of cells) {
      if (one === undefined) continue;
      const { name } = one.family;
      now.set(name, this.#write(one, before.get(name)));
    }
    for (const [name, kept] of before) {
      if (!now.has(name)) withdraw(kept);
    }
    if (now.size > 0) this.#kept.set(collector, now);
    else this.#kept.delete(collector);
    return families.filter((_, i) => cells[i] === undefined);
  }

  /** Takes out what the collector has kept. */
  withdraw(collector: Collector): void {
    for (const kept of this.#kept.get(collector)?.values() ?? []) withdraw(kept);
    this.#kept.delete(collector);
  }

  #write({ family, points }: CellFamily, before: Kept | undefined): Kept {
    const declaration = JSON.stringify(family);
    let kept = before;
    if (kept === undefined || kept.declaration !== declaration) {
      if (kept !== undefined) withdraw(kept);
      kept = { declaration, series: this.#storage.declare(family), places: new Map() };
    }
    const stamp = isStamped(family) ? (this.#storage.now?.() ?? 0) : undefined;
    const places = new Map<string, KeptSeries>();
    const left = kept.places;
    for (const point of points) {
      const key = keyOf(point);
      const one = places.get(key) ?? left.get(key) ?? allocated(kept.series, point);
      left.delete(key);
      places.set(key, one);
      fill(one.place, point, stamp);
      fillExemplars(kept.series, one, point);
    }
    for (const { place } of left.values()) kept.series.release(place);
    kept.places = places;
    return kept;
  }
}

function allocated(series: SeriesStorage, { labelValues, pairs }: CellPoint): KeptSeries {
  return { place: series.allocate(labelValues, pairs) };
}

function fill(place: Cells, { cells: values, native }: CellPoint, stamp: number | undefined): void {
  const { cells, index } = place;
  for (let i = 0; i < values.length; i++) cells[index + i] = values[i]!;
  // The values first: a reader that sees the new time sees the new values too.
  if (stamp !== undefined) cells[index + values.length] = stamp;
  if (native !== undefined && place.native !== undefined) bringNative(place.native, native);
}

/** Most have none, and no places for them. */
function fillExemplars(
  series: SeriesStorage,
  one: KeptSeries,
  { exemplars, nativeExemplars }: CellPoint,
): void {
  const { place } = one;
  if (one.exemplars !== undefined || exemplars.length > 0) {
    one.exemplars ??= new CollectedExemplars((bucket) => series.exemplarPlace?.(place, bucket));
    one.exemplars.put(exemplars);
  }
  if (one.nativeExemplars !== undefined || nativeExemplars.length > 0) {
    one.nativeExemplars ??= new CollectedExemplars((number) =>
      series.nativeExemplarPlace?.(place, number),
    );
    one.nativeExemplars.put(nativeExemplars);
  }
}

function withdraw({ series, places }: Kept): void {
  for (const { place } of places.values()) series.release(place);
  series.withdraw?.();
}

/** Without describing labels, which most have none of, the one value of most series is the key. */
function keyOf({ labelValues, pairs }: CellPoint): string {
  if (pairs.length === 0 && labelValues.length === 1) return labelValues[0]!;
  return JSON.stringify([labelValues, pairs]);
}

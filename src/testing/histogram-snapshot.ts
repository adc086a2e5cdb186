/** A histogram as plain data, for tests to look into and to compare with what it was before. */

import { show } from '../model/error.ts';
import type { Collector, FamilyHeader, FamilyWriter, HistogramPoint } from '../model/family.ts';
import { wellFormed } from '../model/label-value.ts';
import type { LabelValue } from '../model/labels.ts';
import type { NativeBuckets } from '../model/native-histogram.ts';

/** Native buckets as pairs of index and count, ascending. */
export type NativeBucketList = readonly (readonly [index: number, count: number])[];

/** The native part of a {@linkcode HistogramSnapshot}. */
export interface NativeSnapshot {
  /** From -4 to 8, or -53 where the bounds are {@linkcode customBounds}. */
  readonly schema: number;
  readonly zeroThreshold: number;
  readonly zeroCount: number;
  readonly positive: NativeBucketList;
  readonly negative: NativeBucketList;
  /** Upper bounds, with schema -53 alone. */
  readonly customBounds: readonly number[];
}

/** What a histogram had counted at one time. */
export interface HistogramSnapshot {
  readonly count: number;
  /** `undefined` where there is none to show. */
  readonly sum: number | undefined;
  /** When counting began, Unix seconds; `undefined` where nobody knows. */
  readonly created: number | undefined;
  /** Classic buckets, each with those below it, ascending to the one for `Infinity`. */
  readonly buckets: readonly (readonly [upperBound: number, count: number])[];
  /** The native part, where it has one. */
  readonly native: NativeSnapshot | undefined;
}

/**
 * The histogram of this name with exactly these labels, as it is now; `undefined` where there is none.
 *
 * @param source - A registry, a metric, or anything else with a `collect()`.
 * @param name - The family's name, without a suffix.
 * @param labels - All of its labels; none unless given.
 * @throws {TypeError} When the source has no `collect()`.
 */
export async function histogramSnapshot(
  source: Collector,
  name: string,
  labels: Readonly<Record<string, LabelValue>> = {},
): Promise<HistogramSnapshot | undefined> {
  if (typeof source?.collect !== 'function') {
    throw new TypeError(
      `histogram: no source, expected an object with collect(), got ${show(source)}`,
    );
  }
  const wanted = Object.entries(labels).map(([label, value]) => [label, wellFormed(`${value}`)]);
  const search = new Search(JSON.stringify(wanted.sort(byName)));
  for await (const family of await source.collect()) {
    if (family.name !== name) continue;
    const walk = family.walk(search);
    while (!walk.advance());
  }
  return search.found;
}

/** Refuses what is no histogram: `undefined`, most often, since none was found. */
export function requireSnapshot(subject: string, value: unknown): void {
  if (Array.isArray((value as Partial<HistogramSnapshot> | null | undefined)?.buckets)) return;
  throw new TypeError(
    `${subject}: no histogram, expected one of histogramSnapshot(), got ${show(value)}`,
  );
}

function byName([one]: readonly (string | undefined)[], [other]: readonly (string | undefined)[]) {
  return one! < other! ? -1 : 1;
}

/** Keeps the point with the labels that are looked for. */
class Search implements FamilyWriter {
  readonly full = false;
  found: HistogramSnapshot | undefined;
  readonly #wanted: string;
  #family: FamilyHeader | undefined;
  #values: string[] = [];

  constructor(wanted: string) {
    this.#wanted = wanted;
  }

  begin(family: FamilyHeader): void {
    this.#family = family;
    this.#values = [];
  }

  label(depth: number, value: string): void {
    this.#values.length = depth;
    this.#values.push(value);
  }

  histogram(point: HistogramPoint): void {
    const { constantLabels, labelNames } = this.#family!;
    const own = this.#values.map((value, i) => [labelNames[i]!, value] as const);
    const labels = [...constantLabels, ...own].map(([name, value]) => [name, value]);
    if (JSON.stringify(labels.sort(byName)) === this.#wanted) this.found = toSnapshot(point);
  }

  // Of the points of other types there is nothing to keep.
  at(): void {}
  number(): void {}
  summary(): void {}
  info(): void {}
  stateSet(): void {}
  sample(): void {}
}

function toSnapshot(point: HistogramPoint): HistogramSnapshot {
  const { bounds, cells, index, cumulative, sum, created, native } = point;
  let count = 0;
  const buckets = Array.from({ length: bounds.length + 1 }, (_, i) => {
    count = cumulative ? cells[index + i]! : count + cells[index + i]!;
    return [bounds[i] ?? Infinity, count] as const;
  });
  return { count, sum, created, buckets, native: native && copyOf(native) };
}

function copyOf(native: NonNullable<HistogramPoint['native']>): NativeSnapshot {
  const { schema, zeroThreshold, zeroCount, customBounds } = native;
  return {
    schema,
    zeroThreshold,
    zeroCount,
    positive: toList(native.positive),
    negative: toList(native.negative),
    customBounds: [...customBounds],
  };
}

function toList({ length, indices, counts }: NativeBuckets): NativeBucketList {
  return Array.from({ length }, (_, i) => [indices[i]!, counts[i]!] as const);
}

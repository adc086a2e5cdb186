/** A collector's family as instruments keep theirs: a declaration, and for each series its cells. */

import type { InstrumentType, MultiprocessMode, StoredFamily } from '../../model/cells.ts';
import { classicBuckets } from '../../model/classic-buckets.ts';
import type { Exemplar } from '../../model/exemplar.ts';
import type {
  FamilyHeader,
  FamilyWriter,
  HistogramPoint,
  MetricFamily,
  SummaryPoint,
} from '../../model/family.ts';
import type { Pairs } from '../../model/labels.ts';
import { GREATEST_SCHEMA } from '../../model/native-bounds.ts';
import { NativeCounts } from '../../model/native-counts.ts';
import { CUSTOM_BOUNDS_SCHEMA, type NativeHistogram } from '../../model/native-histogram.ts';
import type { NativeSettings } from '../../model/native-resolution.ts';

/** One series. */
export interface CellPoint {
  readonly labelValues: readonly string[];
  /** The describing labels of an info metric. */
  readonly pairs: Pairs;
  /** All of its cells but the time of the last write, which is the storage's to tell. */
  readonly cells: readonly number[];
  /** By bucket, of a counter the first; none where there are none. */
  readonly exemplars: readonly (Exemplar | undefined)[];
  /** The native buckets of a histogram whose family has any. */
  readonly native: NativeCounts | undefined;
  /** Those of the native buckets. */
  readonly nativeExemplars: readonly Exemplar[];
}

/** A family of which nothing is lost in cells. */
export interface CellFamily {
  readonly family: StoredFamily;
  readonly points: readonly CellPoint[];
}

/**
 * Returns the family as cells, `undefined` where cells cannot hold it: of no type that instruments
 * have, with quantiles, with times of samples, with other buckets or states in each series, or with
 * native buckets in some of them.
 *
 * A histogram whose bounds are listed ({@linkcode CUSTOM_BOUNDS_SCHEMA}) becomes a classic one with
 * those bounds, which is what writers make of it; beside classic buckets of its own it is left out.
 *
 * @throws What the family's walk throws.
 */
export function toCells(family: MetricFamily, mode: MultiprocessMode): CellFamily | undefined {
  const gatherer = new CellGatherer();
  const walk = family.walk(gatherer);
  try {
    while (!walk.advance());
  } finally {
    walk.close();
  }
  return gatherer.result(mode);
}

const TYPES: Partial<Record<FamilyHeader['type'], InstrumentType>> = {
  counter: 'counter',
  gauge: 'gauge',
  summary: 'summary',
  histogram: 'histogram',
  info: 'info',
  stateset: 'stateset',
};

/**
 * What all native buckets are declared with: each process's answers are as fine as what it counted let
 * them be, so that declarations made of these would differ between processes of one program. The
 * limits are those of who counts.
 */
const FINEST: NativeSettings = {
  schema: GREATEST_SCHEMA,
  zeroThreshold: 0,
  maxBuckets: Infinity,
  maxZeroThreshold: 0,
};

class CellGatherer implements FamilyWriter {
  readonly full = false;
  #header: FamilyHeader | undefined;
  #values: string[] = [];
  #points: CellPoint[] = [];
  #bounds: readonly number[] | undefined;
  #states: readonly string[] | undefined;
  #isNative = false;
  #fits = true;

  result(mode: MultiprocessMode): CellFamily | undefined {
    const header = this.#header;
    const type = header && TYPES[header.type];
    if (!this.#fits || header === undefined || type === undefined) return undefined;
    const { name, help, unit, labelNames, constantLabels } = header;
    const family = { name, type, help, unit, labelNames, constantLabels };
    const [bounds, states] = [this.#bounds ?? [], this.#states ?? []];
    const isNative = this.#isNative;
    if (isNative && this.#points.some((point) => point.native === undefined)) return undefined;
    return {
      family: {
        ...family,
        bounds,
        states,
        mode: modeOf(type, mode),
        ...(isNative && { native: FINEST }),
      },
      points: this.#points,
    };
  }

  begin(family: FamilyHeader): void {
    if (this.#header !== undefined) this.#fits = false;
    this.#header = family;
  }

  label(depth: number, value: string): void {
    this.#values.length = depth;
    this.#values.push(value);
  }

  at(): void {
    this.#fits = false;
  }

  number(value: number, created?: number, exemplar?: Exemplar): void {
    const isCounter = this.#header?.type === 'counter';
    const exemplars = isCounter && exemplar !== undefined ? [exemplar] : [];
    this.#add(isCounter ? [value, created ?? 0] : [value], { exemplars });
  }

  histogram(given: HistogramPoint): void {
    const { bounds, cells, index, cumulative } = classicBuckets(given);
    const { sum, created, exemplars, native } = given;
    this.#bounds ??= [...bounds];
    if (sum === undefined || !areSame(bounds, this.#bounds)) this.#fits = false;
    const buckets: number[] = [];
    for (let i = 0; i <= bounds.length; i++) {
      const below = cumulative && i > 0 ? cells[index + i - 1]! : 0;
      buckets.push(cells[index + i]! - below);
    }
    const beside = { exemplars: exemplars === undefined ? [] : [...exemplars] };
    this.#add([...buckets, sum ?? 0, created ?? 0], { ...beside, ...this.#nativeOf(native) });
  }

  summary({ quantiles, count, sum, created }: SummaryPoint): void {
    if (quantiles.length > 0 || count === undefined || sum === undefined) this.#fits = false;
    this.#add([count ?? 0, sum ?? 0, created ?? 0]);
  }

  info(pairs: Pairs): void {
    this.#add([], { pairs });
  }

  stateSet(states: readonly string[], on: (state: number) => boolean): void {
    this.#states ??= [...states];
    if (!areSame(states, this.#states)) this.#fits = false;
    this.#add(states.map((_, state) => (on(state) ? 1 : 0)));
  }

  sample(): void {
    this.#fits = false;
  }

  /** A copy: what a walk lends does not last. */
  #nativeOf(native: NativeHistogram | undefined): Partial<CellPoint> {
    if (native === undefined || native.schema === CUSTOM_BOUNDS_SCHEMA) return {};
    this.#isNative = true;
    return { native: NativeCounts.of(native, FINEST), nativeExemplars: [...native.exemplars] };
  }

  #add(cells: readonly number[], beside: Partial<CellPoint> = {}): void {
    if (this.#values.length !== this.#header?.labelNames.length) this.#fits = false;
    if (!this.#fits) return;
    const labelValues = [...this.#values];
    const { pairs = [], exemplars = [], native, nativeExemplars = [] } = beside;
    this.#points.push({ labelValues, pairs, cells, exemplars, native, nativeExemplars });
  }
}

/** The mode of the gauges, or what comes nearest for states, which have no sum and no extreme. */
function modeOf(type: InstrumentType, mode: MultiprocessMode): MultiprocessMode {
  if (type === 'gauge') return mode;
  if (type !== 'stateset') return 'sum';
  if (mode === 'mostrecent' || mode === 'livemostrecent') return mode;
  return mode.startsWith('live') ? 'liveall' : 'all';
}

function areSame<T>(one: readonly T[], other: readonly T[]): boolean {
  return one.length === other.length && one.every((value, i) => value === other[i]);
}

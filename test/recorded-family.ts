/** Families as plain data, point by point, so that two that hold the same compare equal. */

import { toSeconds } from '../src/exposition/timestamp.ts';
import type {
  Exemplar,
  FamilyHeader,
  FamilyWriter,
  HistogramPoint,
  MetricFamily,
  SummaryPoint,
  Timestamp,
} from '../src/index.ts';
import type { NativeBuckets, NativeHistogram } from '../src/model/native-histogram.ts';

/** One metric at one time. */
export interface RecordedPoint {
  /** The labels that have a value. */
  readonly labels: Readonly<Record<string, string>>;
  /** Seconds as OpenMetrics has them, or null. */
  readonly time: string | null;
  /** What the writer was given, with the name of the call. */
  readonly point: readonly unknown[];
}

/** All that a family holds. */
export interface RecordedFamily {
  readonly name: string;
  readonly type: string;
  readonly help: string;
  readonly unit: string;
  readonly points: readonly RecordedPoint[];
}

/** Walks the family to its end. */
export function recordFamily(family: MetricFamily): RecordedFamily {
  const { name, type, help, unit } = family;
  const recorder = new Recorder();
  const walk = family.walk(recorder);
  while (!walk.advance());
  return { name, type, help, unit, points: recorder.points };
}

type Call = unknown[];

class Recorder implements FamilyWriter {
  readonly full = false;
  readonly points: RecordedPoint[] = [];
  #family: FamilyHeader | undefined;
  #values: string[] = [];
  #time: Timestamp | undefined;

  begin(family: FamilyHeader): void {
    this.#family = family;
  }

  label(depth: number, value: string): void {
    this.#values.length = depth;
    this.#values.push(value);
  }

  at(timestamp: Timestamp): void {
    this.#time = timestamp;
  }

  number(value: number, created?: number, exemplar?: Exemplar): void {
    this.#record(['number', value, created ?? null, toExemplar(exemplar)]);
  }

  histogram(point: HistogramPoint): void {
    const { bounds, cells, index, cumulative, sum, created, exemplars } = point;
    let count = 0;
    const counts = Array.from({ length: bounds.length + 1 }, (_, i) => {
      count = cumulative ? cells[index + i]! : count + cells[index + i]!;
      return count;
    });
    const all = counts.map((_, i) => toExemplar(exemplars?.[i]));
    const shown = all.some((exemplar) => exemplar !== null) ? all : null;
    const native = point.native === undefined ? [] : [toNative(point.native)];
    this.#record([
      'histogram',
      [...bounds],
      counts,
      sum ?? null,
      created ?? null,
      shown,
      ...native,
    ]);
  }

  summary({ quantiles, values, count, sum, created }: SummaryPoint): void {
    const pairs = quantiles.map((quantile, i) => [quantile, values[i]]);
    this.#record(['summary', pairs, count ?? null, sum ?? null, created ?? null]);
  }

  info(pairs: readonly (readonly [string, string])[]): void {
    this.#record(['info'], pairs);
  }

  stateSet(states: readonly string[], on: (state: number) => boolean): void {
    this.#record(['stateset', ...states.map((state, i) => [state, on(i)])]);
  }

  sample(suffix: string, extra: readonly [string, string] | undefined, value: number): void {
    this.#record(['sample', suffix, extra ?? null, value]);
  }

  #record(point: Call, facts: readonly (readonly [string, string])[] = []): void {
    const { labelNames, constantLabels } = this.#family!;
    const pairs = [
      ...constantLabels,
      ...this.#values.map((value, depth): [string, string] => [labelNames[depth]!, value]),
      ...facts,
    ];
    const labels = Object.fromEntries(pairs.filter(([, value]) => value !== ''));
    this.points.push({ labels, time: toTime(this.#time), point });
    this.#time = undefined;
  }
}

/** Without the buckets that hold nothing: it makes no difference whether they are there. */
function toNative(native: NativeHistogram): unknown {
  const { schema, zeroThreshold, zeroCount, positive, negative, exemplars, customBounds } = native;
  const buckets = ({ length, indices, counts }: NativeBuckets) =>
    Array.from({ length }, (_, i) => [indices[i]!, counts[i]!]).filter(([, count]) => count !== 0);
  return {
    schema,
    zeroThreshold,
    zeroCount,
    positive: buckets(positive),
    negative: buckets(negative),
    exemplars: exemplars.map(toExemplar),
    customBounds: [...customBounds],
  };
}

function toTime(time: Timestamp | undefined): string | null {
  if (time === undefined) return null;
  const text = toSeconds(typeof time === 'number' ? time + 0 : time);
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text;
}

function toExemplar(exemplar: Exemplar | undefined): unknown {
  if (exemplar === undefined) return null;
  const { labels, value, timestamp } = exemplar;
  return { labels: { ...labels }, value, timestamp: toTime(timestamp) };
}

/** A family that another process wrote down: its walk says again what was said there. */

import type { Exemplar } from '../../model/exemplar.ts';
import type { FamilyHeader, FamilyWriter, Walk } from '../../model/family.ts';
import { HeadedFamily } from '../../model/headed-family.ts';
import type { Pair, Pairs } from '../../model/labels.ts';
import type { NativeBuckets, NativeHistogram } from '../../model/native-histogram.ts';
import type { Timestamp } from '../../model/timestamp.ts';

/** A call of a writer's method, by one letter, as JSON holds it. */
export type Call = readonly [letter: string, ...rest: unknown[]];

/** True of a call that this version knows. */
export function isCall(call: Call): boolean {
  return Array.isArray(call) && typeof call[0] === 'string' && Object.hasOwn(REPEAT, call[0]);
}

/** Shows what the calls say. They are read anew in each walk, and stay as they are. */
export class RepeatedFamily extends HeadedFamily {
  readonly #calls: readonly Call[];

  constructor(header: FamilyHeader, calls: readonly Call[]) {
    super(header);
    this.#calls = calls;
  }

  walk(writer: FamilyWriter): Walk {
    let next = -1;
    const told: Told = { bounds: [] };
    return {
      advance: () => {
        if (next < 0) {
          writer.begin(this);
          next = 0;
        }
        while (next < this.#calls.length) {
          // Not between the labels of a metric and its point.
          if (writer.full && isPoint(this.#calls[next - 1])) return false;
          const call = this.#calls[next++]!;
          REPEAT[call[0]]!(writer, call, told);
        }
        return true;
      },
      close: () => {
        next = Infinity;
      },
    };
  }
}

/** What holds for later calls too. */
interface Told {
  bounds: readonly number[];
}

type Repeat = (writer: FamilyWriter, call: Call, told: Told) => void;

const REPEAT: Readonly<Record<string, Repeat>> = {
  l: (writer, [, depth, value]) => writer.label(depth as number, value as string),
  t: (writer, [, time]) => writer.at(time as Timestamp),
  n: (writer, [, value, created, exemplar]) =>
    writer.number(toNumber(value), toOptional(created), toExemplar(exemplar)),
  h(writer, [, bounds, counts, cumulative, sum, created, exemplars, native], told) {
    if (bounds !== null) told.bounds = (bounds as unknown[]).map(toNumber);
    writer.histogram({
      bounds: told.bounds,
      cells: (counts as unknown[]).map(toNumber),
      index: 0,
      cumulative: cumulative as boolean,
      sum: toOptional(sum),
      created: toOptional(created),
      exemplars: exemplars === null ? undefined : (exemplars as unknown[]).map(toExemplar),
      native: toNative(native),
    });
  },
  s(writer, [, quantiles, values, count, sum, created]) {
    writer.summary({
      quantiles: (quantiles as unknown[]).map(toNumber),
      values: (values as unknown[]).map(toNumber),
      count: toOptional(count),
      sum: toOptional(sum),
      created: toOptional(created),
    });
  },
  i: (writer, [, pairs]) => writer.info(pairs as Pairs),
  e: (writer, [, states, on]) =>
    writer.stateSet(states as string[], (state) => (on as boolean[])[state] === true),
  x: (writer, [, suffix, extra, value, exemplar]) =>
    writer.sample(
      suffix as string,
      (extra ?? undefined) as Pair | undefined,
      toNumber(value),
      toExemplar(exemplar),
    ),
};

function isPoint(call: Call | undefined): boolean {
  return call === undefined || (call[0] !== 'l' && call[0] !== 't');
}

/** What JSON has no word for stands there as text. */
function toNumber(written: unknown): number {
  return Number(written);
}

function toOptional(written: unknown): number | undefined {
  return written === null || written === undefined ? undefined : Number(written);
}

function toExemplar(written: unknown): Exemplar | undefined {
  if (written === null || written === undefined) return undefined;
  const [labels, value, timestamp] = written as [Pairs, unknown, Timestamp | null];
  return {
    labels: Object.fromEntries(labels),
    value: toNumber(value),
    ...(timestamp !== null && { timestamp }),
  };
}

function toNative(written: unknown): NativeHistogram | undefined {
  if (written === null || written === undefined) return undefined;
  const [schema, zeroThreshold, zeroCount, positive, negative, exemplars, customBounds] =
    written as readonly unknown[];
  return {
    schema: toNumber(schema),
    zeroThreshold: toNumber(zeroThreshold),
    zeroCount: toNumber(zeroCount),
    positive: toBuckets(positive),
    negative: toBuckets(negative),
    exemplars: (exemplars as unknown[]).map((exemplar) => toExemplar(exemplar)!),
    customBounds: (customBounds as unknown[]).map(toNumber),
  };
}

function toBuckets(written: unknown): NativeBuckets {
  const [indices, counts] = written as readonly [readonly number[], readonly unknown[]];
  return {
    length: indices.length,
    indices: Int32Array.from(indices),
    counts: Float64Array.from(counts, toNumber),
  };
}
